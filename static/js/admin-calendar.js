/* The calendar: a session that is dragged to another time or room leads to the page that shows what the move would do.
   Without this file each session has its link to that page. */
"use strict";

(() => {
  const STEP = 5;
  let dragged = null;
  let grabbed = 0;

  const minutes = (clock) => clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const clock = (total) => `${String(Math.floor(total / 60) % 24).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;

  /* Make what may be moved draggable; also in a calendar that was loaded later. */
  function prepare() {
    document.querySelectorAll("[data-calendar][data-may-move] [data-move]").forEach((cell) => {
      cell.draggable = true;
      cell.querySelectorAll("a").forEach((link) => { link.draggable = false; });
    });
  }

  function rowHeight(calendar) {
    return parseFloat(getComputedStyle(calendar).gridAutoRows);
  }

  /* The room and the time below a place of the window; null outside the grid. */
  function placeAt(calendar, x, y) {
    const rooms = [...calendar.querySelectorAll(".calendar-room")];
    const room = rooms.find((head) => {
      const box = head.getBoundingClientRect();
      return x >= box.left && x < box.right;
    });
    if (!room || getComputedStyle(room).display === "none") return null;
    const top = calendar.getBoundingClientRect().top + rooms[0].offsetHeight;
    const row = Math.max(0, Math.round((y - top - grabbed) / rowHeight(calendar)));
    return { room, row, time: clock(minutes(calendar.dataset.first) + row * STEP) };
  }

  function target(calendar) {
    let mark = calendar.querySelector(".calendar-target");
    if (!mark) {
      mark = document.createElement("div");
      mark.setAttribute("aria-hidden", "true");
      calendar.append(mark);
    }
    return mark;
  }

  function show(calendar, place) {
    const mark = target(calendar);
    const length = [...dragged.classList].find((name) => /^n-\d+$/.test(name)) ?? "n-1";
    const column = [...place.room.classList].find((name) => /^c-\d+$/.test(name)) ?? "c-1";
    mark.className = `calendar-target r-${place.row + 1} ${length} ${column}`;
    mark.textContent = place.time;
  }

  function onStart(event) {
    dragged = event.target.closest?.("[data-move]");
    if (!dragged) return;
    grabbed = event.clientY - dragged.getBoundingClientRect().top;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector(".calendar-name")?.textContent ?? "");
    dragged.classList.add("is-dragged");
  }

  function onOver(event) {
    const calendar = event.target.closest?.("[data-calendar]");
    const place = dragged && calendar ? placeAt(calendar, event.clientX, event.clientY) : null;
    if (!place) return;
    event.preventDefault();
    show(calendar, place);
  }

  function onDrop(event) {
    const calendar = event.target.closest?.("[data-calendar]");
    const place = dragged && calendar ? placeAt(calendar, event.clientX, event.clientY) : null;
    if (!place) return;
    event.preventDefault();
    const asked = new URLSearchParams({ date: calendar.dataset.day, start_time: place.time, back: calendar.dataset.back });
    if (place.room.dataset.room) asked.set("room", place.room.dataset.room);
    location.assign(`${dragged.dataset.move}?${asked}`);
  }

  function onEnd() {
    dragged?.classList.remove("is-dragged");
    document.querySelectorAll(".calendar-target").forEach((mark) => mark.remove());
    dragged = null;
  }

  document.addEventListener("dragstart", onStart);
  document.addEventListener("dragover", onOver);
  document.addEventListener("drop", onDrop);
  document.addEventListener("dragend", onEnd);
  document.addEventListener("seatwise:panels", prepare);
  document.addEventListener("DOMContentLoaded", prepare);
})();
