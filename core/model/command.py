"""What the person wants done: one class per intent, and what came of it. An intent is kept and recorded by its kind."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from core.model.agent import Agent
from core.model.messages import Reply, Transcript
from core.model.people import Repo
from core.model.schedule import Rhythm


@dataclass(frozen=True, slots=True)
class CreateAgent:
    """Put a new agent to work on ``repo``. ``branch`` is the branch to start from; None is the default branch.

    With ``plan_first`` it shows its plan before it changes anything.
    """

    repo: Repo
    task: str
    branch: str | None = None
    plan_first: bool = False
    kind: Literal["create_agent"] = "create_agent"


@dataclass(frozen=True, slots=True)
class CheckStatus:
    """Say how these agents are doing. No agents named means all of mine."""

    agents: tuple[UUID, ...] = ()
    kind: Literal["check_status"] = "check_status"


@dataclass(frozen=True, slots=True)
class PauseAgent:
    """Hold these agents where they are."""

    agents: tuple[UUID, ...]
    kind: Literal["pause_agent"] = "pause_agent"


@dataclass(frozen=True, slots=True)
class ResumeAgent:
    """Let these agents go on."""

    agents: tuple[UUID, ...]
    kind: Literal["resume_agent"] = "resume_agent"


@dataclass(frozen=True, slots=True)
class StopAgent:
    """End these agents for good."""

    agents: tuple[UUID, ...]
    kind: Literal["stop_agent"] = "stop_agent"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a question offers, as a button names it: the question's leg and seq, and which."""

    leg: int
    seq: int
    option: int


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Give a waiting agent its answer, in the person's own words or by one of the agent's."""

    agent: UUID
    answer: str | Choice
    kind: Literal["answer_question"] = "answer_question"


@dataclass(frozen=True, slots=True)
class MessageAgent:
    """Tell a working agent something more."""

    agent: UUID
    text: str
    kind: Literal["message_agent"] = "message_agent"


class Purse(StrEnum):
    """What a cap on spending is for: one agent, or all of a person's agents in a day or a month."""

    RUN = "run"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Cap:
    """How much may be spent, and how much has been, in US dollars."""

    purse: Purse
    dollars: float
    spent: float


@dataclass(frozen=True, slots=True)
class RaiseBudget:
    """Let an agent, or all of its person's agents, spend up to ``dollars``."""

    agent: UUID
    purse: Purse
    dollars: float
    kind: Literal["raise_budget"] = "raise_budget"


@dataclass(frozen=True, slots=True)
class CreateSchedule:
    """Put an agent to this task again and again."""

    repo: Repo
    task: str
    rhythm: Rhythm
    branch: str | None = None
    kind: Literal["create_schedule"] = "create_schedule"


@dataclass(frozen=True, slots=True)
class ListSchedules:
    """Say which schedules there are."""

    kind: Literal["list_schedules"] = "list_schedules"


@dataclass(frozen=True, slots=True)
class PauseSchedules:
    """Begin nothing by these schedules for now. No numbers mean all of mine."""

    numbers: tuple[int, ...]
    kind: Literal["pause_schedules"] = "pause_schedules"


@dataclass(frozen=True, slots=True)
class ResumeSchedules:
    """Go on with these schedules. No numbers mean all of mine."""

    numbers: tuple[int, ...]
    kind: Literal["resume_schedules"] = "resume_schedules"


@dataclass(frozen=True, slots=True)
class DeleteSchedules:
    """Forget these schedules. No numbers mean all of mine."""

    numbers: tuple[int, ...]
    kind: Literal["delete_schedules"] = "delete_schedules"


@dataclass(frozen=True, slots=True)
class SetPlanFirst:
    """From now on my agents show their plans first, or no more."""

    wanted: bool
    kind: Literal["set_plan_first"] = "set_plan_first"


