// What has been used, and what is left.
import { html } from "../html.js";
import { S } from "../strings.js";
import { everyAgent, useStore } from "../store.js";
import { money } from "../parts.js";
import { useLoaded, Loaded } from "./loaded.js";

export function Usage() {
  const usage = useLoaded("/api/usage");
  return html`<section><h1>${S.usage.title}</h1>
    <${Loaded} of=${usage} show=${(it) => html`<${Figures} usage=${it} />`} />
  </section>`;
}

const Figure = ({ name, children }) => html`<div class="figure"><dt class="soft">${name}</dt><dd>${children}</dd></div>`;

const Figures = ({ usage }) => html`
  ${usage.health.map((trouble) => html`<p class="said bad">${trouble}</p>`)}
  <dl class="figures">
    ${usage.agentsLeft === null
      ? html`<${Figure} name=${S.usage.agentsUsed}>${usage.agentsThisMonth}<//>`
      : html`<${Figure} name=${S.usage.agentsLeft}>${usage.agentsLeft}<//>`}
    <${Figure} name=${S.usage.atWork}>${usage.agentsAtWork}<//>
    <${Figure} name=${S.usage.today}>${money(usage.dollarsToday)}<//>
    <${Figure} name=${S.usage.month}>${money(usage.dollarsThisMonth)}<//>
    <${Figure} name=${S.usage.heard}>${usage.heardMinutesThisMonth.toFixed(1)}<//>
    <${Figure} name=${S.usage.hearing}>${money(usage.hearingDollarsThisMonth)}<//>
  </dl>
  <${Days} />
  ${usage.caps.length > 0 && html`<h2>${S.usage.caps}</h2>
    <ul class="caps">${usage.caps.map((cap) => html`<${Cap} cap=${cap} />`)}</ul>`}`;

const DAYS = 14;
const DAY_MS = 24 * 3600 * 1000;
const SHORT = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });

/** What the agents of each day have cost, the day on which they began. Days of which some are not here are left out. */
function perDay(agents, older) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const known = older && agents.length ? new Date(agents.at(-1).createdAt) : 0;
  const days = Array.from({ length: DAYS }, (_, back) => ({ at: midnight - (DAYS - 1 - back) * DAY_MS, dollars: 0, agents: 0 })).filter((day) => day.at >= known);
  for (const agent of agents) {
    const day = days.findLast((each) => each.at <= new Date(agent.createdAt));
    if (!day) continue;
    day.dollars += agent.metadata.estimatedCost ?? 0;
    day.agents += 1;
  }
  return days;
}

function Days() {
  const days = perDay(useStore(everyAgent), useStore((state) => state.older));
  if (days.length < 2) return null;
  const most = Math.max(...days.map((day) => day.dollars), 0.01);
  return html`<h2>${S.usage.days}</h2>
    <ol class="days">${days.map((day) => html`<li title=${S.usage.perDay(SHORT.format(day.at), money(day.dollars), day.agents)}>
      <span class="hidden">${S.usage.perDay(SHORT.format(day.at), money(day.dollars), day.agents)}</span>
      <div class="column ${day.agents ? "" : "none"}" style=${{ height: `${(day.dollars / most) * 100}%` }}></div></li>`)}</ol>
    <p class="row spread soft small" aria-hidden="true"><span>${SHORT.format(days[0].at)}</span><span>${S.usage.most(money(most))}</span><span>${SHORT.format(days.at(-1).at)}</span></p>`;
}

function Cap({ cap }) {
  const share = cap.dollars ? Math.min(100, (cap.spent / cap.dollars) * 100) : 0;
  const name = S.usage.purses[cap.purse] ?? cap.purse;
  return html`<li>
    <span class="row spread"><span>${name}</span><span class="soft">${S.usage.of(money(cap.spent), money(cap.dollars))}</span></span>
    <div class="bar ${share > 90 ? "asks" : ""}" role="meter" aria-label=${name} aria-valuemin="0" aria-valuemax="100"
      aria-valuenow=${Math.round(share)}><div style=${{ width: `${share}%` }}></div></div>
  </li>`;
}
