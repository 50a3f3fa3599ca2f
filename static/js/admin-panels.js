/* Panels of the desk: only comforts. Without this file everything works; buttons are merely never greyed.
   Bound to the document, because the frame may put panels into the page later. */
"use strict";

(() => {
  const boxes = (form) => [...form.querySelectorAll('input[name="row"]')];

  function refresh(form) {
    const rows = boxes(form);
    const chosen = rows.filter((box) => box.checked).length;
    const across = form.querySelector("[data-across]");
    const some = chosen > 0 || Boolean(across && across.checked);
    form.querySelectorAll("[data-verbs] button").forEach((button) => { button.disabled = !some || "whyNot" in button.dataset; });
    const said = form.querySelector("[data-chosen]");
    if (said) {
      const count = across && across.checked ? "" : `${chosen} `;
      said.textContent = some ? `${count}${said.dataset.some}` : said.dataset.none;
    }
    const all = form.querySelector("[data-all]");
    if (all) {
      all.checked = rows.length > 0 && chosen === rows.length;
      all.indeterminate = chosen > 0 && chosen < rows.length;
    }
  }

  function addBoxForAll(form) {
    const place = form.querySelector("[data-tick-all]");
    if (!place || place.firstChild) return;
    const box = document.createElement("input");
    box.type = "checkbox";
    box.dataset.all = "";
    box.setAttribute("aria-label", place.dataset.label);
    place.append(box);
  }

  function prepare() {
    document.querySelectorAll("[data-panel-form]").forEach((form) => {
      addBoxForAll(form);
      refresh(form);
    });
    document.querySelectorAll("[data-adding]").forEach(relabel);
    document.querySelectorAll("[data-confirm]").forEach(relabelPast);
  }

  /* Accepting a clash, or overriding a limit, changes how many are added: the words of the buttons follow. */
  function relabel(form) {
    const ticked = ["accept_clash", "override_limits", "override_closed"].filter((name) => {
      const box = form.querySelector(`input[name="${name}"]`);
      return box && box.checked;
    });
    form.querySelectorAll("button[data-deed]").forEach((button) => {
      const words = button.getAttribute(["data-words", ...ticked].join("-"));
      if (words) button.textContent = words;
      if (!button.hasAttribute("aria-describedby")) button.disabled = !words;
    });
  }

  /* So does registering from the waitlist past capacity. */
  function relabelPast(form) {
    const box = form.querySelector('input[name="past_capacity"]');
    const button = form.querySelector("button[data-past]");
    if (!box || !button) return;
    button.textContent = (box.checked ? button.dataset.past : button.dataset.without) || button.dataset.past;
    button.disabled = !box.checked && !button.dataset.without;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-panel-form]");
    if (form) {
      if ("all" in event.target.dataset) {
        boxes(form).forEach((box) => { box.checked = event.target.checked; });
      }
      refresh(form);
    }
    const adding = event.target.closest("[data-adding]");
    if (adding) relabel(adding);
    const confirm = event.target.closest("[data-confirm]");
    if (confirm) relabelPast(confirm);
  });

  /* Own words mean "Other…". */
  document.addEventListener("input", (event) => {
    const chips = event.target.dataset.ownWords;
    if (!chips || !event.target.value) return;
    const other = event.target.form.querySelector(`input[name="${chips}"][value="other"]`);
    if (other) other.checked = true;
  });

  document.addEventListener("seatwise:panels", prepare);
  document.addEventListener("DOMContentLoaded", prepare);
  window.addEventListener("pageshow", prepare);
})();
