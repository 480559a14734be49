// What the app knows just now, and whoever wants to hear when that changes.
import { useEffect, useState } from "./html.js";
import { get, SignedOut } from "./session.js";

const PAGE = 100;
const AGAIN_MS = 2000;

const state = {
  me: undefined, // undefined: not asked yet; null: nobody is signed in
  agents: new Map(),
  older: null, // the cursor of agents that have not been loaded
  loaded: false,
  live: false,
};
const listeners = new Set();

let told = true;

/** Tell everybody before the next picture: however much has changed by then, it is drawn once. */
function changed() {
  if (!told) return;
  told = false;
  const tell = () => {
    told = true;
    for (const listener of listeners) listener();
  };
  if (document.hidden) setTimeout(tell);
  else requestAnimationFrame(tell);
}

/** What `select` makes of the state, again whenever that is something else. */
export function useStore(select) {
  const [value, setValue] = useState(() => select(state));
  useEffect(() => {
    const look = () => setValue(() => select(state));
    listeners.add(look);
    look();
    return () => listeners.delete(look);
  }, []);
  return value;
}

/** Every agent, newest first: another list only when one of them is another. */
let listed = null;
export const everyAgent = () => (listed ??= [...state.agents.values()].sort((a, b) => b.number - a.number));

function keep(agents) {
  let news = false;
  for (const agent of agents) {
    const known = state.agents.get(agent.id);
    // What was read before it changed may arrive after it.
    if (known && known.updatedAt >= agent.updatedAt) continue;
    state.agents.set(agent.id, agent);
    news = true;
  }
  if (news) listed = null;
  return news;
}

export function keepAgent(agent) {
  if (keep([agent])) changed();
}

export function setMe(me) {
  state.me = me;
  changed();
}

async function loadAgents() {
  const page = await get(`/api/agents?limit=${PAGE}`);
  keep(page.agents);
  if (!state.loaded) state.older = page.nextCursor;
  state.loaded = true;
  changed();
}

export async function loadOlder() {
  const page = await get(`/api/agents?limit=${PAGE}&cursor=${state.older}`);
  state.older = page.nextCursor;
  keep(page.agents);
  changed();
}

let stream = null;

/** Follow every agent of mine until told to stop. The browser comes back by itself with what it has seen last. */
export function follow() {
  stream?.close();
  stream = new EventSource("/api/events");
  stream.addEventListener("open", () => {
    state.live = true;
    changed();
    // What has happened before the stream was open.
    loadAgents().catch(() => {});
  });
  stream.addEventListener("agent", (event) => keepAgent(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    if (state.live) {
      state.live = false;
      changed();
    }
    // Closed for good: the sign-in has ended, or something in between has answered.
    if (stream.readyState === EventSource.CLOSED) setTimeout(comeBack, AGAIN_MS);
  });
}

async function comeBack() {
  try {
    setMe(await get("/api/me"));
    follow();
  } catch (error) {
    if (error instanceof SignedOut) signedOut();
    else setTimeout(comeBack, AGAIN_MS);
  }
}

export function signedOut() {
  stream?.close();
  state.agents.clear();
  listed = null;
  state.loaded = false;
  setMe(null);
}

/** Find out who is here, and begin to follow what is theirs. */
export async function begin() {
  try {
    setMe(await get("/api/me"));
    follow();
  } catch (error) {
    if (error instanceof SignedOut) setMe(null);
    else {
      setMe({ name: "", offline: true });
      setTimeout(comeBack, AGAIN_MS);
    }
  }
}
