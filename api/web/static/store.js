// What the app knows just now, and whoever wants to hear when that changes.
import { useEffect, useRef, useState } from "./html.js";
import { get, Unreachable } from "./session.js";
import { listen } from "./stream.js";

const PAGE = 100;
const LAST = "cadence.me";

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
  const [, again] = useState(null);
  const value = select(state);
  const shown = useRef();
  shown.current = { select, value };
  useEffect(() => {
    const look = () => {
      const { select: current, value: known } = shown.current;
      if (current(state) !== known) again({});
    };
    listeners.add(look);
    look();
    return () => listeners.delete(look);
  }, []);
  return value;
}

export const whoAmI = () => state.me?.id;

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
  if (me?.id) localStorage.setItem(LAST, JSON.stringify(me));
  changed();
}

/** Everything that is known, as it is now: what happened while nobody listened was told to nobody. */
async function loadAgents() {
  const wanted = state.agents.size;
  let read = 0;
  let cursor = null;
  do {
    const page = await get(`/api/agents?limit=${PAGE}${cursor ? `&cursor=${cursor}` : ""}`);
    keep(page.agents);
    read += page.agents.length;
    cursor = page.nextCursor;
  } while (cursor && read < wanted);
  if (!state.loaded) state.older = cursor;
  state.loaded = true;
  changed();
}

export async function loadOlder() {
  const page = await get(`/api/agents?limit=${PAGE}&cursor=${state.older}`);
  state.older = page.nextCursor;
  keep(page.agents);
  changed();
}

let stop = null;

function setLive(live) {
  if (state.live === live) return;
  state.live = live;
  changed();
}

/** Follow every agent of mine until signed out. */
function follow() {
  stop?.();
  stop = listen("/api/events", {
    on: { agent: keepAgent },
    opened: async () => {
      setLive(true);
      try {
        if (!state.me.id) setMe(await get("/api/me"));
        await loadAgents();
      } catch {
        // The stream says so itself when the connection is gone again.
      }
    },
    lost: () => setLive(false),
    signedOut,
  });
}

export function signedOut() {
  stop?.();
  stop = null;
  state.agents.clear();
  listed = null;
  state.loaded = false;
  state.live = false;
  localStorage.removeItem(LAST);
  sessionStorage.clear();
  setMe(null);
}

/** Find out who is here, and begin to follow what is theirs. */
export async function begin() {
  try {
    setMe(await get("/api/me"));
  } catch (error) {
    if (!(error instanceof Unreachable)) return signedOut();
    // The app is open all the same, for whoever used it last.
    setMe(JSON.parse(localStorage.getItem(LAST) ?? "{}"));
  }
  follow();
}
