// The button that listens: hold it, or tap it; slide away to cancel.
import { html, useEffect, useRef, useState } from "../html.js";
import { NoMicrophone, record } from "../recorder.js";
import { S } from "../strings.js";
import { Icon } from "../parts.js";

const HELD_MS = 350; // A shorter press is a tap: it goes on listening until the next one.
const AWAY_PX = 90;
const SHORTEST_SECONDS = 0.4;
const LONGEST_SECONDS = 300;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export function Microphone({ onRecorded, onTrouble }) {
  const [recording, setRecording] = useState(null);
  const [seconds, setSeconds] = useState(0);
  const [away, setAway] = useState(false);
  const press = useRef(null);
  const ring = useRef();
  const current = useRef(null);
  current.current = recording;

  // Whoever leaves in the middle has sent nothing.
  useEffect(() => () => current.current?.drop(), []);
  useEffect(() => {
    if (!recording) return undefined;
    let frame;
    const draw = () => {
      ring.current.style.transform = `scale(${1 + recording.level * 0.8})`;
      setSeconds(Math.floor(recording.seconds));
      if (recording.seconds > LONGEST_SECONDS) finish();
      else frame = requestAnimationFrame(draw);
    };
    draw();
    const escape = (event) => event.key === "Escape" && cancel();
    addEventListener("keydown", escape);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("keydown", escape);
    };
  }, [recording]);

  const begin = async () => {
    onTrouble("");
    try {
      const begun = await record();
      current.current = begun;
      setRecording(begun);
      return begun;
    } catch (error) {
      if (!(error instanceof NoMicrophone)) throw error;
      onTrouble(error.message);
      return null;
    }
  };
  const over = () => {
    const done = current.current;
    current.current = null;
    setRecording(null);
    setAway(false);
    setSeconds(0);
    return done;
  };
  const cancel = () => {
    over()?.drop();
    onTrouble(S.talk.cancelled);
  };
  const finish = async () => {
    const done = over();
    if (!done) return;
    if (done.seconds < SHORTEST_SECONDS) {
      done.drop();
      onTrouble(S.talk.tooShort);
    } else onRecorded(await done.finish());
  };

  const down = (event) => {
    if (event.button) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    press.current = { at: performance.now(), x: event.clientX, y: event.clientY, goingOn: Boolean(current.current) };
    if (!current.current) press.current.begun = begin();
  };
  const move = (event) => {
    const from = press.current;
    if (from && current.current) setAway(Math.hypot(event.clientX - from.x, event.clientY - from.y) > AWAY_PX);
  };
  const up = async () => {
    const from = press.current;
    press.current = null;
    if (!from) return;
    await from.begun;
    if (away) cancel();
    else if (from.goingOn || performance.now() - from.at > HELD_MS) finish();
  };
  // Pointers have been seen to; a click without one is a keyboard's, or a screen reader's.
  const click = (event) => {
    if (event.detail === 0) (current.current ? finish : begin)();
  };

  return html`<div class="microphone ${recording ? "on" : ""} ${away ? "away" : ""}">
    <div class="ring" ref=${ring}></div>
    <button class="big" onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${up} onClick=${click}
      onContextMenu=${(event) => event.preventDefault()} aria-pressed=${Boolean(recording)}
      aria-label=${recording ? S.talk.stop : S.talk.hold}><${Icon} name=${recording ? "stop" : "talk"} /></button>
    <p class="soft" role="status">${recording ? html`<b>${clock(seconds)}</b> ${away ? S.talk.release : `${S.talk.recording} · ${S.talk.slide}`}` : S.talk.hold}</p>
    <button class="link cancel" disabled=${!recording} onClick=${cancel}>${S.cancel}</button>
  </div>`;
}
