// The list of agents: those that need somebody first.
import { html, useEffect, useMemo, useState } from "../html.js";
import { everyAgent, loadOlder, useStore } from "../store.js";
import { S } from "../strings.js";
import { ago, Badge, isLive, money, Progress, stateOf, useAct, Said } from "../parts.js";

const FILTERS = {
  all: () => true,
  needsYou: (agent) => stateOf(agent) === "asks",
  atWork: isLive,
  done: (agent) => !isLive(agent),
};
const CLOCK_MS = 20_000;
const URGENCY = { asks: 0, running: 1, pending: 1, paused: 2 };

const fits = (agent, words) =>
  words.every((word) => `${agent.name} ${agent.number} ${agent.repoName} ${agent.taskDescription} ${agent.branch}`.toLowerCase().includes(word));

function inOrder(agents) {
  const urgency = (agent) => URGENCY[stateOf(agent)] ?? 3;
  return [...agents].sort((a, b) => urgency(a) - urgency(b) || b.number - a.number);
}

export function Agents({ chosen }) {
  const agents = useStore(everyAgent);
  const loaded = useStore((state) => state.loaded);
  const older = useStore((state) => state.older);
  const [filter, setFilter] = useState("all");
  const [search, setSearch] = useState("");
  const [more, run] = useAct();
  useClock();
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = inOrder(agents.filter((agent) => FILTERS[filter](agent) && fits(agent, words)));

  return html`<section class="agents">
    <h1>${S.agents.title}</h1>
    ${agents.length > 0 && html`
      <input type="search" class="search" aria-label=${S.agents.search} placeholder=${S.agents.search} value=${search}
        onInput=${(event) => setSearch(event.target.value)} />
      <div class="filters" role="group" aria-label=${S.agents.title}>
        ${Object.keys(FILTERS).map((name) => html`<button class="chip" aria-pressed=${filter === name} onClick=${() => setFilter(name)}>
          ${S.agents[name]} <span class="count">${agents.filter(FILTERS[name]).length}</span></button>`)}
      </div>`}
    ${!loaded && html`<p class="soft busy">${S.loading}</p>`}
    ${loaded && agents.length === 0 && html`<${Teach} />`}
    ${agents.length > 0 && shown.length === 0 && html`<p class="soft">${S.agents.noneFound}</p>`}
    <ul class="cards">${shown.map((agent) => html`<${Card} key=${agent.id} agent=${agent} when=${ago(agent.updatedAt)} chosen=${agent.id === chosen} />`)}</ul>
    ${older && html`<button class="plain wide" disabled=${more.busy} onClick=${() => run(loadOlder)}>${S.agents.more}</button><${Said} state=${more} />`}
  </section>`;
}

/** Draw again from time to time: what was now is a minute ago. */
function useClock() {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), CLOCK_MS);
    return () => clearInterval(timer);
  }, []);
}

// Of hundreds, those that are what they were are not looked at again.
const Card = ({ agent, when, chosen }) => useMemo(() => html`<li>
  <a class="card ${stateOf(agent)}" href=${`#/agents/${agent.id}`} aria-current=${chosen ? "true" : undefined}>
    <span class="row spread"><strong>${agent.name}</strong><${Badge} agent=${agent} /></span>
    <span class="task" dir="auto">${agent.taskDescription}</span>
    ${agent.question && html`<span class="asks" dir="auto">${agent.question.text}</span>`}
    ${agent.step && isLive(agent) && html`<span class="soft cut" dir="auto">${agent.step}</span>`}
    ${isLive(agent) && html`<${Progress} agent=${agent} />`}
    <span class="row spread soft"><span class="cut" dir="auto">${agent.repoName}</span>
      <span>${agent.metadata.estimatedCost ? `${money(agent.metadata.estimatedCost)} · ` : ""}${when}</span></span>
  </a>
</li>`, [agent, when, chosen]);

const Teach = () => html`<div class="empty">
  <h2>${S.agents.none}</h2>
  <p>${S.agents.teach}</p>
  <p class="quote">“${S.talk.examples[0]}”</p>
  <a class="button" href="#/talk">${S.tabs.talk}</a>
</div>`;
