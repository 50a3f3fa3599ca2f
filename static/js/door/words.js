// The page's own words, from its template, so that a translation reaches them as well.

const texts = new Map(
  Array.from(document.getElementById("words").content.querySelectorAll("[data-word]"), (each) => [
    each.dataset.word,
    each.textContent.trim(),
  ]),
);
let zone;

// Say times in the event's zone, whatever the phone's own is.
export function sayTimesIn(name) {
  zone = name;
}

// `say("waiting", {count: 3})`: a sentence with what belongs into its braces.
export function say(word, values = {}) {
  const text = texts.get(word);
  if (text === undefined) throw new Error(`No words for ${word}.`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// What is said of an outcome that this page's version does not know, too.
export function sayOutcome(outcome) {
  return texts.get(`outcome_${outcome}`) ?? outcome.replaceAll("_", " ");
}

// "10:02", and with its day where that is not today.
export function clock(time) {
  const date = new Date(time);
  const day = (when) => when.toLocaleDateString(undefined, { timeZone: zone });
  const hours = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  if (day(date) === day(new Date())) return date.toLocaleTimeString(undefined, hours);
  return date.toLocaleString(undefined, { weekday: "short", day: "numeric", month: "short", ...hours });
}

// "20 s", "3 min", "2 h"
export function age(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 100) return say("seconds", { count: seconds });
  if (seconds < 100 * 60) return say("minutes", { count: Math.round(seconds / 60) });
  return say("hours", { count: Math.round(seconds / 3600) });
}
