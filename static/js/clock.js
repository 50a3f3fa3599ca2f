// The time left until seats are free again, counted down by the server's clock. Without it the page says until when.
(function () {
  "use strict";

  var timer = 0;

  function two(number) { return (number < 10 ? "0" : "") + number; }

  function start() {
    var clock = document.querySelector("[data-until]");
    window.clearInterval(timer);
    if (!clock) return;
    // The visitor's own clock may be wrong: only how far it moves is believed.
    var left = new Date(clock.dataset.until) - new Date(clock.dataset.now), begun = performance.now();
    if (left > 86400000) return;
    clock.hidden = false;
    // Said once when it is over; a clock that speaks each second helps nobody.
    clock.setAttribute("role", "timer");
    clock.setAttribute("aria-live", "off");

    function show() {
      var seconds = Math.max(0, Math.round((left - (performance.now() - begun)) / 1000));
      var minutes = Math.floor(seconds / 60);
      var hours = Math.floor(minutes / 60);
      var said = hours ? hours + ":" + two(minutes % 60) : String(minutes);
      clock.textContent = seconds ? said + ":" + two(seconds % 60) : clock.dataset.over;
      if (!seconds) window.clearInterval(timer);
    }
    show();
    timer = window.setInterval(show, 1000);
  }

  start();
  document.addEventListener("htmx:afterSwap", start);
})();
