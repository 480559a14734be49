"""What a machine reports about a run: numbered without gaps per agent and leg, recorded once each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from core.model.agent import Parking, Phase, PlannedTask, WorkReport


@dataclass(frozen=True, slots=True)
class Started:
    """The machine has taken the task."""

    machine: str
    kind: Literal["started"] = "started"


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """The run has moved on to another phase."""

    phase: Phase
    kind: Literal["phase_entered"] = "phase_entered"


@dataclass(frozen=True, slots=True)
class StepTaken:
    """The agent used a tool: ``summary`` says it in a few words ("edited src/login.py")."""

    tool: str
    summary: str
    ok: bool = True
    kind: Literal["step_taken"] = "step_taken"


@dataclass(frozen=True, slots=True)
class Said:
    """The agent said something to whoever is watching."""

    text: str
    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Blocked:
    """The gate refused a connection or a request; people are shown what was refused."""

    what: str
    kind: Literal["blocked"] = "blocked"


@dataclass(frozen=True, slots=True)
class Paused:
    """The run holds before its next tool call."""

    kind: Literal["paused"] = "paused"


@dataclass(frozen=True, slots=True)
class Resumed:
    """The run goes on."""

    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True, slots=True)
class Asked:
    """The agent has a question and waits. ``options`` are the answers it offers; any other is good, too."""

    question: str
    options: tuple[str, ...] = ()
    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True)
class Told:
    """What a person had to say has reached the agent."""

    followup_id: UUID
    kind: Literal["told"] = "told"


@dataclass(frozen=True, slots=True)
class TasksListed:
    """The agent's own task list as it stands now."""

    tasks: tuple[PlannedTask, ...]
    kind: Literal["tasks_listed"] = "tasks_listed"


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """The person has agreed to the plan: the agent may begin."""

    kind: Literal["plan_approved"] = "plan_approved"


@dataclass(frozen=True, slots=True)
class Restored:
    """The run goes on from where an earlier leg had stood, with all that it knew.

    The work tree was compared with what had been saved; ``files`` of it were not committed then.
    """

    files: int
    kind: Literal["restored"] = "restored"


@dataclass(frozen=True, slots=True)
class StartedOver:
    """What an earlier leg had saved could not be used: the run begins anew from what was pushed."""

    reason: str
    kind: Literal["started_over"] = "started_over"


@dataclass(frozen=True, slots=True)
class Parked:
    """The run was ended so that the machine is free. ``saved`` says whether its work and memory were kept."""

    why: Parking
    saved: bool
    kind: Literal["parked"] = "parked"


@dataclass(frozen=True, slots=True)
class BranchPushed:
    """The work is on the code host.

    The branch it started from has ``behind`` commits that the work has not; in ``conflicts`` they do not go together.
    """

    branch: str
    commit: str
    files_changed: int
    lines_added: int
    lines_removed: int
    behind: int = 0
    conflicts: tuple[str, ...] = ()
    kind: Literal["branch_pushed"] = "branch_pushed"


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over and its work, if there is any, has been pushed. ``summary`` is the agent's own last word."""

    summary: str
    changed: bool
    report: WorkReport | None = None
    kind: Literal["finished"] = "finished"


@dataclass(frozen=True, slots=True)
class Failed:
    """The run could not go on; ``reason`` is a sentence for the person."""

    reason: str
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run was ended because the person asked for it; every process of it is gone."""

    kind: Literal["stopped"] = "stopped"


Happening = (
    Started
    | PhaseEntered
    | StepTaken
    | Said
    | Blocked
    | Paused
    | Resumed
    | Asked
    | Told
    | TasksListed
    | PlanApproved
    | Restored
    | StartedOver
    | Parked
    | BranchPushed
    | Finished
    | Failed
    | Stopped
)


@dataclass(frozen=True, slots=True)
class Event:
    """One happening of one run. ``seq`` starts at 1 and has no gaps within ``(agent_id, leg)``."""

    agent_id: UUID
    leg: int
    seq: int
    at: datetime
    happening: Happening
