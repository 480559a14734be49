"""Conversations of a file, held turn by turn with the dialogue that every channel has, and scored where labelled."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cadence.evals.gold import Context, GoldAgent, agent_key, surroundings_of
from cadence.evals.intents import Opened
from cadence.evals.scoring import same_branch, same_repo
from core.model.agent import Status
from core.model.command import (
    Act,
    CheckStatus,
    CreateAgent,
    Doubt,
    Intent,
    MessageAgent,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.model.dialogue import Asking, Confirming, Memory, Pending, Step, Trust
from core.model.errors import Refusal
from core.model.messages import Transcript
from core.voice.branches import find_branch
from core.voice.dialogue import Dialogue
from core.voice.references import Heard

_BETWEEN: Final = timedelta(seconds=10)
_EXECUTING: Final = frozenset({Act.CREATE, Act.PAUSE, Act.RESUME, Act.STOP, "message_agent"})
_ASKS: Final = {Doubt.WHAT_TASK: "ask_task", Doubt.WHICH_AGENT: "ask_agent", Doubt.NO_SUCH_AGENT: "ask_agent"}
_NEW_STATUS: Final = {PauseAgent: Status.PAUSED, ResumeAgent: Status.RUNNING, StopAgent: Status.CANCELLED}


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class ExpectedTurn(_Row):
    """What is right for one turn."""

    action: str
    executes: bool = False
    repo: str | None = None
    agent_ids: tuple[str, ...] | None = None
    branch: str | None = None
    task_contains: tuple[str, ...] | None = None
    options: tuple[str, ...] | None = None


class GoldTurn(_Row):
    """What a person says; ``expected`` is missing where a file is there to be understood only."""

    user: str
    expected: ExpectedTurn | None = None
    accept_actions: tuple[str, ...] = ()
    alt_agent_ids: tuple[tuple[str, ...], ...] = ()


class GoldDialogue(_Row):
    """A conversation, and the world it begins in."""

    id: str
    context: Context = Context()
    turns: tuple[GoldTurn, ...]


@dataclass(frozen=True, slots=True)
class TurnPrediction:
    """One line of what was made of a turn, as the scorer reads it."""

    id: str
    turn: int
    action: str
    intent: str | None = None
    repo: str | None = None
    agent_ids: tuple[str, ...] | None = None
    branch: str | None = None
    task: str | None = None
    options: tuple[str, ...] | None = None
    executes: bool = False


@dataclass(slots=True)
class World:
    """The repositories and agents of a conversation, as its turns change them."""

    context: Context
    created: int = 0

    def carry_out(self, acts: Iterable[Intent]) -> tuple[UUID, ...]:
        """Do what was decided; our ids of the agents that are new."""
        new: list[UUID] = []
        for act in acts:
            match act:
                case CreateAgent(repo, task):
                    new.append(agent_key(self._create(repo.full_name, task)))
                case PauseAgent(agents) | ResumeAgent(agents) | StopAgent(agents):
                    self._change(agents, _NEW_STATUS[type(act)])
                case _:
                    pass
        return tuple(new)

    def gold_ids(self, agents: Iterable[UUID]) -> tuple[str, ...] | None:
        """The corpus's own ids."""
        known = {agent_key(agent.id): agent.id for agent in self.context.agents}
        return tuple(known[agent] for agent in agents) or None

    def _create(self, repo: str, task: str) -> str:
        self.created += 1
        number = max((agent.number for agent in self.context.agents), default=0) + 1
        agent = GoldAgent(id=f"new{self.created}", number=number, repo=repo, task=task, status=Status.RUNNING)
        self.context = self.context.model_copy(update={"agents": (*self.context.agents, agent)})
        return agent.id

    def _change(self, ours: Iterable[UUID], status: Status) -> None:
        wanted = frozenset(ours)
        agents = tuple(
            agent.model_copy(update={"status": status}) if agent_key(agent.id) in wanted else agent
            for agent in self.context.agents
        )
        self.context = self.context.model_copy(update={"agents": agents})


def run_dialogues(gold: Path, out: Path, console: Console, opened: Opened, errors: int) -> None:
    """Hold every conversation of ``gold`` and write down what came of each turn; score it if the file has labels."""
    dialogues = read_dialogues(gold)
    predictions: list[TurnPrediction] = []
    try:
        asyncio.run(_hold_all(dialogues, opened, console, predictions))
    finally:
        lines = (json.dumps(asdict(prediction), ensure_ascii=False) for prediction in predictions)
        out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _show(dialogues, predictions, console, errors)


def read_dialogues(path: Path) -> list[GoldDialogue]:
    """Every conversation of a corpus. Raises Refusal for a file that is none."""
    try:
        texts = [text for text in path.read_text(encoding="utf-8").splitlines() if text.strip()]
        return [GoldDialogue.model_validate_json(text) for text in texts]
    except (OSError, ValueError, ValidationError) as error:
        raise Refusal(f"{path} holds no conversations: {error}") from error


async def _hold_all(
    dialogues: list[GoldDialogue], opened: Opened, console: Console, predictions: list[TurnPrediction]
) -> None:
    async with opened as interpreter:
        for dialogue in track(dialogues, "Talking", console=console, transient=True):
            predictions += await hold(dialogue, Dialogue(interpreter))


