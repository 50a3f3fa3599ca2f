// One phone at one door: which door, whom it answers what, and what is done about it.

import { answerFor, countsOf } from "./answers.js";
import { showChoices } from "./choices.js";
import { readCode } from "./codes.js";
import { Queue } from "./queue.js";
import { Roster } from "./roster.js";
import { clearAnswer, setText, showAnswer, showLast, showLine, showPanel, sinceAndWhere, tell } from "./screen.js";
import { Away, ask, isAway, NotPaired, Refused } from "./server.js";
import { kept, rosters } from "./store.js";
import { say, sayOutcome, sayTimesIn } from "./words.js";

// Milliseconds between two looks at the roster.
const REFRESH_EVERY = 15_000;
// How long after an event's end its people stay on a phone.
const KEPT_AFTER_END = 6 * 3_600_000;
// Milliseconds after which the doors themselves are asked for again; the roster says at once when they are taken away.
const DOORS_EVERY = 300_000;
const LAST = 5;

export class Door {
  constructor() {
    this.about = null;
    this.chosen = null;
    this.roster = null;
    this.shown = null;
    this.doorsAt = -Infinity;
    this.queue = new Queue({
      heard: (answered, clock) => this.#heard(answered, clock),
      refused: () => this.#unpaired(),
    });
  }

  // Begin with what the phone has kept: it answers before the server has said anything.
  async open() {
    await this.queue.open();
    this.about = (await kept.get("about")) || null;
    if (this.about) await this.#useDoor(await kept.get("door"));
    setInterval(() => this.#draw(), 1000);
    setInterval(() => this.refresh(), REFRESH_EVERY);
    window.addEventListener("online", () => this.wake());
    window.addEventListener("offline", () => this.#draw());
  }

  // The network is back, or somebody looks again: do not wait for the next try.
  wake() {
    this.queue.soon(0);
    return this.refresh();
  }

  // Ask for the doors and for the roster's differences, and send what waits.
  async refresh() {
    if (this.isRefreshing) return;
    this.isRefreshing = true;
    try {
      await this.#ask();
    } catch (error) {
      if (error instanceof NotPaired) await this.#unpaired();
      else if (!(error instanceof Away)) throw error;
      else if (error instanceof Refused) await this.#turnedOff(error.code);
      else if (!this.about) showPanel("offline");
    } finally {
      this.isRefreshing = false;
      this.#draw();
    }
  }

  async #ask() {
    if (!this.queue.isFailing) this.queue.soon(0);
    if (performance.now() - this.doorsAt > DOORS_EVERY) await this.#askDoors();
    if (this.roster) await this.roster.refresh();
  }

  async #askDoors() {
    const { data } = await ask("doors");
    // Paired anew, for another event: its people are none of the old one's.
    if (this.about && this.about.event.uuid !== data.event.uuid) await this.#wipe("doors");
    this.about = data;
    this.doorsAt = performance.now();
    await kept.set("about", data);
    const still = this.chosen && this.#doorNamed(this.chosen.door || "");
    if (still && !this.#isOver()) this.chosen = still;
    else await this.#useDoor(await kept.get("door"));
  }

  async #turnedOff(code) {
    if (code === "event_over") return this.#wipe("over");
    // This door went: the programme changed, or the phone's doors did.
    this.doorsAt = -Infinity;
    if (code === "not_this_door") this.chooseAgain();
  }

