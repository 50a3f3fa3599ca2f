// Seats as they are now, on pages that stay open, and the time that is left until registration opens.
// Without this file a page says what was true when it was asked for, and every button still does what it says.
(function () {
  "use strict";

  var addresses = document.currentScript.dataset;
  var EVERY = 20000;
  // Rows asked for at once; the rest follow with the next look.
  var MOST = 40;
  // What each session had when this page last looked; null until it has looked once.
  var known = null;
  var tag = "";
  var failures = 0;
  var timer;

  function shown() {
    return Array.from(document.querySelectorAll("[data-session]"));
  }

  function isSame(one, other) {
    return one[0] === other[0] && one[1] === other[1] && one[2] === other[2];
  }

  // Only the number of free seats is another, and it is said in digits: no need to ask for the row.
  function putNumber(row, was, is) {
    var seat = row.querySelector(".seat[data-state=add] .seat-words");
    var isPlain = was[2] === is[2] && was[1] === is[1] && was[0] > 1 && is[0] > 1 && was[0] < 1000 && is[0] < 1000;
    if (!seat || !isPlain) return false;
    var text = seat.textContent.replace(/\d+/, is[0]);
    if (text === seat.textContent && was[0] !== is[0]) return false;
    seat.textContent = text;
    return true;
  }

  function changedRows(now) {
    return shown().filter(function (row) {
      var is = now[row.dataset.session];
      var was = known[row.dataset.session];
      if (!is || !was || isSame(was, is)) return false;
      return !putNumber(row, was, is);
    });
  }

  // What somebody is about to press stays as it is until they have.
  function isInUse(row) {
    return row.contains(document.activeElement) || row.querySelector(".htmx-request");
  }

  function heard(figures) {
    var now = figures.sessions;
    if (known) {
      var rows = changedRows(now);
      var asked = rows.filter(function (row) { return !isInUse(row); }).slice(0, MOST);
      var ids = asked.map(function (row) { return row.dataset.session; });
      // Those that are left out are looked at again: as if they had not been heard of.
      rows.forEach(function (row) {
        var id = row.dataset.session;
        if (ids.indexOf(id) < 0) now[id] = known[id];
      });
      if (ids.length) askRows(ids);
    }
    known = now;
  }

  function askRows(ids) {
    var here = window.location.pathname + window.location.search;
    var query = new URLSearchParams({ shown: ids.join(","), next: here });
    window.htmx.ajax("GET", addresses.rows + "?" + query, { target: "#live", swap: "none" });
  }

  function look() {
    window.clearTimeout(timer);
    if (document.hidden || !shown().length) return;
    var headers = tag ? { "If-None-Match": tag } : {};
    window.fetch(addresses.figures, { headers: headers, credentials: "omit", cache: "no-store" })
      .then(function (response) {
        failures = 0;
        if (response.status === 304) return null;
        if (!response.ok) throw new Error(response.status);
        tag = response.headers.get("ETag") || "";
        return response.json().then(heard);
      })
      .catch(function () { failures += 1; })
      .then(function () {
        // A server that does not answer is asked less and less often; each page a little apart from the others.
        var wait = EVERY * Math.pow(2, Math.min(failures, 4)) * (0.9 + Math.random() / 5);
        timer = window.setTimeout(look, wait);
      });
  }

  function twoDigits(number) {
    return (number < 10 ? "0" : "") + number;
  }

  function countDown(span) {
    var opens = Date.parse(span.dataset.opens);
    var note = span.closest(".note");
    var step = window.setInterval(draw, 1000);

    function draw() {
      var left = Math.ceil((opens - Date.now()) / 1000);
      if (left > 0 && left < 86400) {
        span.hidden = false;
        var hours = Math.floor(left / 3600);
        var rest = twoDigits(Math.floor(left / 60) % 60) + ":" + twoDigits(left % 60);
        span.querySelector("time").textContent = hours ? hours + ":" + rest : rest;
      }
      if (left > 0) return;
      window.clearInterval(step);
      note.querySelector("[data-until-opening]").hidden = true;
      note.querySelector("[data-from-opening]").hidden = false;
      var live = document.getElementById("live");
      live.textContent = note.querySelector("[data-from-opening] strong").textContent;
      look();
    }
    draw();
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-opens]").forEach(countDown);
    look();
  });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) look();
  });
  // Tests, and whoever is curious, need not wait.
  document.addEventListener("seatwise:look", look);
})();
