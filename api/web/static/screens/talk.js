// Voice Input: hold to talk, or write; what came of it, and what is going on.
import { html, useEffect, useRef, useState } from "../html.js";
import { everyAgent, useStore } from "../store.js";
import { aloud, check } from "../choices.js";
import { canSpeak, hush } from "../speech.js";
import { S } from "../strings.js";
import { Icon, stateOf } from "../parts.js";
import { Microphone } from "./microphone.js";
import { Question } from "./question.js";
import { Turn } from "./turn.js";
import { useTurns } from "./turns.js";

const MOST_QUESTIONS = 2;

export function Talk() {
  const [text, setText] = useState("");
  const [trouble, setTrouble] = useState("");
  const live = useStore((state) => state.live);
  const { turns, command, look } = useTurns(live, (words) => rephrase(words, true));
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
  const questions = asking.map((agent) => html`<${Question} key=${agent.id} agent=${agent} title=${S.talk.asks(agent.name)} />`);
  const write = (event) => {
    event.preventDefault();
    const said = text.trim();
    if (!said) return;
    setText("");
    give({ text: said });
  };
  const rephrase = (words, besides = false) => {
    // What is being written meanwhile stays.
    setText((known) => (besides && known.trim() ? `${known.trim()} ${words}` : words));
    box.current.focus();
  };

  return html`<section class="talk">
    <h1 class=${turns.length ? "hidden" : ""}>${S.talk.title}</h1>
    ${turns.length === 0 && questions}
    ${turns.length === 0 && html`<${Examples} onPick=${rephrase} />`}
    <ol class="turns" aria-live="polite">
      ${turns.map((turn) => html`<${Turn} key=${turn.key} turn=${turn} latest=${turn === last} live=${live} onRephrase=${rephrase}
        onAction=${({ token, label }) => give({ action: token, label })} onAgain=${() => command(turn.entry)} onNews=${() => look(turn)} />`)}
    </ol>
    ${turns.length > 0 && questions}
    <div class="say">
      ${trouble && html`<p class="said bad" role="alert">${trouble}</p>`}
      <${Microphone} onRecorded=${(audio) => give({ audio, check: check.get() })} onTrouble=${setTrouble} />
      <form class="write" onSubmit=${write}>
        <input ref=${box} value=${text} onInput=${(event) => setText(event.target.value)} maxlength="4096" dir="auto"
          aria-label=${S.talk.write} placeholder=${S.talk.write} autocomplete="off" enterkeyhint="send" />
        <button class="round" aria-label=${S.talk.send} disabled=${!text.trim()}><${Icon} name="send" /></button>
      </form>
      <div class="row choices">
        ${canSpeak() && html`<${Choice} of=${aloud} name=${S.talk.aloud} onChange=${hush} />`}
        <${Choice} of=${check} name=${S.talk.check} />
      </div>
    </div>
  </section>`;
}

function Choice({ of, name, onChange }) {
  const [on, setOn] = useState(of.get);
  const change = (event) => {
    of.set(event.target.checked);
    setOn(event.target.checked);
    onChange?.();
  };
  return html`<label class="check small"><input type="checkbox" checked=${on} onChange=${change} />${name}</label>`;
}

const Examples = ({ onPick }) => html`<div class="examples">
  <p class="soft">${S.talk.exampleTitle}</p>
  ${S.talk.examples.map((example) => html`<button class="example" onClick=${() => onPick(example)}>“${example}”</button>`)}
</div>`;
