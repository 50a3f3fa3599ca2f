// What is seen: the answer that fills the screen, the line above it, the last five below.

import { signal } from "./signals.js";
import { age, clock, say, sayOutcome } from "./words.js";

const find = (id) => document.getElementById(id);

// What each outcome is for the ear: one that is not named here stops.
const HEARD = { admitted: "go", already_in: "look", another_session: "look", standby: "look", out: "go", asking: "look" };
// What standby answers beside its own outcome looks like one that is known from an arm's length.
const LOOKS_LIKE = {
  not_next_in_line: "standby",
  standby_not_open: "standby",
  hard_limit: "full_house",
  conflict: "another_session",
};
const PANELS = ["starting", "unpaired", "doors", "offline", "over", "broken", "work"];

// Show one part of the page and no other.
export function showPanel(name) {
  PANELS.forEach((each) => (find(each).hidden = each !== name));
  document.body.dataset.panel = name;
}

// A line of the page that is empty where there is nothing to say.
export function setText(id, text) {
  const element = find(id);
  if (element.textContent !== text) element.textContent = text;
}

function shape(outcome) {
  const known = find(`shape-${outcome}`) ? outcome : "unknown_code";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "shape");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg.namespaceURI, "use");
  use.setAttribute("href", `#shape-${known}`);
  svg.append(use);
  return svg;
}

function line(className, text) {
  const element = document.createElement("p");
  element.className = className;
  element.textContent = text;
  return element;
}

// The word that is read from an arm's length.
function wordOf(answer) {
  if (answer.nth) return say(answer.canHaveSeat ? "next_in_line" : "place_in_line", { nth: ordinal(answer.nth) });
  return sayOutcome(answer.outcome);
}

function ordinal(number) {
  const rules = new Intl.PluralRules(document.documentElement.lang || "en", { type: "ordinal" });
  return say(`ordinal_${rules.select(number)}`, { number });
}

// "10:02, Hall A"
export function sinceAndWhere({ since, where }) {
  return [since && clock(since), where].filter(Boolean).join(", ");
}

function detailOf(answer) {
  if (answer.outcome === "already_in") return sinceAndWhere(answer) || answer.extra || "";
  if (answer.opensAt) return say("standby_from", { time: clock(answer.opensAt) });
  const said = answer.extra || answer.where || (answer.since && clock(answer.since)) || "";
  return said || answer.hint || "";
}

// Fill the screen with an answer.
export function showAnswer(answer, { isQuiet = false } = {}) {
  const look = LOOKS_LIKE[answer.outcome] ?? answer.outcome;
  document.body.dataset.outcome = look;
  find("answer").replaceChildren(
    shape(look),
    line("word", wordOf(answer)),
    line("name", answer.name || ""),
    line("detail", detailOf(answer)),
  );
  if (!isQuiet) signal(HEARD[look] || "stop");
}

// Back to the camera, or to the field.
export function clearAnswer() {
  delete document.body.dataset.outcome;
  find("answer").replaceChildren();
  find("choices").hidden = true;
}

// "34 of 40 in, 6 expected" and "roster 20 s old · 0 waiting to send"
export function showLine({ counts, checkedAt, waiting, isFailing, isAway }) {
  const inside = counts && { in: counts.inside, expected: counts.expected, all: counts.inside + counts.expected };
  setText("counts", inside ? say("counts", inside) : "");
  const parts = [
    checkedAt === null ? say("no_roster") : say("roster", { age: age(Date.now() - checkedAt) }),
    say("waiting", { count: waiting }),
  ];
  if (isAway) parts.unshift(say("no_network"));
  else if (isFailing) parts.push(say("trying_again"));
  setText("state", parts.join(" · "));
  find("state").classList.toggle("is-late", isAway || isFailing);
}

let drawn = "";

// The last five, each with its undo. Drawn only when they changed: a button that is replaced loses the focus.
export function showLast(scans, undo) {
  const now = JSON.stringify(scans);
  if (now === drawn) return;
  drawn = now;
  const rows = scans.map((scan) => {
    const row = document.createElement("li");
    row.dataset.nonce = scan.nonce;
    const said = sayOutcome(scan.isUndone ? "undone" : scan.shown);
    const state = scan.waiting ? say("to_be_sent") : "";
    row.append(
      shape(scan.shown),
      line("who", scan.name || scan.code || ""),
      line("small", [clock(scan.at), said, state].filter(Boolean).join(" · ")),
    );
    if (scan.admitted && !scan.isUndone) row.append(undoButton(scan, undo));
    return row;
  });
  find("last-list").replaceChildren(...rows);
  find("last").hidden = rows.length === 0;
}

function undoButton(scan, undo) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = say("undo");
  button.setAttribute("aria-label", `${say("undo")}: ${scan.name || scan.code || ""}`);
  button.addEventListener("click", () => undo(scan));
  return button;
}

// What the server answered otherwise than this page did, until somebody has read it.
export function tell(text) {
  const note = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = say("read");
  button.addEventListener("click", () => note.remove());
  note.append(line("what", text), button);
  find("notes").append(note);
  signal("look");
}
