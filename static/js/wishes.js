// Wishes are moved by dragging, or by the arrow keys on a handle, and kept at once. Buttons do the same without this file.
(function () {
  "use strict";

  var dragged = null;
  var before = "";

  function rows(row) {
    return Array.from(row.parentNode.children);
  }

  function order(row) {
    return rows(row).map(function (each) { return each.dataset.wish; }).join();
  }

  // The list as it stands now goes to the server, whose answer takes its place: it has the ranks and what overlaps.
  function keep(row) {
    var form = row.closest("form");
    rows(row).forEach(function (each, index) { each.querySelector(".wish-rank").textContent = index + 1; });
    form.elements.moved.value = row.dataset.wish;
    form.requestSubmit(document.getElementById("wishes-save"));
  }

  document.addEventListener("pointerdown", function (event) {
    var handle = event.target.closest("[data-handle]");
    if (!handle || event.button) return;
    dragged = handle.closest("[data-wish]");
    before = order(dragged);
    dragged.classList.add("is-dragged");
    handle.setPointerCapture(event.pointerId);
  });

  document.addEventListener("pointermove", function (event) {
    if (!dragged) return;
    var edge = 60;
    if (event.clientY < edge) window.scrollBy(0, -12);
    if (event.clientY > window.innerHeight - edge) window.scrollBy(0, 12);
    var next = rows(dragged).find(function (each) {
      var box = each.getBoundingClientRect();
      return each !== dragged && event.clientY < box.top + box.height / 2;
    });
    if ((next || null) !== dragged.nextElementSibling) dragged.parentNode.insertBefore(dragged, next || null);
  });

  function drop() {
    if (!dragged) return;
    var row = dragged;
    dragged = null;
    row.classList.remove("is-dragged");
    if (order(row) !== before) keep(row);
  }
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);

  document.addEventListener("keydown", function (event) {
    var handle = event.target.closest("[data-handle]");
    if (!handle || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    var row = handle.closest("[data-wish]");
    var other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    row.parentNode.insertBefore(row, event.key === "ArrowUp" ? other : other.nextElementSibling);
    handle.focus();
    keep(row);
  });

  // What was done is said where it is heard; the handles are there for whoever has scripts.
  function shown() {
    var form = document.getElementById("wishes");
    if (!form) return;
    form.querySelectorAll("[data-handle]").forEach(function (each) { each.hidden = false; });
    if (form.dataset.said) document.getElementById("live").textContent = form.dataset.said;
  }
  shown();
  document.addEventListener("htmx:afterSwap", shown);
})();