class Doubt(StrEnum):
    """Why a command could not be understood. ``wording`` has the question we ask for each."""

    NOT_A_COMMAND = "not_a_command"
    WHICH_REPO = "which_repo"
    UNKNOWN_REPO = "unknown_repo"
    NO_REPOS = "no_repos"
    WHAT_TASK = "what_task"
    WHICH_AGENT = "which_agent"
    NO_SUCH_AGENT = "no_such_agent"
    WHAT_RHYTHM = "what_rhythm"
    NOTHING_OPEN = "nothing_open"
    TO_BE_READ = "to_be_read"


class Act(StrEnum):
    """What a command comes down to, by the words that everybody knows: the five things that can be done."""

    CREATE = "create_agent"
    STATUS = "check_status"
    PAUSE = "pause_agent"
    RESUME = "resume_agent"
    STOP = "stop_agent"


@dataclass(frozen=True, slots=True)
class Draft:
    """As much of a command as was understood: what to keep while the rest is asked for."""

    act: Act
    repo: Repo | None = None
    task: str | None = None
    branch: str | None = None
    plan_first: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """No action follows from what was said. ``options`` are names to offer, best first, at most three.

    ``draft`` is what was understood all the same; the question we ask is the same with and without it.
    """

    doubt: Doubt
    options: tuple[str, ...] = ()
    draft: Draft | None = field(default=None, compare=False)
    kind: Literal["unknown"] = "unknown"


Intent = (
    CreateAgent
    | CheckStatus
    | PauseAgent
    | ResumeAgent
    | StopAgent
    | AnswerQuestion
    | MessageAgent
    | RaiseBudget
    | CreateSchedule
    | ListSchedules
    | SetPlanFirst
    | PauseSchedules
    | ResumeSchedules
    | DeleteSchedules
    | Unclear
)


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What a language model took to read a command: tokens, of which some came from a cache, and milliseconds."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    ms: int = 0

    def plus(self, other: "ModelUsage | None") -> "ModelUsage":
        """Both together."""
        if other is None:
            return self
        return ModelUsage(
            self.model,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.ms + other.ms,
        )


@dataclass(frozen=True, slots=True)
class VoiceCommand:
    """A message understood. ``confidence`` is 0–1; ``processing_ms`` counts from the message's arrival.

    ``usage`` is what a language model took for it, if one was asked.
    """

    id: UUID
    transcript: Transcript
    intent: Intent
    confidence: float
    processing_ms: int
    timestamp: datetime
    usage: ModelUsage | None = None


@dataclass(frozen=True, slots=True)
class AgentCreated:
    """A new agent is on its way. ``left`` is how many more there may be this month; None is as many as one likes."""

    agent: Agent
    left: int | None = None


@dataclass(frozen=True, slots=True)
class StatusReported:
    """How things stand, newest agent first."""

    agents: tuple[Agent, ...]


class Wish(StrEnum):
    """What was asked of an agent and has yet to be made true. Parking is what a pause becomes when it lasts."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class WishRecorded:
    """The wish stands for ``agents``; ``too_late`` are those it no longer applies to."""

    wish: Wish
    agents: tuple[Agent, ...]
    too_late: tuple[Agent, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUpTaken:
    """The agent will be told; ``answered`` means that it had asked."""

    agent: Agent
    answered: bool


@dataclass(frozen=True, slots=True)
class BudgetRaised:
    """More may be spent; ``goes_on`` says that the agent was waiting for just that."""

    agent: Agent
    purse: Purse
    dollars: float
    goes_on: bool


@dataclass(frozen=True, slots=True)
class ScheduleAnswered:
    """What there is to say about schedules."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class PlanFirstSet:
    """It is so from now on."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class NotDone:
    """Nothing was done; ``reason`` is what we tell the person."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """We have to ask back."""

    unclear: Unclear


Outcome = (
    AgentCreated
    | StatusReported
    | WishRecorded
    | FollowUpTaken
    | BudgetRaised
    | ScheduleAnswered
    | PlanFirstSet
    | NotDone
    | NotUnderstood
)
