// In a storm: finds the number whose hash begins with enough zero bits, while the form is filled in. Without this file
// the sender is given a turn instead.
(function () {
  "use strict";
  const AT_ONCE = 256;
  const bytes = new TextEncoder();

  function zeroBits(digest) {
    const first = new DataView(digest).getUint32(0);
    return first ? Math.clz32(first) : 32;
  }

  async function solve(task, bits) {
    for (let from = 0; ; from += AT_ONCE) {
      const tried = Array.from({ length: AT_ONCE }, (_each, more) =>
        crypto.subtle.digest("SHA-256", bytes.encode(task + ":" + (from + more)))
      );
      const digests = await Promise.all(tried);
      const found = digests.findIndex((digest) => zeroBits(digest) >= bits);
      if (found >= 0) return String(from + found);
    }
  }

  function begin(box) {
    const form = box.closest("form");
    const words = box.querySelector("[role=status]");
    const proof = box.querySelector("[name=proof]");
    let waits = box.hasAttribute("data-send");

    form.addEventListener("submit", function (event) {
      if (proof.value) return;
      event.preventDefault();
      waits = true;
      words.textContent = words.dataset.working;
    });
    if (waits) words.textContent = words.dataset.working;
    solve(box.dataset.sum, Number(box.dataset.bits)).then(function (number) {
      proof.value = number;
      words.textContent = words.dataset.done;
      if (waits) form.requestSubmit();
    });
  }

  // Only pages that came by https, or from this machine, may hash.
  if (window.crypto && crypto.subtle) document.querySelectorAll("[data-sum]").forEach(begin);
})();
