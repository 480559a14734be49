// Whether this browser is told of questions and results.
import { html, useEffect, useState } from "../html.js";
import { ask, get } from "../session.js";
import { S } from "../strings.js";
import { Said, useAct } from "../parts.js";
import { Loaded, useLoaded } from "./loaded.js";

const T = S.settings;
const KEY = "cadence.device";
const possible = () => "serviceWorker" in navigator && "PushManager" in window;

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error(T.notifyRefused);
  const { applicationServerKey } = await get("/api/devices");
  const worker = await navigator.serviceWorker.ready;
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const { endpoint, keys } = made.toJSON();
  const device = await ask("POST", "/api/devices", { json: { endpoint, p256dh: keys.p256dh, auth: keys.auth } });
  localStorage.setItem(KEY, device.id);
}

async function unsubscribe() {
  const worker = await navigator.serviceWorker.ready;
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  const id = localStorage.getItem(KEY);
  localStorage.removeItem(KEY);
  if (id) await ask("DELETE", `/api/devices/${id}`);
}

export function Notifications() {
  const devices = useLoaded("/api/devices");
  const [on, setOn] = useState(false);
  const [state, run] = useAct();
  useEffect(() => {
    if (possible()) navigator.serviceWorker.ready.then((worker) => worker.pushManager.getSubscription()).then((it) => setOn(Boolean(it)));
  }, []);
  const change = () => run(async () => {
    await (on ? unsubscribe() : subscribe());
    setOn(!on);
    await devices.load();
  });
  return html`<div class="block"><h2>${T.notify}</h2>
    <${Loaded} of=${devices} show=${(it) => html`<p class="soft">${on ? `${T.notifyOn} ` : ""}${T.devices(it.devices.length)}</p>`} />
    ${possible() ? html`<button class="plain" disabled=${state.busy} onClick=${change}>${on ? T.notifyOff : T.notifyHere}</button>` : html`<p class="soft">${T.notifyNo}</p>`}
    <${Said} state=${state} /></div>`;
}
