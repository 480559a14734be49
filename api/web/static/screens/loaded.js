// Something that is asked for when a screen opens: while it is not there, and when it could not be had.
import { html, useEffect, useState } from "../html.js";
import { get } from "../session.js";
import { S } from "../strings.js";

export function useLoaded(path) {
  const [state, setState] = useState({});
  const load = async () => {
    try {
      setState({ value: await get(path) });
    } catch (error) {
      setState({ problem: error.message });
    }
  };
  useEffect(() => void load(), [path]);
  return { ...state, load };
}

export function Loaded({ of, show }) {
  if (of.value) return show(of.value);
  if (of.problem) return html`<p class="said bad" role="alert">${of.problem} <button class="link" onClick=${of.load}>${S.tryAgain}</button></p>`;
  return html`<p class="soft busy">${S.loading}</p>`;
}
