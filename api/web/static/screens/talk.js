// Voice Input: hold to talk, or write; what came of it, and what is going on.
import { html, useEffect, useRef, useState } from "../html.js";
import { get, Unreachable } from "../session.js";
import { deliver, take, waiting } from "../outbox.js";
import { everyAgent, keepAgent, useStore } from "../store.js";
import { canSpeak, hush, readsAloud, say, setReadsAloud } from "../speech.js";
import { S } from "../strings.js";
import { Icon, stateOf } from "../parts.js";
import { Microphone } from "./microphone.js";
import { Question } from "./question.js";
import { Turn } from "./turn.js";

const REMEMBERED = "cadence.commands";
const MOST = 20;
const LOOK_MS = 700;
const MOST_QUESTIONS = 2;
// What is on its way, whoever has asked for it.
const sending = new Set();

const remembered = () => JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "[]");
function remember(id) {
  sessionStorage.setItem(REMEMBERED, JSON.stringify([...remembered().filter((each) => each !== id), id].slice(-MOST)));
}

/** What was said in this tab, and what is kept here until it can be sent. */
function useTurns(live) {
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
    change(entry.key, { view, state: "done" });
    if (spoken && readsAloud()) say(view.reply?.text);
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
    if (turn.entry.audio && readsAloud()) say(view.reply.text);
  };

  return { turns, command: async (what) => send(await take(what)), look };
}

export function Talk() {
  const [text, setText] = useState("");
  const [aloud, setAloud] = useState(readsAloud);
  const [trouble, setTrouble] = useState("");
  const live = useStore((state) => state.live);
  const { turns, command, look } = useTurns(live);
  const box = useRef();
  const last = turns.at(-1);
  // Whoever asks in the newest answer has its buttons there.
  const asking = useStore(everyAgent).filter((agent) => stateOf(agent) === "asks" && agent.id !== last?.view?.agent?.id).slice(0, MOST_QUESTIONS);
  // The newest is what matters; it stands above the button.
  useEffect(() => scrollTo(0, document.documentElement.scrollHeight), [turns]);
  useEffect(() => hush, []);

  const give = (what) => {
    setTrouble("");
    command(what);
  };
  const write = (event) => {
    event.preventDefault();
    const said = text.trim();
    if (!said) return;
    setText("");
    give({ text: said });
  };
  const rephrase = (words) => {
    setText(words);
    box.current.focus();
  };

  return html`<section class="talk">
    <h1 class=${turns.length ? "hidden" : ""}>${S.talk.title}</h1>
    ${turns.length === 0 && html`<${Examples} onPick=${rephrase} />`}
    <ol class="turns" aria-live="polite">
      ${turns.map((turn) => html`<${Turn} key=${turn.key} turn=${turn} latest=${turn === last} live=${live} onRephrase=${rephrase}
        onAction=${({ token, label }) => give({ action: token, label })} onAgain=${() => command(turn.entry)} onNews=${() => look(turn)} />`)}
    </ol>
    ${asking.map((agent) => html`<${Question} key=${agent.id} agent=${agent} title=${S.talk.asks(agent.name)} />`)}
    <div class="say">
      ${trouble && html`<p class="said bad" role="alert">${trouble}</p>`}
      <${Microphone} onRecorded=${(audio) => give({ audio })} onTrouble=${setTrouble} />
      <form class="write" onSubmit=${write}>
        <input ref=${box} value=${text} onInput=${(event) => setText(event.target.value)} maxlength="4096" dir="auto"
          aria-label=${S.talk.write} placeholder=${S.talk.write} autocomplete="off" enterkeyhint="send" />
        <button class="round" aria-label=${S.talk.send} disabled=${!text.trim()}><${Icon} name="send" /></button>
      </form>
      ${canSpeak() && html`<label class="check small"><input type="checkbox" checked=${aloud} onChange=${(event) => {
        setReadsAloud(event.target.checked);
        setAloud(event.target.checked);
        if (!event.target.checked) hush();
      }} />${S.talk.aloud}</label>`}
    </div>
  </section>`;
}

const Examples = ({ onPick }) => html`<div class="examples">
  <p class="soft">${S.talk.exampleTitle}</p>
  ${S.talk.examples.map((example) => html`<button class="example" onClick=${() => onPick(example)}>“${example}”</button>`)}
</div>`;
