// The page that says "busy": asks again by itself, each time after a longer rest. Without it there is the button.
(function () {
  "use strict";
  const LONGEST = 60;
  // Longer ago than this it was another rush.
  const FORGOTTEN_AFTER = 120000;
  const words = document.querySelector("[data-again-in]");
  const key = "again:" + window.location.pathname;
  const last = JSON.parse(window.sessionStorage.getItem(key) || "{}");
  const times = Date.now() - last.at < FORGOTTEN_AFTER ? last.times : 0;
  let seconds = Math.min(Number(words.dataset.againIn) * 2 ** times, LONGEST);

  function again() {
    const form = document.querySelector(".statement form");
    window.sessionStorage.setItem(key, JSON.stringify({ times: times + 1, at: Date.now() }));
    if (form) form.requestSubmit();
    else window.location.reload();
  }

  function count() {
    words.textContent = words.dataset.words.replace("%s", seconds);
    if (seconds <= 0) return again();
    seconds -= 1;
    window.setTimeout(count, 1000);
  }
  count();
})();
