/* The desk's search: the key "/" leads to it from anywhere but a field. The page works without this file. */
"use strict";

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.getElementById("desk-search");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
