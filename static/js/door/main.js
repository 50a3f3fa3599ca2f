// The door page: it always answers from what the phone has, and talks to the server in the background.

import { Door } from "./door.js";
import { Camera, Sight, keepAwake } from "./camera.js";
import { Entry } from "./entry.js";
import { watchLanguages } from "./languages.js";
import { clearAnswer, setText, showPanel } from "./screen.js";
import { switchSound, wakeSound } from "./signals.js";
import { kept } from "./store.js";
import { say } from "./words.js";

const find = (id) => document.getElementById(id);
const door = new Door();
const sight = new Sight();
const files = document.body.dataset;
const camera = new Camera(find("sight"), { reader: files.reader, wasm: files.wasm }, (text) => {
  if (sight.isNew(text)) door.read(text);
});

async function startCamera() {
  setText("camera-note", "");
  const trouble = await camera.start();
  showCamera(trouble);
  await kept.set("camera", !trouble);
}

async function stopCamera() {
  camera.stop();
  showCamera(null);
  await kept.set("camera", false);
}

function showCamera(trouble) {
  find("sight").hidden = !camera.isOn;
  find("camera-on").hidden = camera.isOn || ["insecure", "absent"].includes(trouble);
  find("camera-off").hidden = !camera.isOn;
  find("light").hidden = !camera.hasLight;
  // A camera that begins anew begins in the dark.
  find("light").setAttribute("aria-pressed", "false");
  setText("camera-note", trouble ? say(`camera_${trouble}`) : "");
  document.body.classList.toggle("has-camera", camera.isOn);
}

async function light() {
  const shines = await camera.light(find("light").getAttribute("aria-pressed") !== "true");
  find("light").setAttribute("aria-pressed", String(shines));
}

async function sound(on) {
  switchSound(on);
  find("sound").setAttribute("aria-pressed", String(on));
  await kept.set("sound", on);
}

function wire() {
  watchLanguages((text) => setText("state", text));
  document.addEventListener("click", wakeSound);
  find("camera-on").addEventListener("click", startCamera);
  find("camera-off").addEventListener("click", stopCamera);
  find("light").addEventListener("click", light);
  find("sound").addEventListener("click", () => sound(find("sound").getAttribute("aria-pressed") !== "true"));
  find("change-door").addEventListener("click", () => door.chooseAgain());
  find("leave").addEventListener("click", () => door.leave());
  find("next").addEventListener("click", () => {
    clearAnswer();
    find("stage").focus();
  });
  document.querySelectorAll("[data-again]").forEach((each) => each.addEventListener("click", () => door.wake()));
  // Choosing from the menu closes it.
  find("menu").addEventListener("click", (event) => {
    if (event.target.closest("button")) find("menu").open = false;
  });
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) return door.keep();
    door.wake();
    // Telephones take the camera away from pages that nobody looks at.
    if ((await kept.get("camera")) && !camera.isOn) startCamera();
  });
}

async function registerWorker() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(files.workerAddress, { scope: "/door/" });
    document.body.dataset.worker = (await navigator.serviceWorker.ready) ? "ready" : "";
  } catch {
    // Without it the page works as long as it stays open.
  }
}

async function start() {
  wire();
  new Entry({
    search: (text, most) => door.roster?.search(text, most) ?? [],
    isKnown: (code) => Boolean(door.roster?.byCode.has(code)),
    scan: (text) => door.read(text),
    choose: (person) => door.choose(person),
    nobody: (text) => door.nobody(text),
  });
  try {
    await door.open();
  } catch (error) {
    setText("broken-why", String(error));
    return showPanel("broken");
  }
  registerWorker();
  keepAwake();
  navigator.storage?.persist?.();
  await sound((await kept.get("sound")) ?? true);
  showCamera(Camera.missing());
  if (await kept.get("camera")) startCamera();
  await door.wake();
}

start();
