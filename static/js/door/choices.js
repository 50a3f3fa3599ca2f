// What may be done about an answer: let in all the same, give a seat that is free at the door, write down who leaves.

const find = (id) => document.getElementById(id);

// Outcomes that need nothing more.
const DONE = ["admitted", "out", "asking"];

// Offer what fits this answer. `letIn` takes the reason; what the phone's device may not do is not offered.
export function showChoices(answer, { mayOverride, isAway, letIn, giveSeat, passBy, checkOut }) {
  const isIn = answer.outcome === "already_in";
  const isRefused = !isIn && !DONE.includes(answer.outcome);
  offer("give-seat", answer.canHaveSeat && !isAway, giveSeat);
  find("standby-away").hidden = !(answer.canHaveSeat && isAway);
  const called = isAway ? [] : answer.called || [];
  find("called").hidden = called.length === 0;
  find("called-names").textContent = called.map(({ name }) => name).join(", ");
  find("not-here").onclick = () => passBy(called.map(({ uuid }) => uuid));
  offer("check-out", isIn, checkOut);
  offer("let-in", isRefused && mayOverride, () => showReasons(true));
  find("ask-desk").hidden = !isRefused || mayOverride;
  showReasons(false);
  find("reasons").onclick = (event) => {
    const chip = event.target.closest("button[value]");
    if (chip) letIn(chip.value);
  };
  find("reasons").onsubmit = (event) => {
    event.preventDefault();
    letIn(find("own-reason").value.trim());
    find("own-reason").value = "";
  };
  find("choices").hidden = false;
}

function offer(id, isOffered, act) {
  find(id).hidden = !isOffered;
  find(id).onclick = act;
}

function showReasons(isOpen) {
  find("reasons").hidden = !isOpen;
  find("let-in").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) find("reasons").querySelector("button").focus();
}
