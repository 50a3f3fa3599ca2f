// Another language: what the phone keeps of the page gives way only once the server has answered.

import { say } from "./words.js";

export function watchLanguages(tell) {
  document.querySelector(".languages")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const body = new URLSearchParams({ language: event.submitter.value, next: "/" });
    try {
      await fetch(form.action, { method: "POST", body, redirect: "manual" });
    } catch {
      tell(say("no_network"));
      return;
    }
    const names = self.caches ? await caches.keys() : [];
    await Promise.all(names.filter((name) => name.startsWith("seatwise-door-")).map((name) => caches.delete(name)));
    window.location.reload();
  });
}
