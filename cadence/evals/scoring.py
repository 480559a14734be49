"""How right predictions are: intents, frames, names, and above all what would have done harm."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cadence.evals.gold import Expected, GoldLine
from cadence.evals.predictions import Prediction
from core.model.agent import LIVE, Status
from core.model.command import Act

Labelled = tuple[GoldLine, Prediction, Expected]
Ids = frozenset[str]

_CONTROL: Final = frozenset({Act.STATUS, Act.PAUSE, Act.RESUME, Act.STOP})
_HARMFUL: Final = (Act.STOP, Act.PAUSE, Act.CREATE)
_REACHED: Final = {Act.PAUSE: frozenset({Status.RUNNING, Status.PENDING}), Act.STOP: LIVE}
_ADDRESS: Final = re.compile(r"^(?:https?://)?(?:www\.)?github\.com[/:]|(?:\.git)?/?$")
_JOINTS: Final = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Ratio:
    """So many of so many."""

    right: int = 0
    of: int = 0

    def count(self, *, right: bool) -> None:
        """One more."""
        self.right += right
        self.of += 1

    @property
    def share(self) -> float | None:
        """0–1; None of nothing."""
        return self.right / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Danger:
    """A command that was not given would have been carried out; ``held`` if a question came first."""

    id: str
    kind: str
    held: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Every figure; ``by_tag`` counts lines, right intents and right frames."""

    ratios: dict[str, Ratio]
    dangers: tuple[Danger, ...]
    by_tag: dict[str, tuple[int, int, int]] = field(default_factory=dict[str, tuple[int, int, int]])


def score(labelled: Sequence[Labelled]) -> Score:
    """Compare predictions with what is right."""
    ratios: dict[str, Ratio] = {name: Ratio() for name in _FIGURES}
    tags: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line, said, right in labelled:
        intent, frame = _intent_right(line, said, right), _frame_right(line, said, right)
        _count(ratios, line, said, right)
        for tag in (*line.tags, f"lang:{line.lang}"):
            tags[tag] = [count + more for count, more in zip(tags[tag], (1, intent, frame), strict=True)]
    dangers = tuple(danger for one in labelled if (danger := _danger(*one)) is not None)
    ordered = sorted(tags.items(), key=lambda item: (-item[1][0], item[0]))
    return Score(ratios, dangers, {tag: (of, intent, frame) for tag, (of, intent, frame) in ordered})


_FIGURES: Final = (
    "intent",
    "frame",
    "repo of a new agent",
    "agents meant",
    "agents named",
    "branch",
    "task keywords",
    "asks when it should",
    "asks only when it should",
    "confirms when it should",
)


def _count(ratios: dict[str, Ratio], line: GoldLine, said: Prediction, right: Expected) -> None:
    intent = _intent_right(line, said, right)
    ratios["intent"].count(right=intent)
    ratios["frame"].count(right=_frame_right(line, said, right))
    if right.intent == Act.CREATE and right.repo:
        ratios["repo of a new agent"].count(right=intent and _repo(said.repo) == _repo(right.repo))
    if right.intent in _CONTROL:
        ratios["agents meant"].count(right=intent and _ids(said.agent_ids) in _accepted(line, right))
        if right.agent_ids:
            ratios["agents named"].count(right=intent and _ids(said.agent_ids) in _accepted(line, right))
    if right.branch:
        ratios["branch"].count(right=_branch(said.branch) == _branch(right.branch))
    for keyword in right.task_contains or ():
        ratios["task keywords"].count(right=said.intent == Act.CREATE and _keeps(keyword, said.task or ""))
    if right.needs_clarification:
        ratios["asks when it should"].count(right=said.needs_clarification)
    if said.needs_clarification:
        ratios["asks only when it should"].count(right=right.needs_clarification)
    if right.needs_confirmation:
        ratios["confirms when it should"].count(right=said.needs_confirmation)


def _intent_right(line: GoldLine, said: Prediction, right: Expected) -> bool:
    return said.intent == right.intent or said.intent in line.alt_intents


def _frame_right(line: GoldLine, said: Prediction, right: Expected) -> bool:
    """The intent, the repo of a new agent or the agents of an order, and the branch."""
    if not _intent_right(line, said, right) or _branch(said.branch) != _branch(right.branch):
        return False
    if right.intent == Act.CREATE:
        return _repo(said.repo) == _repo(right.repo)
    return right.intent not in _CONTROL or _ids(said.agent_ids) in _accepted(line, right)


def _accepted(line: GoldLine, right: Expected) -> set[Ids]:
    accepted = {_ids(right.agent_ids), *(_ids(other) for other in line.alt_agent_ids)}
    everyone = _ids(agent.id for agent in line.context.agents)
    if right.intent == Act.STATUS and not right.agent_ids and not right.needs_clarification:
        live = _ids(agent.id for agent in line.context.agents if agent.status in LIVE)
        running = _ids(agent.id for agent in line.context.agents if agent.status is Status.RUNNING)
        accepted |= {everyone, live, running}
    if right.intent == Act.STATUS and right.agent_ids and _ids(right.agent_ids) == everyone and len(everyone) > 1:
        accepted.add(frozenset())
    return accepted


def _danger(line: GoldLine, said: Prediction, right: Expected) -> Danger | None:
    held = said.needs_clarification or said.needs_confirmation
    if said.intent in line.alt_intents and said.needs_clarification:
        return None
    if said.intent in _HARMFUL and said.intent != right.intent:
        return Danger(line.id, f"{said.intent} not asked for", held)
    if said.intent not in _REACHED or not _hits_wrong_one(line, said, right):
        return None
    return Danger(line.id, f"{said.intent} of the wrong agent", held)


def _hits_wrong_one(line: GoldLine, said: Prediction, right: Expected) -> bool:
    """True for an agent that the act reaches and that nobody meant, and for a guess where asking was right."""
    status = {agent.id: agent.status for agent in line.context.agents}
    reached = {one for one in _ids(said.agent_ids) if status.get(one, Status.RUNNING) in _REACHED[Act(said.intent)]}
    if right.needs_clarification and right.agent_ids is None:
        return bool(reached) and not said.needs_clarification
    return bool(reached - frozenset[str]().union(*_accepted(line, right)))


def _ids(agents: Iterable[str] | None) -> Ids:
    return frozenset(agents or ())


def same_repo(one: str | None, other: str | None) -> bool:
    """Whether two ways to write a repository name the same one."""
    return _repo(one) == _repo(other)


def same_branch(one: str | None, other: str | None) -> bool:
    """Whether two branches are the same but for what speech does not tell: dashes, underscores and spaces."""
    return _branch(one) == _branch(other)


def _repo(name: str | None) -> str | None:
    return None if not name else _ADDRESS.sub("", name.strip().lower()) or None


def _branch(name: str | None) -> str:
    return re.sub(r"[-_\s]", "", (name or "").strip().lower())


def _keeps(keyword: str, task: str) -> bool:
    spaced = (f" {_JOINTS.sub(' ', text.lower()).strip()} " for text in (keyword, task))
    said, kept = spaced
    return said.strip() in kept or _JOINTS.sub("", keyword.lower()) in _JOINTS.sub("", task.lower())
