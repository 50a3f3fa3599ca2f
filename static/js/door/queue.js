// The scans of this phone: kept first, then sent in the background, each once and with its own time.
//
// Several tabs share one store. One of them sends at a time; all hear of what was scanned and answered.

import { scans } from "./store.js";
import { ask, isAway, NotPaired } from "./server.js";

const MOST_AT_ONCE = 500;
// Seconds until the next try: doubled at each failure, up to this.
const LONGEST_WAIT = 60;
// Sent scans that are kept, for the last five and for an undo.
const KEPT_SENT = 200;

export function newNonce() {
  // randomUUID is missing where the page came by plain http.
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export class Queue {
  // `heard` is called after every change, with the scans whose verdicts came; `refused` when the phone is not paired.
  constructor({ heard, refused }) {
    this.scans = new Map();
    this.heard = heard;
    this.refused = refused;
    this.wait = 0;
    this.timer = null;
    this.isSending = false;
    this.others = new BroadcastChannel("seatwise-door");
    this.others.onmessage = ({ data }) => this.#hear(data);
  }

  async open() {
    (await scans.all()).forEach((scan) => this.scans.set(scan.nonce, scan));
    await this.#forgetOld();
  }

  get waiting() {
    let count = 0;
    for (const scan of this.scans.values()) count += scan.waiting || 0;
    return count;
  }

  // True while what waits could not be sent, and is tried again.
  get isFailing() {
    return this.wait > 0;
  }

  // The newest entries at a door, those that were taken back marked so.
  newest(door, most) {
    const all = Array.from(this.scans.values());
    const undone = new Set(all.filter((scan) => scan.kind === "undo").map((scan) => scan.of));
    return all
      .filter((scan) => scan.kind === "in" && scan.door === door)
      .sort(newestFirst)
      .slice(0, most)
      .map((scan) => ({ ...scan, isUndone: undone.has(scan.nonce) }));
  }

  // Leave no name on this phone; what waits is sent by its code.
  async forgetNames() {
    const all = Array.from(this.scans.values());
    const waiting = all.filter((scan) => scan.waiting).map((scan) => ({ ...scan, name: "" }));
    await this.#drop(all.filter((scan) => !scan.waiting));
    waiting.forEach((scan) => this.scans.set(scan.nonce, scan));
    if (waiting.length) await scans.put(...waiting);
  }

  // Keep a scan, then send it. It is safe once this returns.
  async add(scan) {
    const made = { nonce: newNonce(), at: Date.now(), offline: isAway(), waiting: 1, ...scan };
    this.scans.set(made.nonce, made);
    await scans.put(made);
    this.others.postMessage([made]);
    if (!isAway()) this.soon(0);
    return made;
  }

  // Send after so many seconds, unless that happens earlier.
  soon(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), seconds * 1000);
  }

  // Send all that waits. Two tabs never send at once: the second finds nothing left.
  async send() {
    if (this.isSending) {
      this.isAskedAgain = true;
      return;
    }
    this.isSending = true;
    try {
      await (navigator.locks ? navigator.locks.request("seatwise-door", () => this.#sendAll()) : this.#sendAll());
      this.wait = 0;
    } catch (error) {
      await this.#failed(error);
    } finally {
      this.isSending = false;
    }
    if (this.isAskedAgain) {
      this.isAskedAgain = false;
      this.soon(this.wait);
    }
  }

  async #sendAll() {
    for (;;) {
      const batch = await scans.waiting(MOST_AT_ONCE);
      if (batch.length === 0) return;
      const sent = Date.now();
      const { data } = await ask("scans", {
        body: {
          sent_at: new Date(sent).toISOString(),
          waiting: await this.#countWaiting(batch.length),
          scans: batch.map(asSent),
        },
      });
      const answered = this.#judge(batch, data.verdicts);
      // Without this an answer that names none of them would be asked for again at once, and for ever.
      if (answered.length === 0) throw new Error("No verdict for any scan.");
      await scans.put(...answered);
      this.others.postMessage(answered);
      this.#hear(answered, data.clock_words);
    }
  }

  async #countWaiting(inBatch) {
    return inBatch < MOST_AT_ONCE ? inBatch : (await scans.waiting()).length;
  }

  #judge(batch, verdicts) {
    const byNonce = new Map(verdicts.map((verdict) => [verdict.nonce, verdict]));
    return batch
      .filter((scan) => byNonce.has(scan.nonce))
      .map(({ waiting, ...scan }) => ({ ...scan, settledAt: Date.now(), verdict: byNonce.get(scan.nonce) }));
  }

  #hear(changed, clock) {
    changed.forEach((scan) => this.scans.set(scan.nonce, scan));
    this.heard(changed.filter((scan) => scan.verdict), clock);
  }

  async #failed(error) {
    if (error instanceof NotPaired) return this.refused(error);
    // What could not be sent at once was decided without the server.
    const waiting = Array.from(this.scans.values()).filter((scan) => scan.waiting && !scan.offline);
    waiting.forEach((scan) => (scan.offline = true));
    if (waiting.length) await scans.put(...waiting);
    this.wait = Math.min(LONGEST_WAIT, Math.max(1, this.wait * 2));
    // Twelve phones that lost the same network do not come back in the same instant.
    this.soon(Math.max(error.seconds || 0, this.wait * (0.75 + Math.random() / 2)));
    this.heard([]);
  }

  async #forgetOld() {
    const sent = Array.from(this.scans.values()).filter((scan) => !scan.waiting);
    await this.#drop(sent.sort(newestFirst).slice(KEPT_SENT));
  }

  async #drop(sent) {
    sent.forEach((scan) => this.scans.delete(scan.nonce));
    if (sent.length) await scans.drop(sent.map((scan) => scan.nonce));
  }
}

function newestFirst(one, other) {
  return other.at - one.at;
}

// A scan as the server takes it.
function asSent(scan) {
  const { nonce, kind, door, at, offline, admitted, override, reason, standby, not_here } = scan;
  const sent = { nonce, kind, door: door || null, scanned_at: new Date(at).toISOString(), offline, admitted };
  if (kind === "undo") return { ...sent, of: scan.of };
  const who = scan.code ? { code: scan.code } : { registration: scan.registration };
  return { ...sent, ...who, override, reason, standby, not_here };
}
