// The conversation: what was said in this tab, what is kept until it can be sent, and what comes of it.
import { useEffect, useState } from "../html.js";
import { aloud } from "../choices.js";
import { deliver, take, waiting } from "../outbox.js";
import { get, Unreachable } from "../session.js";
import { say } from "../speech.js";
import { keepAgent } from "../store.js";

const REMEMBERED = "cadence.commands";
const MOST = 20;
const LOOK_MS = 700;
// What is on its way, whoever has asked for it.
const sending = new Set();

const remembered = () => JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "[]");
function remember(id) {
  sessionStorage.setItem(REMEMBERED, JSON.stringify([...remembered().filter((each) => each !== id), id].slice(-MOST)));
}

function forget(id) {
  sessionStorage.setItem(REMEMBERED, JSON.stringify(remembered().filter((each) => each !== id)));
}

/** `onHeard` is given what was only to be heard, for the person to put right. */
export function useTurns(live, onHeard) {
  const [turns, setTurns] = useState([]);
  const change = (key, news) =>
    setTurns((known) =>
      known.some((turn) => turn.key === key)
        ? known.map((turn) => (turn.key === key ? { ...turn, ...news } : turn))
        : [...known, { key, ...news }],
    );

  const settle = async (entry, view) => {
    const spoken = Boolean(entry.audio);
    while (!view.done) {
      change(entry.key, { view, state: "working" });
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      view = await get(view.url);
    }
    if (view.agent) keepAgent(view.agent);
    if (entry.check && view.command) {
      setTurns((known) => known.filter((turn) => turn.key !== entry.key));
      forget(view.id);
      onHeard(view.command.transcript);
      return;
    }
    change(entry.key, { view, state: "done" });
    if (spoken && aloud.get()) say(view.reply?.text);
  };

  const send = async (entry) => {
    if (sending.has(entry.key)) return;
    sending.add(entry.key);
    change(entry.key, { entry, state: "sending", problem: "" });
    try {
      const view = await deliver(entry);
      remember(view.id);
      await settle(entry, view);
    } catch (error) {
      change(entry.key, { state: error instanceof Unreachable ? "kept" : "failed", problem: error.message });
    } finally {
      sending.delete(entry.key);
    }
  };

  useEffect(() => {
    for (const id of remembered()) {
      const show = (view) => change(id, { entry: { text: view.command?.transcript ?? view.reply?.heard ?? "" }, view, state: "done" });
      get(`/api/commands/${id}`).then(show, () => {});
    }
  }, []);
  // Whenever the connection stands again, and when it never does so that people see what is kept.
  useEffect(() => {
    waiting().then(async (entries) => {
      for (const entry of entries) await send(entry);
    });
  }, [live]);

  // Later replies come under the same command: what its agent asks, and that it is done.
  const look = async (turn) => {
    const view = await get(turn.view.url).catch(() => null);
    if (!view || view.reply?.text === turn.view.reply?.text) return;
    change(turn.key, { view });
    if (turn.entry.audio && aloud.get()) say(view.reply.text);
  };

  return { turns, command: async (what) => send(await take(what)), look };
}
