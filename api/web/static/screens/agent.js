// One agent: where it stands, what it asks, what it did, and how to steer it.
import { html, useEffect, useState } from "../html.js";
import { ask, get } from "../session.js";
import { keepAgent, useStore } from "../store.js";
import { S } from "../strings.js";
import { ago, Badge, Icon, isLive, money, Progress, Said, stateOf, Sure, useAct } from "../parts.js";
import { Log } from "./log.js";
import { Question } from "./question.js";

export function AgentDetail({ id }) {
  const agent = useStore((state) => state.agents.get(id));
  const [gone, setGone] = useState(false);
  useEffect(() => {
    setGone(false);
    get(`/api/agents/${id}`).then(keepAgent, (error) => error.status === 404 && setGone(true));
  }, [id]);
  if (!agent) return html`<section class="detail"><${Back} /><p class="soft">${gone ? S.agent.gone : S.loading}</p></section>`;
  return html`<section class="detail" aria-labelledby="agent-name">
    <${Back} />
    <header>
      <div class="row spread"><h1 id="agent-name">${agent.name}</h1><${Badge} agent=${agent} /></div>
      <p class="soft cut" dir="auto">${agent.repoName} · ${agent.branch}</p>
      <p class="task" dir="auto">${agent.taskDescription}</p>
    </header>
    <${Phases} agent=${agent} />
    ${isLive(agent) && html`<${Progress} agent=${agent} />`}
    ${agent.step && isLive(agent) && html`<p class="step" dir="auto">${agent.step}</p>`}
    ${agent.parked && html`<p class="soft">${S.parked[agent.parked]}</p>`}
    ${agent.failure && html`<p class="said bad" dir="auto">${agent.failure}</p>`}
    ${agent.question && isLive(agent) && html`<${Question} agent=${agent} />`}
    ${isLive(agent) ? [html`<${Steer} agent=${agent} />`, html`<${Outcome} agent=${agent} />`] : [html`<${Outcome} agent=${agent} />`, html`<${Steer} agent=${agent} />`]}
    ${agent.tasks.length > 0 && html`<h2>${S.agent.plan}</h2>
      <ul class="tasks">${agent.tasks.map((task) => html`<li class=${task.done ? "done" : ""} dir="auto">${task.subject}</li>`)}</ul>`}
    ${agent.relevantFiles.length > 0 && html`<details class="files"><summary><h2>${S.agent.files}</h2></summary>
      <ul>${agent.relevantFiles.map((file) => html`<li><code class="cut">${file.path}</code>
        <span class="soft">${S.priority[file.priority]}: ${file.reason}</span></li>`)}</ul></details>`}
    <${Log} key=${agent.id} agent=${agent} />
  </section>`;
}

const Back = () => html`<a class="back" href="#/agents"><${Icon} name="back" />${S.agent.back}</a>`;

const ORDER = ["queued", "provisioning", "cloning", "working", "publishing"];
function Phases({ agent }) {
  const phase = agent.phase === "waiting_for_answer" ? "working" : agent.phase;
  const at = agent.status === "completed" ? ORDER.length : ORDER.indexOf(phase);
  return html`<ol class="phases ${stateOf(agent)}">
    ${ORDER.map((name, number) => html`<li class=${number < at ? "past" : number === at ? "now" : ""}
      aria-current=${number === at ? "step" : undefined}>${S.phases[name]}</li>`)}
  </ol>`;
}

function Steer({ agent }) {
  const [state, run] = useAct();
  const [sure, setSure] = useState(false);
  const [text, setText] = useState("");
  const wish = (method, path, said) => run(async () => keepAgent(await ask(method, `/api/agents/${agent.id}${path}`)), said);
  const tell = (event) => {
    event.preventDefault();
    const said = text.trim();
    if (!said) return;
    run(async () => {
      keepAgent(await ask("POST", `/api/agents/${agent.id}/messages`, { json: { text: said } }));
      setText("");
    });
  };
  const canTell = agent.status !== "cancelled";
  return html`<div class="steer">
    ${isLive(agent) && html`<div class="row">
      ${agent.status === "paused"
        ? html`<button class="plain" disabled=${state.busy} onClick=${() => wish("POST", "/resume", S.agent.wished.resume)}>${S.agent.resume}</button>`
        : html`<button class="plain" disabled=${state.busy} onClick=${() => wish("POST", "/pause", S.agent.wished.pause)}>${S.agent.pause}</button>`}
      <button class="plain danger" disabled=${state.busy} onClick=${() => setSure(true)}>${S.agent.stop}</button>
    </div>`}
    ${canTell && html`<form class="write" onSubmit=${tell}>
      <input value=${text} onInput=${(event) => setText(event.target.value)} maxlength="4000" dir="auto" aria-label=${S.agent.tell} placeholder=${S.agent.tell} />
      <button class="round" aria-label=${S.agent.send} disabled=${state.busy || !text.trim()}><${Icon} name="send" /></button>
    </form>
    <p class="soft small">${isLive(agent) ? S.agent.tellHelp : S.agent.tellAgain}</p>`}
    <${Said} state=${state} />
    ${sure && html`<${Sure} title=${S.agent.stopSure} why=${S.agent.stopWhy} yes=${S.agent.stop} no=${S.agent.keepGoing}
      onNo=${() => setSure(false)} onYes=${() => {
        setSure(false);
        wish("DELETE", "", S.agent.wished.stop);
      }} />`}
  </div>`;
}

function Outcome({ agent }) {
  const { metadata, report } = agent;
  return html`
    ${metadata.prUrl && html`<a class="button wide" href=${metadata.prUrl} target="_blank" rel="noreferrer">${S.agent.pull}<${Icon} name="away" /></a>`}
    <${Facts} agent=${agent} />
    ${report && html`<div class="report">
      <h2>${S.agent.report}</h2>
      <p dir="auto">${report.what}</p>
      <h3>${S.agent.why}</h3><p dir="auto">${report.why}</p>
      <h3>${S.agent.tested}</h3><p dir="auto">${report.tested}</p>
    </div>`}`;
}

const Fact = ({ name, children }) => html`<div><dt>${name}</dt><dd>${children}</dd></div>`;

function Facts({ agent }) {
  const { filesChanged, linesAdded, linesRemoved, estimatedCost } = agent.metadata;
  return html`<dl class="facts">
    ${filesChanged !== null && html`<${Fact} name=${S.agent.files_(filesChanged)}><${Diff} added=${linesAdded} removed=${linesRemoved} /><//>`}
    ${estimatedCost ? html`<${Fact} name=${S.agent.cost}>${money(estimatedCost)}<//>` : ""}
    <${Fact} name=${S.agent.begun}>${ago(agent.createdAt)}<//>
    ${agent.round > 1 && html`<${Fact} name=${S.agent.round}>${agent.round}<//>`}
  </dl>`;
}

const Diff = ({ added, removed }) => html`<span class="added">+${added}</span> <span class="removed">−${removed}</span>`;
