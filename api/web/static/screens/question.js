// What an agent asks, and the answers that it offers.
import { html, useState } from "../html.js";
import { ask } from "../session.js";
import { keepAgent } from "../store.js";
import { S } from "../strings.js";
import { Icon, Said, useAct } from "../parts.js";

export function Question({ agent, title = S.agent.question }) {
  const [text, setText] = useState("");
  const [state, run] = useAct();
  const answer = (what) => run(async () => keepAgent(await ask("POST", `/api/agents/${agent.id}/answers`, { json: what })), S.agent.answered);
  const { question } = agent;
  return html`<div class="question">
    <h2>${title}</h2>
    <p dir="auto">${question.text}</p>
    <div class="row">${question.options.map((option, number) => html`<button class="plain" disabled=${state.busy} dir="auto"
      onClick=${() => answer({ option: number })}>${option}</button>`)}</div>
    <form class="write" onSubmit=${(event) => {
      event.preventDefault();
      if (text.trim()) answer({ text: text.trim() });
    }}>
      <input value=${text} onInput=${(event) => setText(event.target.value)} maxlength="4000" dir="auto" aria-label=${S.agent.answer} placeholder=${S.agent.answer} />
      <button class="round" aria-label=${S.agent.send} disabled=${state.busy || !text.trim()}><${Icon} name="send" /></button>
    </form>
    <${Said} state=${state} />
  </div>`;
}
