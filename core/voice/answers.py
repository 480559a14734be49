"""What short answers mean: "the second one", "back end", "staging, not production"."""

import re
from dataclasses import replace
from typing import Final
from uuid import UUID

from rapidfuzz.fuzz import partial_ratio

from core.model.agent import Agent
from core.model.command import Act, CreateAgent, CreateSchedule, Intent, PauseAgent, ResumeAgent, StopAgent
from core.model.people import Repo
from core.voice.assent import after_yes, small_words, without_lead
from core.voice.interpreter import Surroundings
from core.voice.resolve import Close, resolve_agents, resolve_repo
from core.voice.spoken_numbers import with_digits

_ALIKE: Final = 70
_CLEARLY: Final = 12
_TELLING: Final = 4
_FEW_WORDS: Final = 2
_AT: Final = ("on ", "in ", "for ", "en ", "auf ", "für ", "im ", "sur ", "dans ", "em ", "no ", "na ")
_WORD: Final = re.compile(r"[^\W_]+")
_POINTING: Final = frozenset(
    "the a an one ones repo repository project agent please that this it is in on for of my our to i mean meant said"
    " thing oh uh um and el la los de del por favor das der die den bitte le les celui celle o os um uma".split()
)
_PLACES: Final = (
    frozenset("first 1st erste ersten ersten premier première primero primera primeiro primeira former".split()),
    frozenset("second 2nd zweite zweiten deuxième second seconde segundo segunda".split()),
    frozenset("third 3rd dritte dritten troisième tercero tercera terceiro terceira".split()),
)
_NOTHING_YET: Final = frozenset("run start do make get put something stuff work someone somebody new".split())
_LAST: Final = frozenset("last letzte letzten dernier dernière último última latter".split())
_LIVE_PLACE: Final = re.compile(r"\b(?:production|prod|live|producción|produktion|produção)\b", re.IGNORECASE)
_SAFE_PLACE: Final = re.compile(r"\b(?:staging|sandbox|dev|development|local|demo|test)\b", re.IGNORECASE)
_AGENT_WORDS: Final = frozenset("agent agents number all both everything of them please".split())
_ACT_WORDS: Final[dict[type[Intent], frozenset[str]]] = {
    StopAgent: frozenset(
        "stop stopping kill cancel end terminate abort delete remove páralo deténlo cancélalo termínalo para parar"
        " detener cancela stoppe stoppen beende beenden arrête arrêter pare".split()
    ),
    PauseAgent: frozenset("pause hold pausa pausar pausiere anhalten".split()),
    ResumeAgent: frozenset("resume continue reanuda weiter reprends retoma".split()),
    CreateAgent: frozenset("start create begin run starte empieza commence começa".split()),
}
_INSTEAD: Final = (
    re.compile(
        r"(?P<new>[^,;.]+?)[,;.]?\s+(?:not|instead of|rather than|statt|nicht|pas|en vez de|no|não)\s+"
        r"(?:in |on |the )*(?P<old>[^,;.]+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:not|nicht|pas|não)\s+(?:in |on |the )*(?P<old>[^,;.]+?)[,;.]\s*(?:but |sondern |mais )?(?P<new>[^,;.]+)",
        re.IGNORECASE,
    ),
)


def chosen_repo(said: str, offered: tuple[str, ...], surroundings: Surroundings) -> Repo | None:
    """The repository that an answer names: one of those offered, else any that is named clearly."""
    options = [repo for repo in surroundings.repos if repo.full_name in offered]
    options.sort(key=lambda repo: offered.index(repo.full_name))
    place = _place(said, len(options))
    if place is not None:
        return options[place]
    for among in (replace(surroundings, repos=tuple(options)), surroundings):
        named = resolve_repo(said, among)
        if isinstance(named, Repo):
            return named
    return _most_alike(said, options)


def chosen_agents(said: str, offered: tuple[UUID, ...], surroundings: Surroundings, act: Act) -> tuple[UUID, ...]:
    """The agents that an answer names; none when it names none, or leaves it open."""
    by_id = {agent.id: agent for agent in surroundings.agents}
    options = tuple(by_id[agent] for agent in offered if agent in by_id)
    place = _place(said, len(options))
    for among in (replace(surroundings, agents=tuple(reversed(options))), surroundings):
        named = resolve_agents(said, among, act) or resolve_agents(f"the {' '.join(_content(said))} one", among, act)
        if isinstance(named, tuple) and named:
            ids = tuple(agent.id for agent in named)
            # "The second one" may be a place among those offered, or a number: where they differ, it is neither.
            return () if place is not None and ids != (options[place].id,) else ids
        if isinstance(named, Close):
            break
    if place is not None:
        return (options[place].id,)
    return _agent_by_task(said, options)


def content_words(said: str) -> frozenset[str]:
    """The words that say something, in small letters."""
    return frozenset(_content(said))


def says_only(task: str, repos: tuple[str, ...]) -> bool:
    """Whether the words only say where, as in "on the wallet": that is no task."""
    names = frozenset[str]().union(*(_words(name) for name in repos))
    said = content_words(task)
    left = said - _NOTHING_YET
    only_where = task.lower().startswith(_AT)
    return left <= names or (only_where and len(left) <= _FEW_WORDS)


