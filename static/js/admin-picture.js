/* Pictures on the desk: a click says which point of a header matters, a chosen file is shown at once.
   Without this file the two numbers are typed, and the picture is seen once it is saved. */
"use strict";

document.querySelectorAll("[data-focus-x]").forEach((box) => {
  const image = box.querySelector("img");
  const inputs = [box.dataset.focusX, box.dataset.focusY].map((name) => document.getElementById(`id_${name}`));
  if (!image || inputs.includes(null)) return;
  const mark = document.createElement("span");
  mark.className = "sw-focus";
  mark.setAttribute("aria-hidden", "true");
  box.append(mark);
  box.classList.add("is-clickable");
  const show = () => {
    mark.style.setProperty("left", `${inputs[0].value}%`);
    mark.style.setProperty("top", `${inputs[1].value}%`);
  };
  inputs.forEach((input) => input.addEventListener("input", show));
  image.addEventListener("click", (event) => {
    const place = image.getBoundingClientRect();
    inputs[0].value = Math.round((100 * (event.clientX - place.left)) / place.width);
    inputs[1].value = Math.round((100 * (event.clientY - place.top)) / place.height);
    inputs.forEach((input) => input.dispatchEvent(new Event("input", { bubbles: true })));
  });
  show();
});

document.addEventListener("change", (event) => {
  const input = event.target;
  const box = input.closest?.(".sw-picture");
  if (!box || input.type !== "file" || !input.files[0]) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    let image = box.querySelector(".sw-picture-now img");
    if (!image) {
      const frame = document.createElement("div");
      frame.className = "sw-picture-now";
      image = document.createElement("img");
      image.alt = "";
      frame.append(image);
      box.prepend(frame);
    }
    image.removeAttribute("width");
    image.removeAttribute("height");
    image.src = reader.result;
  });
  reader.readAsDataURL(input.files[0]);
});
