/* The button that prints; without it the browser's own command does the same. */
(() => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.closest("[data-print-line]")?.removeAttribute("hidden");
    button.addEventListener("click", () => window.print());
  }
})();
