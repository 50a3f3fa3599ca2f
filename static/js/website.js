// What htmx cannot do by itself. Every page works without this file.
(function () {
  "use strict";

  // As many rows as the server looks at (SHOWN_AT_MOST).
  var MOST_SHOWN = 100;

  // Say which sessions are on the page, so that the answer to a click can also bring those whose button changes:
  // the nearest, since what overlaps stands near in a list by time.
  function tellShown(event, row) {
    var here = row.getBoundingClientRect().top;
    var shown = Array.from(document.querySelectorAll("[data-session]"), function (each) {
      return { id: each.dataset.session, far: Math.abs(each.getBoundingClientRect().top - here) };
    });
    shown.sort(function (one, other) { return one.far - other.far; });
    event.detail.parameters.shown = shown.slice(0, MOST_SHOWN).map(function (each) { return each.id; }).join(",");
  }

  // The address of what filters leave names only those that are set.
  function leaveOutEmpty(parameters) {
    Object.keys(parameters).forEach(function (name) {
      if (!parameters[name]) delete parameters[name];
    });
  }

  document.addEventListener("htmx:configRequest", function (event) {
    var row = event.target.closest("[data-session]");
    if (event.detail.verb === "post" && row) tellShown(event, row);
    if (event.target.matches(".filters")) leaveOutEmpty(event.detail.parameters);
  });

  // What was folded stays folded when a filter brings the programme anew.
  var folded = [];
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target.id !== "programme") return;
    folded = Array.from(document.querySelectorAll(".time-group:not([open])"), function (group) { return group.id; });
  });
  document.addEventListener("htmx:afterSwap", function () {
    folded.forEach(function (id) {
      var group = document.getElementById(id);
      if (group) group.open = false;
    });
    folded = [];
  });

  // The grid on a narrow screen: the list shows the same, with room for its buttons.
  var instead = document.querySelector(".grid-narrow a");
  if (instead && instead.offsetParent) window.location.replace(instead.href);

  // A button that was replaced takes the keyboard's focus back.
  document.addEventListener("htmx:afterSwap", function (event) {
    var id = event.detail.requestConfig && event.detail.requestConfig.elt.querySelector("button[id]");
    var again = id && document.getElementById(id.id);
    if (again && document.activeElement === document.body) again.focus();
  });

  // Another language: what was typed into the page's form is there again once the page is. Kept until then, in this tab.
  var typed = "seatwise-typed";
  var isTicked = /^(checkbox|radio)$/;
  document.addEventListener("submit", function (event) {
    if (!event.target.matches(".languages")) return;
    var fields = Array.from(document.querySelectorAll("main form[method=post] [id][name]")).filter(function (field) {
      return "value" in field && !/^(hidden|password|file|submit|button)$/.test(field.type);
    });
    var said = fields.map(function (field) {
      return [field.id, isTicked.test(field.type) ? field.checked : field.value];
    });
    sessionStorage.setItem(typed, JSON.stringify([location.pathname, said]));
  });
  var before = JSON.parse(sessionStorage.getItem(typed) || "null");
  sessionStorage.removeItem(typed);
  if (before && before[0] === location.pathname) {
    before[1].forEach(function (each) {
      var field = document.getElementById(each[0]);
      if (field) field[isTicked.test(field.type) ? "checked" : "value"] = each[1];
    });
  }

  // No answer, or a broken one: say so where it is heard and seen; nothing was changed.
  function failed() {
    var live = document.getElementById("live");
    live.classList.remove("visually-hidden");
    live.classList.add("toast-note");
    live.textContent = live.dataset.failed;
    window.setTimeout(function () {
      live.classList.add("visually-hidden");
      live.classList.remove("toast-note");
    }, 8000);
  }
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status >= 500) failed();
  });
})();
