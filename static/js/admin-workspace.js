/* The desk's dialog: a link marked data-dialog opens the page it leads to over the one that stands, and what was added
   there is in the panels once the dialog is closed. Without this file the link leads to that page. */
"use strict";

(() => {
  const dialog = () => document.getElementById("sw-dialog");
  let opener = null;
  let hasAdded = false;

  async function open(link) {
    const body = document.getElementById("sw-dialog-body");
    opener = link;
    hasAdded = false;
    body.replaceChildren();
    const path = link.getAttribute("href");
    await window.htmx.ajax("GET", path, { target: body, swap: "innerHTML" }).catch(() => null);
    if (!body.firstElementChild) { location.assign(path); return; }
    dialog().showModal();
    body.querySelector("input:not([type=hidden]), select")?.focus();
  }

  function onClick(event) {
    const link = event.target.closest("a[data-dialog]");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || !dialog() || !window.htmx) return;
    event.preventDefault();
    open(link);
  }

  /* Whoever is ticked while a search is on its way stays ticked, and in the list, whatever the search finds. */
  let rows = [];

  function keepTicks(event) {
    if (event.detail.target.id === "found") rows = [...event.detail.target.querySelectorAll("li")];
  }

  function restoreTicks(found) {
    const box = (row) => row.querySelector("input[name=contact]");
    for (const row of rows) {
      const same = found.querySelector(`input[name=contact][value="${box(row).value}"]`);
      if (same) same.checked = box(row).checked;
      else if (box(row).checked) listIn(found).prepend(row);
    }
    rows = [];
  }

  function listIn(found) {
    const list = found.querySelector("ul") ?? document.createElement("ul");
    list.className = "panel-contacts";
    if (!list.parentElement) found.append(list);
    return list;
  }

  function onSwap(event) {
    if (event.detail.target.id === "found") restoreTicks(event.detail.target);
    const body = document.getElementById("sw-dialog-body");
    if (!body || event.detail.target !== body) return;
    window.setUpLocations?.(body);
    if (body.querySelector("[data-added]")) hasAdded = true;
    (body.querySelector(".errors input, .errors select") ?? body.querySelector("input:not([type=hidden])"))?.focus();
  }

  function onClose() {
    document.getElementById("sw-dialog-body").replaceChildren();
    opener?.focus();
    if (hasAdded) window.loadPanels?.();
  }

  /* A long list of choices, narrowed to those that hold every word typed; what is ticked stays in sight. */
  function narrow(box) {
    const list = document.querySelector(box.dataset.narrows);
    const wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    list?.querySelectorAll("details").forEach((day) => {
      let some = false;
      day.querySelectorAll("li").forEach((row) => {
        const said = row.textContent.toLowerCase();
        row.hidden = !row.querySelector(":checked") && !wanted.every((word) => said.includes(word));
        some ||= !row.hidden;
      });
      day.hidden = !some;
      if (wanted.length) day.open = some;
    });
  }

  document.addEventListener("input", (event) => { if (event.target.dataset.narrows) narrow(event.target); });
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:beforeSwap", keepTicks);
  document.addEventListener("htmx:afterSwap", onSwap);
  document.addEventListener("DOMContentLoaded", () => dialog()?.addEventListener("close", onClose));
})();