  #isOver() {
    const end = this.about?.event?.ends_at;
    return Boolean(end) && Date.parse(end) + KEPT_AFTER_END < Date.now();
  }

  #doorNamed(uuid) {
    return uuid === undefined ? null : this.about.doors.find((each) => (each.door || "") === uuid);
  }

  // Stand at this door, or let one be chosen where there is a choice.
  async #useDoor(uuid) {
    sayTimesIn(this.about.event.zone);
    if (this.#isOver()) return this.#wipe("over");
    const { doors } = this.about;
    const door = this.#doorNamed(uuid) || (doors.length === 1 && doors[0]);
    if (!door) return this.chooseAgain();
    this.chosen = door;
    await kept.set("door", door.door || "");
    const roster = new Roster(door.door || "");
    await roster.open();
    this.roster = roster;
    clearAnswer();
    showPanel("work");
    setText("door-name", door.name);
    this.#draw();
  }

  // The list of doors, each a button.
  chooseAgain() {
    if (!this.about) return showPanel("offline");
    const row = document.getElementById("door-row").content;
    const rows = this.about.doors.map((door) => {
      const item = row.cloneNode(true);
      item.querySelector("b").textContent = door.name;
      item.querySelector("span").textContent = door.room || "";
      item.querySelector("button").addEventListener("click", async () => {
        await this.#useDoor(door.door || "");
        await this.refresh();
      });
      return item;
    });
    document.getElementById("door-list").replaceChildren(...rows);
    setText("event-name", this.about.event.name);
    setText("door-name", say("choose"));
    document.getElementById("no-doors").hidden = rows.length > 0;
    this.chosen = this.roster = null;
    showPanel("doors");
  }

  // A code that was seen by the camera, typed, or sent by a scanner.
  read(text) {
    if (!this.roster) return;
    const began = performance.now();
    const code = readCode(text);
    const person = code && this.roster.byCode.get(code);
    if (person) return this.#answer({ code, registration: person.uuid }, this.#answerFor(person), began);
    const hint = !code ? say("foreign") : this.roster.isHere ? say("not_on_roster") : say("no_roster_yet");
    const scan = { code: code || text.slice(0, 300), isForeign: !code };
    return this.#answer(scan, { outcome: "unknown_code", name: "", hint }, began);
  }

  // A person that was found by name.
  choose(person) {
    const began = performance.now();
    return this.#answer({ registration: person.uuid }, this.#answerFor(person), began);
  }

  // A name that is not on the roster: nothing to keep, for nobody was there.
  nobody(text) {
    const hint = say(this.roster?.isHere ? "no_such_name" : "no_roster_yet");
    const answer = { outcome: "unknown_code", name: text, hint };
    this.#answer({ isForeign: true, code: text.slice(0, 300) }, answer, performance.now());
  }

  #answerFor(person) {
    return answerFor(person, this.roster, this.queue, this.chosen.name);
  }

  // Show first, then keep, then send.
  async #answer(who, answer, began) {
    const { isForeign, ...identity } = who;
    const admitted = answer.outcome === "admitted";
    const scan = { kind: "in", door: this.roster.door, admitted, shown: answer.outcome, name: answer.name, ...identity };
    const shown = (this.shown = { scan, answer });
    this.#show(answer);
    document.body.dataset.took = (performance.now() - began).toFixed(1);
    // What is none of our codes may be anything private: it stays on the phone, unless somebody is let in by it.
    if (!isForeign) shown.kept = await this.#keep(scan);
  }

  #show(answer) {
    showAnswer(answer);
    const device = this.about.device;
    showChoices(answer, {
      mayOverride: device.may_override,
      isAway: isAway(),
      letIn: (reason) => this.#again({ override: true, reason }),
      giveSeat: () => this.#again({ standby: true }),
      passBy: (uuids) => this.#again({ standby: true, not_here: uuids }),
      checkOut: () => this.#again({ kind: "out" }),
    });
  }

  // The same person once more: let in all the same, by standby, or going out.
  async #again(how) {
    const { scan, answer } = this.shown;
    // Only the server knows whether the seat at the door is still free: it answers in a moment.
    const outcome = how.standby ? "asking" : how.kind === "out" ? "out" : "admitted";
    const admitted = outcome === "admitted";
    const again = { ...scan, kind: "in", ...how, admitted, shown: outcome };
    const next = { ...answer, outcome, nth: 0, called: [], extra: how.reason || "", since: null, where: null };
    const shown = (this.shown = { scan: again, answer: next });
    this.#show(next);
    shown.kept = await this.#keep(again);
  }

  // Take an entry back: the person is as before it.
  async undo({ nonce, door, name, code, registration }) {
    clearAnswer();
    await this.#keep({ kind: "undo", of: nonce, door, name, code, registration, admitted: false, shown: "undone" });
  }

  async #keep(scan) {
    try {
      const kept = await this.queue.add(scan);
      this.#draw();
      return kept;
    } catch (error) {
      tell(say("not_kept", { why: error.message }));
      return null;
    }
  }

  // Verdicts came: where one differs from what this page had said, it is said.
  #heard(answered, clock = "") {
    setText("clock", clock);
    answered.forEach((scan) => this.#compare(scan));
    this.#draw();
    // What these scans changed is in the roster's next difference.
    if (answered.length) setTimeout(() => this.refresh(), 1000);
  }

  #compare({ nonce, name, code, shown, verdict }) {
    if (verdict.outcome === shown) return;
    const { outcome, words, since, where } = verdict;
    const isOnScreen = this.shown?.kept?.nonce === nonce && document.body.dataset.outcome;
    if (isOnScreen) this.#show({ outcome, name: name || verdict.name || "", since, where, extra: words });
    else {
      const said = words || [sayOutcome(outcome), sinceAndWhere(verdict)].filter(Boolean).join(" ");
      tell(say("server_says", { name: name || code || "", said }));
    }
  }

  // This phone stands at no door any more, once all is sent.
  async leave() {
    await this.queue.send();
    if (this.queue.waiting) return tell(say("leave_later", { count: this.queue.waiting }));
    try {
      await ask("leave", { body: {} });
    } catch (error) {
      if (error instanceof Away) return tell(say("no_network"));
    }
    return this.#unpaired();
  }

  async #unpaired() {
    await this.#wipe("unpaired");
    document.getElementById("unpaired-waiting").hidden = this.queue.waiting === 0;
    setText("unpaired-waiting", say("pair_again", { count: this.queue.waiting }));
  }

  // Take everybody's names off this phone; what it has scanned stays until it is sent.
  async #wipe(panel) {
    this.chosen = this.roster = null;
    clearAnswer();
    document.getElementById("last").hidden = true;
    showPanel(panel);
    await rosters.wipe();
    await this.queue.forgetNames();
    if (panel === "unpaired") {
      this.about = null;
      await kept.set("about", null);
    }
  }

  // Before somebody puts the phone away.
  async keep() {
    await this.roster?.keep();
  }

  #draw() {
    const { roster, queue } = this;
    setText("over-waiting", say("waiting", { count: queue.waiting }));
    if (!roster) return;
    if (this.#isOver()) return this.#wipe("over");
    const { checkedAt } = roster;
    const { waiting, isFailing } = queue;
    showLine({ counts: countsOf(roster, queue), checkedAt, waiting, isFailing, isAway: isAway() });
    showLast(queue.newest(roster.door, LAST), (scan) => this.undo(scan));
  }
}