async def hold(gold: GoldDialogue, dialogue: Dialogue) -> list[TurnPrediction]:
    """One conversation."""
    world, memory, now = World(gold.context), Memory(), datetime(2026, 1, 1, tzinfo=UTC)
    predictions: list[TurnPrediction] = []
    for number, turn in enumerate(gold.turns):
        transcript = Transcript(text=turn.user, raw=turn.user, provider="eval")
        heard = Heard(transcript, surroundings_of(world.context), memory, Trust.LINKED, now)
        step = await dialogue.step(heard)
        created = world.carry_out(step.acts)
        predictions.append(_predict(gold.id, number, turn.user, step, world))
        memory, now = step.remembering(created).memory, now + _BETWEEN
    return predictions


def _predict(gold_id: str, number: int, said: str, step: Step, world: World) -> TurnPrediction:
    done = [act for act in step.acts if not isinstance(act, Unclear)]
    if done:
        task = next((act.task for act in done if isinstance(act, CreateAgent)), None)
        made = _done(TurnPrediction(gold_id, number, "no_action"), done[0], said, world)
        return replace(made, task=made.task or task)
    if step.dropped is not None:
        return replace(_asked(TurnPrediction(gold_id, number, ""), step.dropped, world), action="cancel_pending")
    if step.asked and step.memory.pending is not None:
        return _asked(TurnPrediction(gold_id, number, ""), step.memory.pending, world)
    return TurnPrediction(gold_id, number, "no_action")


def _done(blank: TurnPrediction, act: Intent, said: str, world: World) -> TurnPrediction:
    match act:
        case CreateAgent(repo, task, branch):
            made = replace(blank, action=Act.CREATE, repo=repo.full_name, branch=branch, task=task)
        case CheckStatus(agents):
            made = replace(blank, action=Act.STATUS, agent_ids=world.gold_ids(agents))
        case PauseAgent(agents):
            made = replace(blank, action=Act.PAUSE, agent_ids=world.gold_ids(agents))
        case ResumeAgent(agents):
            made = replace(blank, action=Act.RESUME, agent_ids=world.gold_ids(agents))
        case StopAgent(agents):
            made = replace(blank, action=Act.STOP, agent_ids=world.gold_ids(agents))
        case MessageAgent(agent, text):
            branch = find_branch(said)
            named = world.gold_ids((agent,))
            made = replace(
                blank, action="message_agent", agent_ids=named, task=text, branch=branch.name if branch else None
            )
        case _:
            return blank
    intent = None if made.action == "message_agent" else made.action
    return replace(made, intent=intent, executes=made.action in _EXECUTING)


def _asked(blank: TurnPrediction, pending: Pending, world: World) -> TurnPrediction:
    match pending.question:
        case Confirming(acts):
            return replace(_done(blank, acts[0], "", world), action="ask_confirm", executes=False)
        case Asking(doubt, draft, repos, agents):
            return replace(
                blank,
                action=_ASKS.get(doubt, "ask_repo"),
                intent=draft.act,
                repo=draft.repo.full_name if draft.repo else None,
                branch=draft.branch,
                task=draft.task,
                options=repos or world.gold_ids(agents),
            )


def _show(dialogues: list[GoldDialogue], predictions: list[TurnPrediction], console: Console, errors: int) -> None:
    given = {(one.id, one.turn): one for one in predictions}
    labelled = [
        (turn, turn.expected, given[dialogue.id, number])
        for dialogue in dialogues
        for number, turn in enumerate(dialogue.turns)
        if turn.expected is not None
    ]
    if not labelled:
        return
    wrong = [(turn, right, said, why) for turn, right, said in labelled if (why := fault(turn, right, said))]
    unconfirmed = sum(said.executes and not right.executes for _, right, said in labelled)
    whole = len(dialogues) - len({said.id for _, _, said, _ in wrong})
    table = Table("figure", "right", "of", "share", title="Conversations")
    table.add_row("turns", str(len(labelled) - len(wrong)), str(len(labelled)), f"{1 - len(wrong) / len(labelled):.1%}")
    table.add_row("whole conversations", str(whole), str(len(dialogues)), f"{whole / len(dialogues):.1%}")
    table.add_row("done without a yes", str(unconfirmed), "0", "")
    console.print(table)
    reasons = Counter(why for *_, why in wrong)
    console.print("Wrong: " + (", ".join(f"{why} {count}" for why, count in reasons.items()) or "nothing"))
    for turn, right, said, why in wrong[:errors]:
        console.print(f"{said.id}.{said.turn} {turn.user!r}: {why}", markup=False, highlight=False)
        console.print(f"   right    {right}", markup=False, highlight=False)
        console.print(f"   was read {said}", markup=False, highlight=False)


def fault(turn: GoldTurn, right: ExpectedTurn, said: TurnPrediction) -> str | None:
    """What is wrong with what was made of a turn; None when it is right."""
    if said.action not in {right.action, *turn.accept_actions}:
        return "action"
    if said.executes != right.executes:
        return "executes"
    return _wrong_slot(turn, right, said) if said.action == right.action else None


def _wrong_slot(turn: GoldTurn, right: ExpectedTurn, said: TurnPrediction) -> str | None:
    if right.repo and not same_repo(said.repo, right.repo):
        return "repo"
    accepted = {frozenset(ids) for ids in ((right.agent_ids or ()), *turn.alt_agent_ids)}
    if right.agent_ids and frozenset(said.agent_ids or ()) not in accepted:
        return "agents"
    if right.branch and not same_branch(said.branch, right.branch):
        return "branch"
    task = (said.task or "").lower()
    if not all(word.lower() in task for word in right.task_contains or ()):
        return "task"
    if right.options and set(said.options or ()) != set(right.options):
        return "options"
    return None
