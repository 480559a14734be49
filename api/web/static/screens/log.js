// What happened to an agent, as it happens.
import { html, useEffect, useMemo, useRef, useState } from "../html.js";
import { listen } from "../stream.js";
import { S } from "../strings.js";
import { clock } from "../parts.js";

const MOST_SHOWN = 500;

/** The agent's events, oldest first. The stream begins with all that there are. */
function useEvents(id) {
  const [events, setEvents] = useState([]);
  useEffect(() => {
    const known = new Map();
    let frame = null;
    // Whenever it is opened anew it begins from the beginning: what is known already stays what it was.
    const take = (told) => {
      known.set(told.id, told);
      // A backlog arrives at once: it is drawn once.
      frame ??= requestAnimationFrame(() => {
        frame = null;
        setEvents([...known.values()]);
      });
    };
    const on = Object.fromEntries(Object.keys(S.happenings).map((kind) => [kind, take]));
    const stop = listen(`/api/agents/${id}/events`, { on });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [id]);
  return events;
}

const textOf = (event) => S.happenings[event.kind]?.(event.happening) ?? event.kind;

export function Log({ agent }) {
  const events = useEvents(agent.id);
  const [search, setSearch] = useState("");
  const [following, setFollowing] = useState(true);
  const list = useRef();
  const shown = useMemo(() => {
    const wanted = search.toLowerCase();
    const lines = events.map((event) => [event, textOf(event)]);
    return (wanted ? lines.filter(([, text]) => text.toLowerCase().includes(wanted)) : lines).slice(-MOST_SHOWN);
  }, [events, search]);
  useEffect(() => {
    if (following && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [shown, following]);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = list.current;
    setFollowing(scrollHeight - scrollTop - clientHeight < 40);
  };

  return html`<div class="log">
    <div class="row spread"><h2>${S.agent.log}</h2>
      <label class="check small"><input type="checkbox" checked=${following} onChange=${(event) => setFollowing(event.target.checked)} />${S.agent.follow}</label></div>
    <input type="search" class="search" aria-label=${S.agent.searchLog} placeholder=${S.agent.searchLog} value=${search}
      onInput=${(event) => setSearch(event.target.value)} />
    ${shown.length === 0 && html`<p class="soft">${events.length ? S.agent.noneLikeThat : S.agent.nothingYet}</p>`}
    <ol ref=${list} onScroll=${scrolled} tabindex="0" aria-label=${S.agent.log}>
      ${shown.map(([event, text]) => html`<li key=${event.id} class=${`${event.kind} ${event.happening.ok === false ? "bad" : ""}`}>
        <time class="soft">${clock(event.at)}</time><span dir="auto">${text}</span></li>`)}
    </ol>
  </div>`;
}
