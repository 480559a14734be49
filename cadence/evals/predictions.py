"""What an interpreter understood, in the corpora's words."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from cadence.evals.gold import Context, GoldLine, agent_key
from core.model.command import (
    Act,
    AnswerQuestion,
    CheckStatus,
    CreateAgent,
    CreateSchedule,
    DeleteSchedules,
    Doubt,
    Draft,
    ListSchedules,
    MessageAgent,
    PauseAgent,
    PauseSchedules,
    RaiseBudget,
    ResumeAgent,
    ResumeSchedules,
    SetPlanFirst,
    StopAgent,
    Unclear,
)
from core.model.dialogue import Trust
from core.voice.consequences import consequences
from core.voice.interpreter import Understanding
from core.voice.policy import Grade, grade

_UNKNOWN = "unknown"
_ABOUT_NEW_WORK = frozenset({Doubt.WHICH_REPO, Doubt.UNKNOWN_REPO, Doubt.NO_REPOS, Doubt.WHAT_TASK})


@dataclass(frozen=True, slots=True)
class Prediction:
    """One line of what was understood, as the scorers read it."""

    id: str
    intent: str
    repo: str | None = None
    agent_ids: tuple[str, ...] | None = None
    branch: str | None = None
    task: str | None = None
    needs_clarification: bool = False
    needs_confirmation: bool = False

    def as_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def summary(self) -> str:
        """In one line."""
        asks = " asks" if self.needs_clarification else ""
        return f"{self.intent} {self.repo} {self.agent_ids} {self.branch} {self.task!r}{asks}"


def predict(line: GoldLine, understood: Understanding) -> Prediction:
    """What was understood of a line, and whether it would be read back first."""
    needed = grade(understood.intent, Trust.LINKED, understood.confidence)
    prediction = _predict(line, understood)
    return replace(prediction, needs_confirmation=prediction.needs_confirmation or needed is Grade.CONFIRM)


def _predict(line: GoldLine, understood: Understanding) -> Prediction:
    match understood.intent:
        case CreateAgent(repo, task, branch):
            return Prediction(line.id, Act.CREATE, repo.full_name, None, branch, task)
        case CheckStatus(agents):
            return Prediction(line.id, Act.STATUS, agent_ids=_ids(agents, line.context))
        case PauseAgent(agents):
            return Prediction(line.id, Act.PAUSE, agent_ids=_ids(agents, line.context))
        case ResumeAgent(agents):
            return Prediction(line.id, Act.RESUME, agent_ids=_ids(agents, line.context))
        case StopAgent(agents):
            return Prediction(line.id, Act.STOP, agent_ids=_ids(agents, line.context))
        case Unclear() as unclear:
            return _unclear(line, unclear)
        case (
            AnswerQuestion()
            | MessageAgent()
            | RaiseBudget()
            | CreateSchedule()
            | ListSchedules()
            | SetPlanFirst()
            | PauseSchedules()
            | ResumeSchedules()
            | DeleteSchedules()
        ):
            return Prediction(line.id, _UNKNOWN)


def _unclear(line: GoldLine, unclear: Unclear) -> Prediction:
    draft = unclear.draft or (Draft(Act.CREATE) if unclear.doubt in _ABOUT_NEW_WORK else None)
    if unclear.doubt is Doubt.NOT_A_COMMAND or draft is None:
        return Prediction(line.id, _UNKNOWN, needs_clarification=unclear.doubt is not Doubt.NOT_A_COMMAND)
    return Prediction(
        line.id,
        draft.act,
        draft.repo.full_name if draft.repo else None,
        None,
        draft.branch,
        draft.task,
        needs_clarification=True,
        needs_confirmation=draft.act is Act.STOP or bool(consequences(draft.task or "")),
    )


def _ids(agents: Iterable[UUID], context: Context) -> tuple[str, ...] | None:
    known = {agent_key(agent.id): agent.id for agent in context.agents}
    return tuple(known[agent] for agent in agents) or None
