// What has been used, and what is left.
import { html } from "../html.js";
import { S } from "../strings.js";
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
  ${usage.caps.length > 0 && html`<h2>${S.usage.caps}</h2>
    <ul class="caps">${usage.caps.map((cap) => html`<${Cap} cap=${cap} />`)}</ul>`}`;

function Cap({ cap }) {
  const share = cap.dollars ? Math.min(100, (cap.spent / cap.dollars) * 100) : 0;
  const name = S.usage.purses[cap.purse] ?? cap.purse;
  return html`<li>
    <span class="row spread"><span>${name}</span><span class="soft">${S.usage.of(money(cap.spent), money(cap.dollars))}</span></span>
    <div class="bar ${share > 90 ? "asks" : ""}" role="meter" aria-label=${name} aria-valuemin="0" aria-valuemax="100"
      aria-valuenow=${Math.round(share)}><div style=${{ width: `${share}%` }}></div></div>
  </li>`;
}
