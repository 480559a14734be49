// The app: who is here, which screen is shown, and whether the connection stands.
import { html, render, useEffect, useState } from "./html.js";
import { usePlace, useTitle } from "./place.js";
import { go, useRoute } from "./router.js";
import { finishSignIn } from "./session.js";
import { begin, everyAgent, useStore } from "./store.js";
import { apply } from "./theme.js";
import { S } from "./strings.js";
import { Icon, stateOf } from "./parts.js";
import { Talk } from "./screens/talk.js";
import { Agents } from "./screens/agents.js";
import { AgentDetail } from "./screens/agent.js";
import { Usage } from "./screens/usage.js";
import { Settings } from "./screens/settings.js";
import { SignIn } from "./screens/sign_in.js";

const TABS = ["talk", "agents", "usage", "settings"];

const asking = () => everyAgent().filter((agent) => stateOf(agent) === "asks").length;

function Navigation({ at }) {
  const waiting = useStore(asking);
  return html`<nav aria-label=${S.app}>
    <a class="mark" href="#/talk" aria-label=${S.app}><img src="/static/mark.svg" alt="" width="28" height="28" /><b>${S.app}</b></a>
    ${TABS.map((name) => html`<a class="tab" href=${`#/${name}`} aria-current=${at === name ? "page" : undefined}>
      <${Icon} name=${name} /><span>${S.tabs[name]}</span>
      ${name === "agents" && waiting > 0 && html`<span class="dot" aria-label=${S.agents.needsYou}>${waiting}</span>`}</a>`)}
  </nav>`;
}

function useOnline() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online;
}

function Connection() {
  const online = useOnline();
  const live = useStore((state) => state.live);
  // A connection that is back within a moment is nothing to tell anybody.
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    const timer = setTimeout(() => setLate(true), 1500);
    return () => clearTimeout(timer);
  }, [live]);
  const said = !online ? S.offline : !live && late ? S.reconnecting : "";
  return html`<p class="connection" role="status">${said}</p>`;
}

function Screen({ route }) {
  const agents = useStore(everyAgent);
  const named = route.number && agents.find((agent) => agent.number === route.number);
  useEffect(() => {
    if (named) go(`agents/${named.id}`);
  }, [named?.id]);
  switch (route.screen) {
    case "agents":
      return html`<div class="split ${route.id ? "open" : ""}"><${Agents} chosen=${route.id} />${route.id && html`<${AgentDetail} key=${route.id} id=${route.id} />`}</div>`;
    case "usage":
      return html`<${Usage} />`;
    case "settings":
      return html`<${Settings} />`;
    default:
      return html`<${Talk} />`;
  }
}

function App({ problem }) {
  const me = useStore((state) => state.me);
  const route = useRoute();
  const waiting = useStore(asking);
  const agent = useStore((state) => state.agents.get(route.id));
  const at = TABS.includes(route.screen) ? route.screen : "talk";
  usePlace(at, route.id);
  useTitle(me ? (agent?.name ?? S.tabs[at]) : S.signIn.title, me && waiting);
  if (me === undefined) return null;
  if (me === null) return html`<${SignIn} problem=${problem} />`;
  return html`<${Navigation} at=${at} /><main id="main" class=${at} tabindex="-1"><${Connection} /><${Screen} route=${route} /></main>`;
}

async function start() {
  apply();
  let problem = "";
  await finishSignIn().catch((error) => (problem = error.message || S.signIn.failed));
  render(html`<${App} problem=${problem} />`, document.getElementById("app"));
  await begin();
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/sw.js");
    navigator.serviceWorker.addEventListener("message", (event) => event.data.open && go(event.data.open));
  }
}

start();