def is_echo(text: str, rest: str, acts: tuple[Intent, ...], surroundings: Surroundings) -> bool:
    """Whether the words beside a yes only repeat what was asked: another verb or another agent is no yes to it."""
    known = _AGENT_WORDS | _POINTING
    for act in acts:
        known |= _ACT_WORDS.get(type(act), frozenset())
        match act:
            case CreateAgent(repo, task) | CreateSchedule(repo, task):
                known |= _words(f"{repo.full_name} {task}")
            case StopAgent(agents) | PauseAgent(agents) | ResumeAgent(agents):
                named = () if _words(after_yes(text)) <= _AGENT_WORDS else _named_in((after_yes(text),), surroundings)
                if named and set(named) != set(agents):
                    return False
                for agent in surroundings.agents:
                    if agent.id in agents:
                        known |= _words(f"{agent.name} {agent.number} {agent.repo_name} {agent.task_description}")
            case _:
                pass
    return _words(with_digits(rest)) <= known


def amended(acts: tuple[Intent, ...], text: str, rest: str, surroundings: Surroundings) -> tuple[Intent, ...] | None:
    """What we asked to confirm, as the person has just corrected it; None when they corrected nothing."""
    match acts:
        case (CreateAgent(repo, task) as create,):
            for pattern in _INSTEAD:
                found = pattern.search(text)
                if found is not None:
                    changed = _replaced(task, found["old"].strip(), _tail(found["new"]))
                    if changed is not None:
                        return (replace(create, task=changed),)
            elsewhere = _SAFE_PLACE.search(text)
            if elsewhere is not None and _LIVE_PLACE.search(task) is not None:
                return (replace(create, task=_LIVE_PLACE.sub(elsewhere[0], task)),)
            other = resolve_repo(rest, surroundings) if rest else None
            return (replace(create, repo=other),) if isinstance(other, Repo) and other != repo else None
        case (StopAgent(agents),):
            spared = _spared(text, agents, surroundings)
            others = spared or _named_in((without_lead(text, small_words().meant) or "", rest), surroundings)
            return (StopAgent(others),) if others and set(others) != set(agents) else None
        case _:
            return None


def widened(acts: tuple[Intent, ...], rest: str, surroundings: Surroundings) -> tuple[Intent, ...] | None:
    """What we asked to stop and more: "yes, and six too". None when nobody else is named."""
    match acts:
        case (StopAgent(agents),):
            more = _named_in((rest, small_words().too.sub(" ", rest)), surroundings)
            both = tuple(dict.fromkeys((*agents, *more)))
            return (StopAgent(both),) if more and both != agents else None
        case _:
            return None


def _named_in(phrases: tuple[str, ...], surroundings: Surroundings) -> tuple[UUID, ...]:
    """The agents that the first phrase that means any means, however it is put: "the payment one", "three"."""
    for phrase in phrases:
        plain = small_words().no.sub(" ", phrase).strip(" ,.!")
        bare = " ".join(_content(plain))
        for said in (*((f"agent {bare}", f"the {bare} one") if bare else ()), plain):
            meant = resolve_agents(said, surroundings, Act.STOP)
            if isinstance(meant, tuple) and meant:
                return tuple(agent.id for agent in meant)
    return ()


def _spared(text: str, agents: tuple[UUID, ...], surroundings: Surroundings) -> tuple[UUID, ...]:
    """Those that are left after "all except three" or "not the login one"."""
    excepted = small_words().spares.search(text)
    if excepted is None or len(agents) == 1:
        return ()
    spared = _named_in((text[excepted.end() :],), surroundings)
    return tuple(agent for agent in agents if agent not in spared) if spared else ()


def _replaced(task: str, old: str, new: str) -> str | None:
    """The task with one word for another; None when the old one is not in it."""
    changed = re.sub(rf"\b{re.escape(old)}\b", new, task, flags=re.IGNORECASE)
    return changed if changed != task and new else None


def _tail(said: str) -> str:
    return " ".join(
        word
        for word in said.split()
        if word.lower().strip(",.") not in {"oh", "god", "no", "i", "mean", "meant", "nein", "non"}
    )


def _place(said: str, count: int) -> int | None:
    words = set(_WORD.findall(said.lower()))
    if words & _LAST and count:
        return count - 1
    for place, names in enumerate(_PLACES[:count]):
        if words & names and not (_words(said) - names - _POINTING):
            return place
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _content(said: str) -> list[str]:
    return [word for word in _WORD.findall(said.lower()) if word not in _POINTING]


def _most_alike(said: str, options: list[Repo]) -> Repo | None:
    """The option that sounds most like it, by owner or by name, when no other is nearly as close."""
    squashed = "".join(_content(said))
    if not squashed:
        return None
    scores = sorted(
        ((partial_ratio(squashed, _squashed(repo.full_name)), number) for number, repo in enumerate(options)),
        reverse=True,
    )
    if not scores or scores[0][0] < _ALIKE or (len(scores) > 1 and scores[0][0] - scores[1][0] < _CLEARLY):
        return None
    return options[scores[0][1]]


def _squashed(name: str) -> str:
    return "".join(_WORD.findall(name.lower()))


def _agent_by_task(said: str, options: tuple[Agent, ...]) -> tuple[UUID, ...]:
    wanted = set(_content(said))
    hits = [agent.id for agent in options if wanted and any(_shares_stem(word, agent) for word in wanted)]
    return tuple(hits) if len(hits) == 1 else ()


def _shares_stem(word: str, agent: Agent) -> bool:
    about = {other for other in _words(f"{agent.task_description} {agent.repo_name}") if len(other) >= _TELLING}
    stem = word.rstrip("s")
    return len(stem) >= _TELLING and any(
        other.startswith(stem) or stem.startswith(other.rstrip("s")) for other in about
    )
