// The ticket: kept on this phone by its service worker, and how old what is shown is. Both pages say all else without.
(() => {
  const ticket = document.querySelector("[data-ticket-worker]");
  if (ticket && navigator.serviceWorker && window.isSecureContext) {
    navigator.serviceWorker.register(ticket.dataset.ticketWorker).catch(() => {});
  }

  const age = document.querySelector("[data-ticket-age]");
  if (!age) return;
  const MINUTE = 60 * 1000;
  const HOUR = 60 * MINUTE;
  const tell = () => {
    const passed = Date.now() - Date.parse(age.dataset.ticketAge);
    if (passed < MINUTE) return;
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
    const [number, unit] =
      passed < HOUR ? [passed / MINUTE, "minute"] : passed < 48 * HOUR ? [passed / HOUR, "hour"] : [passed / (24 * HOUR), "day"];
    age.textContent = `(${words.format(-Math.floor(number), unit)})`;
  };
  tell();
  setInterval(tell, MINUTE);
})();
