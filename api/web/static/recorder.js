// The microphone: a recording, how loud it is just now, and why there is none.
import { S } from "./strings.js";

const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

export class NoMicrophone extends Error {}

function explained(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return S.talk.refused;
  return S.talk.noMicrophone;
}

/** Begin to record. Raises NoMicrophone with a sentence that helps. */
export async function record() {
  if (!window.isSecureContext) throw new NoMicrophone(S.talk.insecure);
  if (!navigator.mediaDevices || !window.MediaRecorder) throw new NoMicrophone(S.talk.noRecorder);
  let sound;
  try {
    sound = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch (error) {
    throw new NoMicrophone(explained(error));
  }
  return new Recording(sound);
}

class Recording {
  constructor(sound) {
    this.sound = sound;
    this.began = performance.now();
    this.pieces = [];
    const type = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(sound, type ? { mimeType: type, audioBitsPerSecond: 32000 } : {});
    this.recorder.ondataavailable = (event) => this.pieces.push(event.data);
    this.recorder.start(250);
    this.context = new AudioContext();
    this.meter = this.context.createAnalyser();
    this.meter.fftSize = 512;
    this.context.createMediaStreamSource(sound).connect(this.meter);
    this.samples = new Float32Array(this.meter.fftSize);
  }

  get seconds() {
    return (performance.now() - this.began) / 1000;
  }

  /** How loud it is, from 0 to 1. */
  get level() {
    this.meter.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    return Math.min(1, Math.sqrt(power) * 4);
  }

  /** The recording, once everything of it is there. */
  async finish() {
    const over = new Promise((resolve) => (this.recorder.onstop = resolve));
    this.recorder.stop();
    await over;
    this.drop();
    return new Blob(this.pieces, { type: (this.recorder.mimeType || "audio/webm").split(";")[0] });
  }

  drop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    for (const track of this.sound.getTracks()) track.stop();
    this.context.close().catch(() => {});
  }
}
