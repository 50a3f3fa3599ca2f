// The camera and the reader of QR codes. The browser's own reader where there is one, else ZXing, from this site.

// Milliseconds between two looks; a slow phone takes longer for each.
const LOOK_EVERY = 100;
const WANTED = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };

async function makeReader({ reader, wasm }) {
  if ("BarcodeDetector" in window) {
    const formats = await window.BarcodeDetector.getSupportedFormats();
    if (formats.includes("qr_code")) return new window.BarcodeDetector({ formats: ["qr_code"] });
  }
  const { BarcodeDetector, prepareZXingModule } = await import(reader);
  // Without it the module would be fetched from a public store of packages.
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new BarcodeDetector({ formats: ["qr_code"] });
}

export class Camera {
  // `files` names the vendored reader and its module; `read` is called with each text as long as it is in sight.
  constructor(video, files, read) {
    this.video = video;
    this.files = files;
    this.read = read;
    this.stream = null;
  }

  // Why this page can have no camera, or null: "insecure" or "absent".
  static missing() {
    if (!window.isSecureContext) return "insecure";
    return navigator.mediaDevices?.getUserMedia ? null : "absent";
  }

  get isOn() {
    return Boolean(this.stream?.getVideoTracks().some((track) => track.readyState === "live"));
  }

  // Returns null once it looks, else why it cannot: "insecure", "absent", "refused" or "broken".
  async start() {
    const missing = Camera.missing();
    if (missing) return missing;
    try {
      this.stop();
      this.stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
      this.video.srcObject = this.stream;
      await this.video.play();
      this.detector ??= await makeReader(this.files);
    } catch (error) {
      this.stop();
      return { NotAllowedError: "refused", NotFoundError: "absent" }[error.name] || "broken";
    }
    this.#look(this.stream);
    return null;
  }

  // True where the phone has a light that shines where its camera looks; known once it looks.
  get hasLight() {
    return this.isOn && Boolean(this.#track.getCapabilities?.().torch);
  }

  // Returns whether the light shines now; a phone that is too hot refuses it.
  async light(on) {
    try {
      await this.#track.applyConstraints({ advanced: [{ torch: on }] });
      return on;
    } catch {
      return false;
    }
  }

  get #track() {
    return this.stream.getVideoTracks()[0];
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  async #look(stream) {
    while (this.stream === stream) {
      if (!document.hidden && this.video.readyState >= 2) {
        // A frame that cannot be read is followed by the next one.
        const found = await this.detector.detect(this.video).catch(() => []);
        if (found.length && this.stream === stream) this.read(found[0].rawValue);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }
}

// The same code stays in sight for many frames: it is one scan until it was out of sight for a while.
export class Sight {
  constructor(milliseconds = 1500) {
    this.milliseconds = milliseconds;
    this.text = null;
    this.at = -Infinity;
  }

  isNew(text, at = performance.now()) {
    const isNew = text !== this.text || at - this.at > this.milliseconds;
    this.text = text;
    this.at = at;
    return isNew;
  }
}

// Keep the screen lit while the page is looked at; where the browser cannot, the phone's own setting decides.
export function keepAwake() {
  const ask = () => {
    if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
