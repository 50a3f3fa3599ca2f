// What htmx cannot do by itself. Every page works without this file.
(function () {
  "use strict";

  // Say which sessions are on the page, so that the answer to a click can also bring those whose button changes.
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb !== "post" || !event.target.closest("[data-session]")) return;
    var shown = Array.from(document.querySelectorAll("[data-session]"), function (row) {
      return row.dataset.session;
    });
    event.detail.parameters.shown = shown.join(",");
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
