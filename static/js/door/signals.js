// What is heard and felt: whoever looks at the person, and not at the phone, knows the answer too.

// [hertz, seconds] of each tone, and what the phone's motor does, in milliseconds.
const SIGNALS = {
  go: { tones: [[880, 0.08], [1320, 0.14]], motor: [60] },
  look: { tones: [[587, 0.12], [587, 0.12]], motor: [70, 70, 70] },
  stop: { tones: [[196, 0.4]], motor: [350] },
};
let audio = null;
let isOn = true;

export function switchSound(on) {
  isOn = on;
}

// Browsers play nothing before somebody has touched the page: call it from a click.
export function wakeSound() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  audio ??= new Context();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

export function signal(name) {
  const { tones, motor } = SIGNALS[name];
  if (navigator.vibrate && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate(motor);
  if (!isOn || !audio || audio.state !== "running") return;
  let at = audio.currentTime;
  for (const [hertz, seconds] of tones) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.type = "triangle";
    tone.frequency.value = hertz;
    // Swells and fades within 10 ms: a tone that is cut off clicks.
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.5, at + 0.01);
    loudness.gain.setValueAtTime(0.5, at + seconds - 0.01);
    loudness.gain.linearRampToValueAtTime(0, at + seconds);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.05;
  }
}
