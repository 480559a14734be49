// For whoever is not known yet.
import { html, useEffect, useState } from "../html.js";
import { gitHubAddress } from "../session.js";
import { S } from "../strings.js";

export function SignIn({ problem }) {
  const [address, setAddress] = useState(undefined);
  useEffect(() => void gitHubAddress().then(setAddress, () => setAddress(null)), []);
  return html`<main class="welcome">
    <img src="/static/mark.svg" alt="" width="72" height="72" />
    <h1>${S.app}</h1>
    <p>${S.motto}</p>
    ${problem && html`<p class="said bad" role="alert">${problem}</p>`}
    ${address && html`<a class="button" href=${address}>${S.signIn.github}</a>`}
    ${address === null && html`<p class="soft narrow">${S.signIn.local}</p>`}
  </main>`;
}
