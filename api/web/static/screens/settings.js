// Settings: who one is, how one wants things, and what else may speak in one's name.
import { html, useState } from "../html.js";
import { ask } from "../session.js";
import { setMe, signedOut, useStore } from "../store.js";
import { setTheme, theme } from "../theme.js";
import { S } from "../strings.js";
import { Said, Sure, useAct } from "../parts.js";
import { Loaded, useLoaded } from "./loaded.js";
import { Links, Schedules, Tokens } from "./belongings.js";
import { Notifications } from "./notifications.js";

const T = S.settings;

export function Settings() {
  const me = useStore((state) => state.me);
  return html`<section class="settings"><h1>${T.title}</h1>
    ${me?.id && html`<${You} key=${me.id} me=${me} />`}
    <${Appearance} /><${Repos} /><${Schedules} /><${Links} /><${Notifications} /><${Tokens} /><${Installation} /><${Account} />
  </section>`;
}

const zones = () => Intl.supportedValuesOf?.("timeZone") ?? [];

function You({ me }) {
  const [state, run] = useAct();
  const save = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const wanted = {
      name: form.get("name"),
      timeZone: form.get("timeZone"),
      language: form.get("language").trim().toLowerCase(),
      planFirst: form.get("planFirst") === "on",
      dictionary: form.get("dictionary").split("\n").map((word) => word.trim()).filter(Boolean),
    };
    run(async () => setMe(await ask("PATCH", "/api/me", { json: wanted })), T.saved);
  };
  return html`<form class="block" onSubmit=${save}>
    <h2>${T.you}</h2>
    <label>${T.name}<input name="name" value=${me.name} required maxlength="100" dir="auto" autocomplete="name" /></label>
    <label>${T.timeZone}<select name="timeZone">
      ${[...new Set([me.timeZone, ...zones()])].map((zone) => html`<option selected=${zone === me.timeZone}>${zone}</option>`)}</select></label>
    <label>${T.language}<input name="language" value=${me.language ?? ""} placeholder=${T.anyLanguage} pattern="[A-Za-z]{2}" maxlength="2" /></label>
    <label>${T.dictionary}<textarea name="dictionary" rows="3" dir="auto">${me.dictionary.join("\n")}</textarea>
      <small class="soft">${T.dictionaryHelp}</small></label>
    <label class="check"><input type="checkbox" name="planFirst" checked=${me.planFirst} />${T.planFirst}</label>
    <div class="row"><button class="button" disabled=${state.busy}>${T.save}</button><${Said} state=${state} /></div>
  </form>`;
}

function Appearance() {
  const [look, setLook] = useState(theme);
  const choose = (name) => {
    setTheme(name);
    setLook(name);
  };
  return html`<div class="block"><h2>${T.theme}</h2>
    <div class="row" role="group" aria-label=${T.theme}>${Object.entries(T.themes).map(([name, text]) => html`
      <button class="chip" aria-pressed=${name === look} onClick=${() => choose(name)}>${text}</button>`)}</div></div>`;
}

function Repos() {
  const repos = useLoaded("/api/repos");
  return html`<div class="block"><h2>${T.repos}</h2><p class="soft">${T.reposHelp}</p>
    <${Loaded} of=${repos} show=${({ repos: listed, installUrl }) => html`
      <ul class="lines">${listed.map((repo) => html`<li><a class="cut" href=${repo.url} target="_blank" rel="noreferrer">${repo.fullName}</a>
        <span class="soft">${T.readOnly[repo.access] ?? repo.defaultBranch}</span></li>`)}</ul>
      ${installUrl && html`<a class="button" href=${installUrl}>${T.install}</a>`}`} />
  </div>`;
}

function Installation() {
  const about = useLoaded("/api/about");
  return html`<div class="block"><h2>${T.connected}</h2>
    <${Loaded} of=${about} show=${({ connected, machines }) => html`<ul class="lines">
      ${connected.map((line) => html`<li>${line}</li>`)}
      <li>${machines.length ? `${T.machines}: ${machines.join(", ")}` : T.noMachine}</li></ul>`} />
  </div>`;
}

function Account() {
  const [state, run] = useAct();
  const [sure, setSure] = useState(false);
  const leave = (method, path) => run(async () => {
    await ask(method, path);
    signedOut();
  });
  return html`<div class="block"><h2>${T.account}</h2>
    <div class="row"><button class="plain" disabled=${state.busy} onClick=${() => leave("POST", "/api/auth/sign-out")}>${T.signOut}</button>
      <button class="plain danger" disabled=${state.busy} onClick=${() => setSure(true)}>${T.deleteAccount}</button></div>
    <${Said} state=${state} />
    ${sure && html`<${Sure} title=${T.deleteSure} why=${T.deleteWhy} yes=${T.deleteAccount} no=${T.keep}
      onNo=${() => setSure(false)} onYes=${() => {
        setSure(false);
        leave("DELETE", "/api/me");
      }} />`}
  </div>`;
}
