// Beside the event's time the visitor's own, of what can be followed from anywhere, where their clock shows another one.
(function () {
  "use strict";

  function say() {
    document.querySelectorAll(".own-time:not(.is-said)").forEach(function (each) {
      var at = new Date(each.dateTime);
      var offset = /([+-])(\d\d):(\d\d)$/.exec(each.dateTime);
      var there = Number(offset[1] + "1") * (Number(offset[2]) * 60 + Number(offset[3]));
      if (-at.getTimezoneOffset() === there) return;
      var clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      if (at.getDate() !== Number(each.dateTime.slice(8, 10))) clock.weekday = "short";
      var said = new Intl.DateTimeFormat(document.documentElement.lang, clock).format(at);
      each.textContent = each.textContent.replace("00:00", said);
      each.classList.add("is-said");
    });
  }

  say();
  // Rows that a filter brought.
  document.addEventListener("htmx:afterSwap", say);
})();
