// Lists of what is one's own: schedules, linked accounts and tokens.
import { html, useState } from "../html.js";
import { ask } from "../session.js";
import { S } from "../strings.js";
import { day, Said, useAct } from "../parts.js";
import { Copy } from "./copy.js";
import { LinkCode } from "./link.js";
import { Loaded, useLoaded } from "./loaded.js";

const T = S.settings;

/** A list with what can be done to each of its lines; it is loaded anew afterwards. */
function useList(path) {
  const list = useLoaded(path);
  const [state, run] = useAct();
  const act = (method, at, json) => run(async () => {
    await ask(method, at, json ? { json } : {});
    await list.load();
  });
  return { list, state, act, run };
}

export function Schedules() {
  const { list, state, act } = useList("/api/schedules");
  return html`<div class="block"><h2>${T.schedules}</h2>
    <${Loaded} of=${list} show=${({ schedules }) => schedules.length === 0 ? html`<p class="soft">${T.noSchedules}</p>` : html`
      <ul class="lines">${schedules.map((it) => html`<li><span><span dir="auto">${it.taskDescription}</span><br />
        <span class="soft">${it.rhythm} · ${it.repoName}</span></span>
        <span class="row"><button class="plain" onClick=${() => act("PATCH", `/api/schedules/${it.id}`, { paused: !it.paused })}>${it.paused ? T.resume : T.pause}</button>
        <button class="plain danger" onClick=${() => act("DELETE", `/api/schedules/${it.id}`)}>${T.delete}</button></span></li>`)}</ul>`} />
    <${Said} state=${state} /></div>`;
}

export function Links() {
  const { list, state, act, run } = useList("/api/links");
  const [code, setCode] = useState(null);
  return html`<div class="block"><h2>${T.links}</h2>
    <${Loaded} of=${list} show=${({ identities }) => html`<ul class="lines">
      ${identities.filter((it) => it.channel !== "app").map((it) => html`<li><span>${it.channel} <span class="soft">${it.externalId}</span></span>
        <button class="plain danger" onClick=${() => act("DELETE", "/api/links", { channel: it.channel, externalId: it.externalId })}>${T.unlink}</button></li>`)}</ul>`} />
    ${code ? html`<${LinkCode} code=${code} />`
      : html`<button class="plain" onClick=${() => run(async () => setCode((await ask("POST", "/api/links")).code))}>${T.newCode}</button>`}
    <${Said} state=${state} /></div>`;
}

export function Tokens() {
  const { list, state, act, run } = useList("/api/tokens");
  const [made, setMade] = useState(null);
  const make = (event) => {
    event.preventDefault();
    const form = event.target;
    run(async () => {
      setMade(await ask("POST", "/api/tokens", { json: { name: form.elements.name.value, scope: form.elements.scope.value, days: 90 } }));
      form.reset();
      await list.load();
    });
  };
  return html`<div class="block"><h2>${T.tokens}</h2>
    <${Loaded} of=${list} show=${({ tokens }) => tokens.length === 0 ? html`<p class="soft">${T.noTokens}</p>` : html`
      <ul class="lines">${tokens.map((it) => html`<li><span><span dir="auto">${it.name}</span><br /><span class="soft">${T.scopes[it.scope]} ·
        ${" "}${it.usedAt ? T.used(day(it.usedAt)) : T.neverUsed}${it.expiresAt ? ` · ${T.until(day(it.expiresAt))}` : ""}</span></span>
        <button class="plain danger" onClick=${() => act("DELETE", `/api/tokens/${it.id}`)}>${T.revoke}</button></li>`)}</ul>`} />
    ${made && html`<p class="secret">${made.token}</p><div class="row"><${Copy} text=${made.token} /><span class="soft">${T.tokenOnce}</span></div>`}
    <form class="row" onSubmit=${make}>
      <input name="name" required maxlength="100" dir="auto" aria-label=${T.tokenName} placeholder=${T.tokenName} />
      <select name="scope" aria-label=${T.tokens}>${Object.entries(T.scopes).map(([scope, text]) => html`<option value=${scope}>${text}</option>`)}</select>
      <button class="plain">${T.newToken}</button></form>
    <${Said} state=${state} /></div>`;
}
