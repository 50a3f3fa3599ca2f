// The draw decided again on the visitor's own machine: a second writing of the rule "snake-1", which snake.py beside the
// published files explains. It reads the published wishes, and says whether the published decisions are the same.
(function () {
  "use strict";
  const COLUMNS = ["round", "place", "ticket", "session", "rank", "verdict"];

  const encoder = new TextEncoder();

  async function sha256(...parts) {
    const all = parts.map((part) => (typeof part === "string" ? encoder.encode(part) : new Uint8Array(part)));
    const bytes = new Uint8Array(all.reduce((length, part) => length + part.length, 0));
    all.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function order(seed, tickets) {
    const hashes = await Promise.all(tickets.map((ticket) => sha256(seed + ticket.code)));
    return tickets
      .map((ticket, at) => ({ ticket, hash: hashes[at], decided: 0, got: 0, busy: [...ticket.busy], more: [...ticket.more] }))
      .sort((one, other) => (one.hash < other.hash ? -1 : 1));
  }

  const clash = (one, other) => one[0] < other[1] && other[0] < one[1] && (one[2] || other[2]);

  // The decisions as the rows of their file, by the ticket's place and the wish's rank.
  function rows(world, line) {
    const most = world.most_seats ?? Infinity;
    const left = world.sessions.map((session) => session.seats ?? Infinity);
    const setsOf = world.sessions.map((session) => [...world.sets.keys()].filter((at) => world.sets[at].includes(session.number)));
    const wished = left.map(() => 0);
    line.forEach(({ ticket }) => ticket.wishes.forEach((number) => (wished[number - 1] += ticket.people)));
    const hasRoomForAll = left.map((seats, at) => wished[at] <= seats);
    line.forEach((player, at) => Object.assign(player, { place: at + 1, rows: [] }));

    function verdict(player, at) {
      const time = world.sessions[at].time;
      if (player.got >= most) return "enough";
      if (time && player.busy.some((other) => clash(time, other))) return "clash";
      if (setsOf[at].some((set) => player.more[set] === 0)) return "limit";
      return left[at] >= player.ticket.people ? "given" : "full";
    }

    function give(player, at) {
      left[at] -= player.ticket.people;
      player.got += 1;
      if (world.sessions[at].time) player.busy.push(world.sessions[at].time);
      setsOf[at].forEach((set) => player.more[set] !== null && (player.more[set] -= 1));
    }

    function turn(player, round) {
      while (player.decided < player.ticket.wishes.length) {
        const at = player.ticket.wishes[player.decided] - 1;
        const became = verdict(player, at);
        player.decided += 1;
        player.rows.push([round, player.place, player.ticket.code, at + 1, player.decided, became]);
        if (became !== "given") continue;
        give(player, at);
        if (!hasRoomForAll[at] && player.got < most) return;
      }
    }

    let waiting = line;
    for (let round = 1; waiting.length; round += 1) {
      (round % 2 ? waiting : [...waiting].reverse()).forEach((player) => turn(player, round));
      waiting = waiting.filter((player) => player.decided < player.ticket.wishes.length);
    }
    return line.flatMap((player) => player.rows);
  }

  // `bytes` is the file of wishes as it was published, `number` the public number. Tests call it too.
  async function decide(bytes, number) {
    const world = JSON.parse(new TextDecoder().decode(bytes));
    if (world.rule !== "snake-1") throw new Error("another rule");
    const seed = await sha256(bytes, "\n", number);
    const decided = rows(world, await order(seed, world.tickets));
    const text = "[\n" + [COLUMNS, ...decided].map((row) => JSON.stringify(row)).join(",\n") + "\n]\n";
    return { commitment: await sha256(bytes), seed, text, count: decided.length };
  }

  async function bytesOf(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.arrayBuffer();
  }

  // Which words of the page say what was found.
  async function found({ wishes, decisions, number, commitment }) {
    const [bytes, published] = await Promise.all([bytesOf(wishes), bytesOf(decisions)]);
    const mine = await decide(bytes, number);
    if (mine.commitment !== commitment) return ["otherFile"];
    const theirs = new TextDecoder().decode(published);
    if (theirs === mine.text) return ["same", mine.count];
    const [their, own] = [theirs.split("\n"), mine.text.split("\n")];
    let at = 0;
    while (their[at] === own[at]) at += 1;
    return ["differ", at + 1, their[at] ?? "", own[at] ?? ""];
  }

  function begin(box) {
    const button = box.querySelector("button");
    const said = box.querySelector("[role=status]");
    box.hidden = false;
    // Browsers hash only on pages that came by https, or from this machine.
    if (!(window.crypto && crypto.subtle)) {
      button.hidden = true;
      said.textContent = said.dataset.noHash;
      return;
    }
    button.addEventListener("click", async function () {
      button.disabled = true;
      said.textContent = said.dataset.working;
      const [word, number, published, own] = await found(box.dataset).catch(() => ["notRead"]);
      const grouped = new Intl.NumberFormat(document.documentElement.lang).format(number);
      const values = { count: grouped, line: grouped, published, own };
      said.textContent = said.dataset[word].replace(/\{(\w+)\}/g, (_all, name) => values[name]);
      said.className = "draw-said is-" + (word === "same" ? "same" : "other");
      button.disabled = false;
    });
  }

  window.seatwiseDraw = { decide };
  document.querySelectorAll("[data-draw-check]").forEach(begin);
})();
