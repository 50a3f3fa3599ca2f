// The field for typed names and codes, which is also where a USB scanner types, ending in Enter.

import { isNoName, readCode } from "./codes.js";
import { say } from "./words.js";

const MOST = 6;
const LETTERS = 2;
const find = (id) => document.getElementById(id);

export class Entry {
  // `search` finds people of the roster, `isKnown` says whether it has a code; `scan` takes a text as it was read,
  // `choose` one person, `nobody` what was typed and is neither.
  constructor({ search, isKnown, scan, choose, nobody }) {
    Object.assign(this, { search, isKnown, scan, choose, nobody });
    this.field = find("typed");
    this.list = find("matches");
    find("entry").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enter();
    });
    this.field.addEventListener("input", () => this.#suggest());
    this.field.addEventListener("keydown", (event) => this.#walk(event, "first"));
    this.list.addEventListener("keydown", (event) => this.#walk(event, "next"));
    document.addEventListener("keydown", (event) => this.#catch(event));
  }

  // A scanner types wherever the focus is: its first letter takes the field, so that its Enter presses no button.
  #catch(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
    if (find("work").hidden || event.target.closest("input, textarea, select")) return;
    this.field.value = "";
    this.field.focus();
  }

  #enter() {
    const text = this.field.value;
    if (!text.trim()) return;
    const code = readCode(text);
    const people = this.search(text, MOST);
    // Twelve letters may be a name as well: it is a code where the roster has it, or where no name is found.
    if (isNoName(text) || (code && (this.isKnown(code) || people.length === 0))) this.#done(() => this.scan(text));
    else if (people.length === 1) this.#done(() => this.choose(people[0]));
    else if (people.length > 1) this.#offer(people, true);
    else this.#done(() => this.nobody(text));
  }

  #done(act) {
    this.field.value = "";
    this.#offer([]);
    act();
  }

  #suggest() {
    const text = this.field.value;
    const isName = text.trim().length >= LETTERS && !isNoName(text);
    this.#offer(isName ? this.search(text, MOST) : []);
  }

  #offer(people, isFocused = false) {
    this.list.replaceChildren(...people.map((person) => this.#row(person)));
    this.list.hidden = people.length === 0;
    find("matches-count").textContent = people.length ? say("matches", { count: people.length }) : "";
    if (isFocused) this.list.querySelector("button").focus();
  }

  #row(person) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = person.name;
    button.addEventListener("click", () => this.#done(() => this.choose(person)));
    row.append(button);
    return row;
  }

  #walk(event, from) {
    if (event.key === "Escape") {
      this.#offer([]);
      this.field.focus();
    }
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || this.list.hidden) return;
    event.preventDefault();
    const buttons = Array.from(this.list.querySelectorAll("button"));
    const at = from === "first" ? -1 : buttons.indexOf(document.activeElement);
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (buttons[next] || this.field).focus();
  }
}
