// The grid by the keyboard: one stop for Tab, and arrows from session to session. Without this file each is a stop.
(function () {
  "use strict";

  var current = null;
  // A way aside counts so much more than one in the direction of the arrow: up and down stay in their room.
  var ASIDE_OF_ROW = 4;
  var ASIDE_OF_ROOM = 1000;

  function cells() {
    return Array.from(document.querySelectorAll(".grid-cell"));
  }

  function settle() {
    var all = cells();
    if (!current || !document.contains(current)) current = all[0] || null;
    all.forEach(function (cell) {
      cell.querySelectorAll("a, button").forEach(function (each) { each.tabIndex = cell === current ? 0 : -1; });
    });
  }

  function gap(oneStart, oneEnd, otherStart, otherEnd) {
    return Math.max(0, otherStart - oneEnd, oneStart - otherEnd);
  }

  // How far it is from one cell to another in the arrow's direction; Infinity where it does not lie there.
  function far(from, to, key) {
    var isSideways = key === "ArrowRight" || key === "ArrowLeft";
    var way = key === "ArrowRight" ? to.left - from.left : key === "ArrowLeft" ? from.left - to.left
      : key === "ArrowDown" ? to.top - from.top : from.top - to.top;
    if (way < 2) return Infinity;
    var aside = isSideways ? gap(from.top, from.bottom, to.top, to.bottom) : gap(from.left, from.right, to.left, to.right);
    return way + (isSideways ? ASIDE_OF_ROW : ASIDE_OF_ROOM) * aside;
  }

  function nearest(key) {
    var from = current.getBoundingClientRect();
    var found = null;
    var least = Infinity;
    cells().forEach(function (cell) {
      var way = cell === current ? Infinity : far(from, cell.getBoundingClientRect(), key);
      if (way < least) {
        least = way;
        found = cell;
      }
    });
    return found;
  }

  document.addEventListener("focusin", function (event) {
    var cell = event.target.closest(".grid-cell");
    if (!cell || cell === current) return;
    current = cell;
    settle();
  });
  document.addEventListener("keydown", function (event) {
    if (!/^Arrow(Up|Down|Left|Right)$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    var cell = event.target.closest(".grid-cell");
    if (!cell) return;
    event.preventDefault();
    current = cell;
    var next = nearest(event.key);
    if (next) next.querySelector(".grid-what").focus();
  });
  document.addEventListener("htmx:afterSettle", settle);
  settle();
})();
