// What the page answers: the server's answer from the roster, and "already in" from this phone's own scans.

// The latest scan of this person at this door that the roster cannot know of yet, or null.
function newerThanRoster(person, roster, queue) {
  let latest = null;
  for (const scan of queue.scans.values()) {
    if (scan.door !== roster.door || !isOf(scan, person) || isOld(scan, roster)) continue;
    if (isRefused(scan)) continue;
    if (!latest || scan.at > latest.at) latest = scan;
  }
  return latest;
}

function isOf(scan, person) {
  return scan.registration ? scan.registration === person.uuid : scan.code === person.code;
}

// The roster was asked for after the server had this scan: what it says includes it.
function isOld(scan, roster) {
  return Boolean(scan.settledAt && roster.checkedAt && scan.settledAt < roster.checkedAt);
}

// Neither this page nor the server let that person in.
function isRefused(scan) {
  if (scan.kind !== "in") return false;
  const isIn = scan.verdict ? ["admitted", "already_in"].includes(scan.verdict.outcome) : scan.admitted;
  return !isIn;
}

// The answer for one person: {outcome, name, extra, since, where, nth}.
export function answerFor(person, roster, queue, doorName) {
  const own = newerThanRoster(person, roster, queue);
  if (own && own.kind === "in") {
    const { since = new Date(own.at).toISOString(), where = doorName } = own.verdict || {};
    return { outcome: "already_in", name: person.name, since, where };
  }
  // Taken back or gone out on this phone: what the roster still says is older.
  if (own && person.answer === "already_in") return { outcome: "admitted", name: person.name };
  return { ...standbyOf(person, roster), name: person.name, ...saidBeside(person.extra) };
}

function saidBeside(extra) {
  if (!extra) return {};
  return typeof extra === "string" ? { extra } : extra;
}

// Whoever stands in line is told which place is theirs, and whether a seat at the door is free for it.
function standbyOf(person, roster) {
  const { open_from: from = null, line = [], free = 0 } = roster.standby || {};
  const isOpen = Boolean(from) && Date.parse(from) <= Date.now();
  const nth = person.answer === "standby" ? line.indexOf(person.uuid) + 1 : 0;
  const opensAt = from && !isOpen ? from : null;
  const isWalkUp = ["not_registered", "another_session"].includes(person.answer);
  if (!nth && !isWalkUp) return { outcome: person.answer };
  const ahead = nth ? line.slice(0, nth - 1) : line;
  const canHaveSeat = isOpen && free > ahead.length;
  const called = isOpen && free > 0 && !canHaveSeat ? ahead.map((uuid) => named(uuid, roster)) : [];
  const found = { outcome: person.answer, canHaveSeat, called };
  return nth ? { ...found, nth, opensAt } : found;
}

// Who is to be called first: there is a place, and they take it all.
function named(uuid, roster) {
  return { uuid, name: roster.people.get(uuid)?.name || "" };
}

// How many are inside: the server's count, and who was let in since.
export function countsOf(roster, queue) {
  if (!roster.counts) return null;
  const { capacity } = roster.counts;
  let { in: inside, expected } = roster.counts;
  for (const person of touched(roster, queue)) {
    const own = newerThanRoster(person, roster, queue);
    const was = person.answer === "already_in";
    const is = own ? own.kind === "in" : was;
    inside += is - was;
    expected -= is - was;
  }
  return { inside, expected: Math.max(0, expected), capacity };
}

function touched(roster, queue) {
  const people = new Set();
  for (const scan of queue.scans.values()) {
    if (scan.door !== roster.door || isOld(scan, roster)) continue;
    const person = roster.people.get(scan.registration) || roster.byCode.get(scan.code);
    if (person) people.add(person);
  }
  return people;
}
