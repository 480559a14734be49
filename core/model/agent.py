"""An agent, and the one table of moves it may make."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from core.model.context import RelevantFile
from core.model.messages import Address, Channel


class Status(StrEnum):
    """What an agent is, as every channel shows it."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """What a live agent is busy with. Shown to people; decides nothing."""

    QUEUED = "queued"
    PROVISIONING = "provisioning"
    CLONING = "cloning"
    WORKING = "working"
    WAITING_FOR_ANSWER = "waiting_for_answer"
    PUBLISHING = "publishing"


class Move(StrEnum):
    """A change of status."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"
    GO_ON = "go_on"


class Parking(StrEnum):
    """Why an agent has given its machine back while its work is kept. It goes on when its person lets it."""

    PAUSED = "paused"
    UNANSWERED = "unanswered"
    BUDGET = "budget"


LIVE: Final = frozenset({Status.PENDING, Status.RUNNING, Status.PAUSED})

_MOVES: Final[dict[Move, tuple[frozenset[Status], Status]]] = {
    Move.START: (frozenset({Status.PENDING}), Status.RUNNING),
    Move.PAUSE: (frozenset({Status.RUNNING}), Status.PAUSED),
    Move.RESUME: (frozenset({Status.PAUSED}), Status.RUNNING),
    Move.COMPLETE: (frozenset({Status.RUNNING, Status.PAUSED}), Status.COMPLETED),
    Move.FAIL: (LIVE, Status.FAILED),
    Move.CANCEL: (LIVE, Status.CANCELLED),
    # The only way out of an end: somebody has more to say about the work.
    Move.GO_ON: (frozenset({Status.COMPLETED, Status.FAILED}), Status.PENDING),
}


def sources(move: Move) -> frozenset[Status]:
    """The statuses from which ``move`` may be made."""
    return _MOVES[move][0]


def destination(move: Move) -> Status:
    """The status that ``move`` leads to."""
    return _MOVES[move][1]


@dataclass(frozen=True, slots=True)
class AgentMetadata:
    """What the work came to. ``estimated_cost`` is in US dollars."""

    files_changed: int | None = None
    lines_added: int | None = None
    lines_removed: int | None = None
    pr_url: str | None = None
    estimated_cost: float | None = None


@dataclass(frozen=True, slots=True)
class WorkReport:
    """What the agent itself says its work was. ``spoken`` is at most two sentences for somebody who only listens."""

    title: str
    what: str
    why: str
    tested: str
    spoken: str


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One line of the agent's own task list."""

    subject: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent waits for an answer to, known by the leg and the number of the event that told of it.

    ``options`` are the answers it offers; any other is good, too.
    """

    leg: int
    seq: int
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a person tells an agent after it was created; ``question`` is the one that it answers, if it answers one.

    ``id`` is that of the inbound message.
    """

    id: UUID
    text: str
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """One piece of work on one repository.

    ``branch`` is the branch the work starts from; the work itself goes to ``work_branch``.
    ``leg`` counts the agent's stays on a machine; a higher leg fences off an older one. ``losses`` of them ended with
    the machine. ``round`` counts how often it was put to work: each follow-up to a finished agent begins another one.
    ``behind`` is by how many commits ``branch`` had moved on when the work was pushed, ``conflicts`` the files in which
    the two then differed.
    ``step`` is the newest thing it did, in a few words.
    """

    id: UUID
    number: int
    name: str
    user_id: UUID
    repo_url: str
    repo_name: str
    branch: str
    task_description: str
    status: Status
    phase: Phase
    progress: int
    model: str
    source: Channel
    reply_to: Address
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    leg: int = 0
    losses: int = 0
    round: int = 1
    machine_id: UUID | None = None
    schedule_id: UUID | None = None
    step: str | None = None
    failure: str | None = None
    question: Question | None = None
    parked: Parking | None = None
    plan_first: bool = False
    report: WorkReport | None = None
    tasks: tuple[PlannedTask, ...] = ()
    behind: int = 0
    conflicts: tuple[str, ...] = ()
    relevant_files: tuple[RelevantFile, ...] = ()
    metadata: AgentMetadata = field(default_factory=AgentMetadata)

    @property
    def work_branch(self) -> str:
        """The branch that the agent's commits go to: the idempotency key of its pull request."""
        return f"cadence/{self.id}"

    @property
    def live(self) -> bool:
        """True until the agent has completed, failed or been cancelled."""
        return self.status in LIVE
