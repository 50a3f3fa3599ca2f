// The roster of one door: who is expected, and the server's answer for each of them.
//
// It is loaded once, then only differences come. It is kept on the phone, so that it answers without the server.

import { fits, fold } from "./codes.js";
import { rosters } from "./store.js";
import { ask } from "./server.js";

// Milliseconds between two writes of the whole roster to the disk; its cursor is written with it.
const KEEP_EVERY = 60_000;

export class Roster {
  constructor(door) {
    this.door = door;
    this.people = new Map();
    this.byCode = new Map();
    this.counts = null;
    this.standby = null;
    this.checkedAt = null;
    this.cursor = null;
    this.tag = null;
    this.keptAt = 0;
  }

  // What this phone has kept of it.
  async open() {
    const found = await rosters.get(this.door);
    if (!found) return;
    Object.assign(this, found, { people: new Map(), keptAt: Date.now() });
    JSON.parse(found.people).forEach((row) => this.#take(row));
  }

  // True when there is anything to answer from.
  get isHere() {
    return this.checkedAt !== null;
  }

  // Ask the server for what changed; true when anything did. Raises Away and NotPaired.
  async refresh() {
    const asked = Date.now();
    const since = this.cursor ? `&since=${encodeURIComponent(this.cursor)}` : "";
    const address = `roster?door=${this.door}${since}`;
    const tag = address === this.address ? this.tag : null;
    const answer = await ask(address, { tag, seconds: 60 });
    const isFirst = !this.isHere;
    this.checkedAt = asked;
    if (answer.status !== 304) {
      this.#apply(answer.data);
      this.address = address;
      this.tag = answer.tag;
    }
    if (isFirst || asked - this.keptAt > KEEP_EVERY) await this.keep();
    return answer.status !== 304;
  }

  #apply(data) {
    if (data.whole) {
      this.people.clear();
      this.byCode.clear();
    }
    data.gone.forEach((uuid) => this.#drop(uuid));
    data.people.forEach((row) => this.#take(row));
    this.cursor = data.cursor;
    this.counts = data.counts;
    this.standby = data.standby;
  }

  #take([uuid, code, name, answer, extra]) {
    this.#drop(uuid);
    const person = { uuid, code, name, answer, extra };
    this.people.set(uuid, person);
    if (code) this.byCode.set(code, person);
  }

  #drop(uuid) {
    const before = this.people.get(uuid);
    if (!before) return;
    this.byCode.delete(before.code);
    this.people.delete(uuid);
  }

  // Write it to the disk, people and cursor together.
  async keep() {
    const rows = Array.from(this.people.values(), (each) => [
      each.uuid, each.code, each.name, each.answer, each.extra,
    ]);
    const { door, cursor, address, tag, checkedAt, counts, standby } = this;
    this.keptAt = Date.now();
    // As one text: ten thousand small objects would take the browser ten times as long.
    await rosters.put({ door, cursor, address, tag, checkedAt, counts, standby, people: JSON.stringify(rows) });
  }

  // Those whose names begin with what was typed, at most `most`, by name.
  search(text, most) {
    const words = fold(text).split(" ").filter(Boolean);
    if (words.length === 0) return [];
    const found = [];
    for (const person of this.people.values()) {
      person.folded ??= fold(person.name);
      if (fits(person.folded, words)) found.push(person);
    }
    return found.sort((a, b) => (a.folded < b.folded ? -1 : 1)).slice(0, most);
  }
}
