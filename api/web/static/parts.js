// Pieces that several screens are made of.
import { html, useEffect, useRef, useState } from "./html.js";
import { S } from "./strings.js";

const DRAWN = {
  talk: "M12 15a4 4 0 0 0 4-4V6a4 4 0 1 0-8 0v5a4 4 0 0 0 4 4Zm7-4a7 7 0 0 1-14 0M12 18v3",
  agents: "M4 6h16M4 12h16M4 18h10",
  usage: "M5 20v-7M12 20V4M19 20v-10",
  settings: "M4 7h10m4 0h2M4 17h2m4 0h10M16 4v6M8 14v6",
  back: "m14 6-6 6 6 6",
  send: "M5 12h13m-6-6 6 6-6 6",
  stop: "M7 7h10v10H7z",
  away: "M8 16 17 7m-7 0h7v7",
  cross: "m6 6 12 12M18 6 6 18",
};

export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${DRAWN[name]} /></svg>`;

/** What a person would call the state of an agent. */
export function stateOf(agent) {
  return agent.question && ["running", "paused", "pending"].includes(agent.status) ? "asks" : agent.status;
}

export const isLive = (agent) => ["pending", "running", "paused"].includes(agent.status);

export const Badge = ({ agent }) => html`<span class="badge ${stateOf(agent)}">${S.status[stateOf(agent)]}</span>`;

export const Progress = ({ agent }) => html`
  <div class="bar ${stateOf(agent)}" role="progressbar" aria-valuenow=${agent.progress} aria-valuemin="0" aria-valuemax="100"
    aria-label=${agent.name}><div style=${{ width: `${agent.progress}%` }}></div></div>`;

const MONEY = new Intl.NumberFormat("en", { style: "currency", currency: "USD" });
export const money = (dollars) => (dollars > 0 && dollars < 0.01 ? `< ${MONEY.format(0.01)}` : MONEY.format(dollars));

const STEPS = [[60, "second"], [60, "minute"], [24, "hour"], [Infinity, "day"]];
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
export function ago(moment, now = Date.now()) {
  let left = (new Date(moment) - now) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(left) < size) return AGO.format(Math.round(left), unit);
    left /= size;
  }
}

export const day = (moment) => new Date(moment).toLocaleDateString("en", { dateStyle: "medium" });
export const clock = (moment) => new Date(moment).toLocaleTimeString("en", { hourCycle: "h23", timeStyle: "medium" });

/** A form that says how it went. `act` may raise; its sentence is shown. */
export function useAct() {
  const [state, setState] = useState({ busy: false, said: "", bad: false });
  const run = async (act, done = "") => {
    setState({ busy: true, said: "", bad: false });
    try {
      await act();
      setState({ busy: false, said: done, bad: false });
      return true;
    } catch (error) {
      setState({ busy: false, said: error.message || S.failedToLoad, bad: true });
      return false;
    }
  };
  return [state, run];
}

export const Said = ({ state }) => html`<p class="said ${state.bad ? "bad" : ""}" role="status">${state.said}</p>`;

/** A question before something that cannot be undone. */
export function Sure({ title, why, yes, no, onYes, onNo }) {
  const dialog = useRef();
  useEffect(() => dialog.current.showModal(), []);
  return html`<dialog ref=${dialog} onClose=${onNo} aria-labelledby="sure">
    <h2 id="sure">${title}</h2>
    <p>${why}</p>
    <div class="row end">
      <button class="plain" onClick=${() => dialog.current.close()}>${no}</button>
      <button class="danger" onClick=${onYes}>${yes}</button>
    </div>
  </dialog>`;
}
