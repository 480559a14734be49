// One command: what was said, what came of it, and what can be done next.
import { html, useEffect, useRef } from "../html.js";
import { useStore } from "../store.js";
import { S } from "../strings.js";
import { Badge, isLive, Progress, stateOf } from "../parts.js";

/** `latest`: its buttons still mean something; those of earlier turns have been answered by what was said since. */
export function Turn({ turn, latest, live, onAction, onRephrase, onAgain, onNews }) {
  const { entry, view, state, problem } = turn;
  const stage = useStage(view?.agent, onNews);
  const answer = view?.replies[0];
  const words = view?.command?.transcript ?? answer?.heard ?? entry.text ?? "";
  // Whatever is said while it works is in its card, and sooner.
  const news = view?.reply?.id !== answer?.id && !["running", "pending"].includes(stage) ? view?.reply : null;
  const buttons = (reply) => latest && state === "done" && reply.actions.map((action) => html`<button class="plain" onClick=${() => onAction(action)}>${action.label}</button>`);
  return html`<li class="turn">
    <div class="you">
      <span class="soft">${entry.audio ? S.talk.heard : S.talk.you}</span>
      <p dir="auto">${words || entry.label || (entry.audio ? S.talk.voiceNote : "")}</p>
    </div>
    ${state === "sending" && html`<p class="soft busy">${entry.audio ? S.talk.hearing : S.talk.working}</p>`}
    ${state === "working" && !answer && html`<p class="soft busy">${S.talk.working}</p>`}
    ${state === "kept" && html`<p class="soft">${S.waitingToSend} ${live && html`<button class="link" onClick=${onAgain}>${S.tryAgain}</button>`}</p>`}
    ${state === "failed" && html`<p class="said bad">${problem}</p>`}
    ${answer && html`<${Reply} reply=${answer}>
      ${!news && buttons(answer)}
      ${latest && words && html`<button class="link" onClick=${() => onRephrase(words)}>${S.talk.edit}</button>`}<//>`}
    ${view?.agent && html`<${LiveAgent} id=${view.agent.id} known=${view.agent} />`}
    ${news && html`<${Reply} reply=${news}>${buttons(news)}<//>`}
  </li>`;
}

const Reply = ({ reply, children }) => html`<div class="reply">
  <p dir="auto">${reply.text}</p>
  ${reply.detail && html`<p class="more soft" dir="auto">${reply.detail}</p>`}
  <div class="row">${reply.links.map((link) => html`<a class="button" href=${link.url} target="_blank" rel="noreferrer">${link.label}</a>`)}${children}</div>
</div>`;

/** How far an agent has come. `onNews` is called when that is further than when it was looked at. */
function useStage(seen, onNews) {
  const stage = useStore((state) => seen && state.agents.has(seen.id) && stateOf(state.agents.get(seen.id)));
  const told = useRef(null);
  useEffect(() => {
    told.current ??= seen && stateOf(seen);
    if (!stage || stage === told.current) return;
    told.current = stage;
    onNews();
  }, [stage, seen?.id]);
  return stage || (seen && stateOf(seen));
}

function LiveAgent({ id, known }) {
  const agent = useStore((state) => state.agents.get(id)) ?? known;
  return html`<a class="mini" href=${`#/agents/${id}`}>
    <span class="row spread"><strong>${agent.name}</strong><${Badge} agent=${agent} /></span>
    <span class="soft" dir="auto">${(isLive(agent) && agent.step) || agent.repoName}</span>
    <${Progress} agent=${agent} />
  </a>`;
}
