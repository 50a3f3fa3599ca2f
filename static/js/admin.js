/* The desk: tabs without losing what was typed, settings that may not apply, capacity that follows the place.
   Every page works without this file; see templates/admin/tabbed/. */
"use strict";

// ---- Tabs -----------------------------------------------------------------------------------------------------

const deskForm = document.querySelector("form:has(.sw-tab)");
let isDirty = false;
// The page's title without that of its tab.
const pageName = document.title.replace(/^.*? · /, "").trim();

function showTab(slug) {
  document.querySelectorAll(".sw-tab").forEach((part) => part.classList.toggle("is-active", part.dataset.tab === slug));
  document.querySelectorAll(".sw-tab-link").forEach((link) => {
    const isShown = link.dataset.tab === slug;
    if (isShown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (isShown) document.title = `${link.dataset.title} · ${pageName}`;
  });
}

/* The panels of the address that is shown now; where they cannot be had alone, the whole page is asked for. */
async function loadPanels() {
  const box = document.getElementById("sw-panels");
  if (!box || !window.htmx) return;
  const asked = location.href;
  const address = new URL(asked);
  address.searchParams.set("_panels", "1");
  box.setAttribute("aria-busy", "true");
  let answer = null;
  const onAnswer = (event) => {
    if (event.detail.target !== box) return;
    answer = event.detail.xhr;
    // Another tab was chosen meanwhile: what comes late is not shown.
    if (location.href !== asked) event.detail.shouldSwap = false;
  };
  document.body.addEventListener("htmx:beforeSwap", onAnswer);
  await window.htmx.ajax("GET", address.pathname + address.search, { target: box, swap: "innerHTML" }).catch(() => null);
  document.body.removeEventListener("htmx:beforeSwap", onAnswer);
  if (location.href !== asked) return;
  box.removeAttribute("aria-busy");
  if (!answer || answer.status !== 200) { if (!isDirty) location.reload(); return; }
  box.dispatchEvent(new CustomEvent("seatwise:panels", { bubbles: true }));
  setUpLocations(box);
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function tabOfAddress() {
  const wanted = new URL(location.href).searchParams.get("tab");
  const links = [...document.querySelectorAll(".sw-tab-link")];
  return (links.find((link) => link.dataset.tab === wanted) ?? links[0])?.dataset.tab;
}

function openAddress() {
  showTab(tabOfAddress());
  loadPanels();
}

function onTabClick(event) {
  const link = event.target.closest("a[data-tab], .sw-views a");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || !window.htmx) return;
  event.preventDefault();
  if (link.href === location.href) return;
  history.pushState({ desk: true }, "", link.href);
  openAddress();
}

function setUpTabs() {
  if (!deskForm) return;
  const onTyped = () => { isDirty = true; };
  deskForm.addEventListener("input", onTyped);
  deskForm.addEventListener("change", onTyped);
  deskForm.addEventListener("submit", () => { isDirty = false; });
  document.addEventListener("click", onTabClick);
  let shown = location.pathname + location.search;
  window.addEventListener("popstate", () => {
    // Within one page only the place on it has changed.
    if (shown !== location.pathname + location.search) openAddress();
    shown = location.pathname + location.search;
  });
  document.addEventListener("click", () => queueMicrotask(() => { shown = location.pathname + location.search; }));
  window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
}

// ---- Settings that may not apply -------------------------------------------------------------------------------

function controlOf(name) {
  return deskForm?.querySelector(`[name="${name}"]:not([data-kept])`);
}

function isOn(control) {
  if (control.type === "checkbox") return control.checked;
  if (control.value === "unknown") return control.dataset.inherited === "on";
  return control.value === "true";
}

function applySetting(box) {
  const control = controlOf(box.dataset.setting);
  if (!control) return;
  const reasons = [...box.querySelectorAll("[data-applies-when]")];
  const broken = reasons.find((reason) => {
    const other = controlOf(reason.dataset.appliesWhen);
    return other && isOn(other) !== (reason.dataset.is === "on");
  });
  reasons.forEach((reason) => { reason.hidden = reason !== broken; });
  control.disabled = Boolean(broken);
  box.querySelector("[data-kept]")?.remove();
  if (broken) box.append(keptValue(control));
}

/* A disabled control is not sent; its value is, so that nothing is lost by being switched off. */
function keptValue(control) {
  const kept = document.createElement("input");
  kept.type = "hidden";
  kept.name = control.name;
  kept.value = control.type === "checkbox" ? String(control.checked) : control.value;
  kept.dataset.kept = "";
  return kept;
}

function setUpSettings() {
  const boxes = [...document.querySelectorAll("[data-setting]")].filter((box) => box.querySelector("[data-applies-when]"));
  const applyAll = () => boxes.forEach(applySetting);
  if (!boxes.length || !deskForm) return;
  deskForm.addEventListener("change", applyAll);
  applyAll();
}

// ---- Building, room, layout and the capacity that follows them ---------------------------------------------------

const KINDS = ["building", "room", "layout"];

class Location {
  constructor(form) {
    this.form = form;
    this.selects = Object.fromEntries(KINDS.map((kind) => [kind, form.querySelector(`select[data-place="${kind}"]`)]));
    this.box = form.querySelector("[data-capacity-box]");
    this.follows = form.querySelector('[name$="capacity_follows"]');
    this.options = Object.fromEntries(KINDS.map((kind) => [kind, new Map()]));
    KINDS.forEach((kind) => { this.remember(kind); this.narrow(kind); this.listen(kind); });
    this.last = this.chosen();
    this.box?.addEventListener("input", () => this.say("hand"));
  }

  /* Every option ever seen, with the group it stood in: also one that a pop-up has just added. */
  remember(kind) {
    for (const option of this.selects[kind]?.options ?? []) {
      const group = option.parentElement.label ?? "";
      if (!this.options[kind].has(option.value)) this.options[kind].set(option.value, { option, group });
    }
  }

  listen(kind) {
    const select = this.selects[kind];
    if (!select) return;
    const onChange = () => this.choose(kind);
    // The admin's pop-ups speak through its own jQuery, which native listeners do not hear.
    if (window.django?.jQuery) window.django.jQuery(select).on("change", onChange);
    else select.addEventListener("change", onChange);
  }

  chosen() {
    return KINDS.map((kind) => this.selects[kind]?.value ?? "").join("/");
  }

  choose(kind) {
    // Django triggers "change" on load to draw its pencils; nothing was chosen then.
    if (this.chosen() === this.last) return;
    this.remember(kind);
    for (let at = KINDS.indexOf(kind); at > 0; at -= 1) this.chooseAbove(KINDS[at - 1], KINDS[at]);
    KINDS.slice(1).forEach((below) => this.narrow(below));
    this.last = this.chosen();
    this.fillIn();
  }

  /* What a chosen room lies in need not be chosen too. */
  chooseAbove(above, kind) {
    const parent = this.selects[kind]?.selectedOptions[0]?.dataset.parent;
    if (parent && this.selects[above] && !this.selects[above].value) this.selects[above].value = parent;
  }

  /* Offer what lies in the chosen place above; a choice that does not is given up. */
  narrow(kind) {
    const select = this.selects[kind];
    if (!select) return;
    const above = this.selects[KINDS[KINDS.indexOf(kind) - 1]];
    const wanted = above?.value ?? "";
    const value = select.value;
    const groups = new Map();
    select.replaceChildren();
    for (const { option, group } of this.options[kind].values()) {
      if (wanted && option.dataset.parent && option.dataset.parent !== wanted) continue;
      if (!group || wanted) { select.append(option); continue; }
      if (!groups.has(group)) {
        const box = document.createElement("optgroup");
        box.label = group;
        groups.set(group, box);
        select.append(box);
      }
      groups.get(group).append(option);
    }
    select.value = [...select.options].some((option) => option.value === value) ? value : "";
  }

  fillIn() {
    if (!this.box || this.form.querySelector('[name="allow_custom_agenda"]')?.checked) return;
    const places = [...KINDS].reverse().map((kind) => this.selects[kind]?.selectedOptions[0]?.dataset.capacity);
    const capacity = places.find((number) => number !== undefined && number !== "");
    if (capacity === undefined) return;
    this.box.value = capacity;
    this.say("place");
  }

  say(what) {
    if (this.follows) this.follows.value = what;
  }
}

function setUpLocations(root) {
  const forms = new Set([...root.querySelectorAll("select[data-place]")].map((select) => select.form));
  forms.forEach((form) => new Location(form));
}

// ---- What is added from a session belongs to its event ----------------------------------------------------------

function nameEventInPopups() {
  const event = document.querySelector(".sw-head[data-event]")?.dataset.event;
  if (!event) return;
  document.querySelectorAll("#add_id_track, #add_id_speakers, #add_id_passes").forEach((link) => {
    link.href += `&event=${event}`;
  });
}

// ---- A new event starts in the organizer's own zone ------------------------------------------------------------

function guessZone() {
  const box = document.querySelector("input[data-guess-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (box && zone && box.value === "UTC") box.value = zone;
}

/* Django names a <span> without giving it a role, so it is not read aloud. */
function nameSearchIcons() {
  document.querySelectorAll(".search-label-icon[aria-label]").forEach((icon) => icon.setAttribute("role", "img"));
}

window.addEventListener("load", nameSearchIcons);
setUpTabs();
setUpSettings();
setUpLocations(document);
nameEventInPopups();
guessZone();
