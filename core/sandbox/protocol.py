"""The messages between a daemon and the control plane on ``/ws/daemon``: JSON text frames, one message each.

The daemon dials out with ``Authorization: Bearer <machine token>`` and says Hello; the control plane answers with
Welcome and then sends Start and Signal whenever Postgres says so. All of it may be repeated: the daemon knows a run by
``(agent_id, leg)`` and starts it once; the control plane records an event once by ``(agent_id, leg, seq)``.
"""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Discriminator, Field, TypeAdapter

from core.model.command import Wish
from core.model.event import Happening

PROTOCOL_VERSION: Final = 1
MAX_FRAME_BYTES: Final = 1 << 20
HEARTBEAT_SECONDS: Final = 10.0
LOST_AFTER_SECONDS: Final = 30.0


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Run(_Frame):
    """A run the daemon holds, and the last event number it has given out."""

    agent_id: UUID
    leg: int
    seq: int


class SelfTest(_Frame):
    """What the machine found when it tried its own isolation. ``passed`` false means it refuses to run agents."""

    passed: bool
    isolation: str
    problem: str | None = None


class Hello(_Frame):
    """First frame of a connection. ``runs`` are those still alive on the machine."""

    kind: Literal["hello"] = "hello"
    version: int
    machine: str
    self_test: SelfTest
    runs: tuple[Run, ...] = ()


class EventReport(_Frame):
    """One event; repeated after a reconnect until it is acknowledged."""

    kind: Literal["event"] = "event"
    agent_id: UUID
    leg: int
    seq: int = Field(ge=1)
    at: datetime
    happening: Annotated[Happening, Discriminator("kind")]


class Heartbeat(_Frame):
    """The machine is alive, and so are these runs."""

    kind: Literal["heartbeat"] = "heartbeat"
    runs: tuple[Run, ...] = ()


class Welcome(_Frame):
    """The control plane has accepted the machine under this id."""

    kind: Literal["welcome"] = "welcome"
    machine_id: UUID


class Task(_Frame):
    """Everything a machine needs for one run. ``token`` is this run's alone, opens only our gateways, and is renewed.

    ``git_url`` and ``llm_url`` lie on the control plane; the machine holds no provider key and no git credential.
    ``brief`` is the whole prompt, with what the person has added in earlier legs. ``going_on`` is the prompt for an
    agent that is brought back from the snapshot kept at ``snapshot_url``, where new ones are kept, too; it is None when
    there is nothing to bring back. With ``plan_first`` the agent may change nothing before its plan is agreed to.
    At ``search_url`` the agent may ask where something is in the code.
    """

    agent_id: UUID
    leg: int
    repo_name: str
    git_url: str
    llm_url: str
    branch: str
    work_branch: str
    brief: str
    snapshot_url: str
    search_url: str
    going_on: str | None = None
    plan_first: bool = False
    commit_message: str
    author_name: str = "Cadence"
    author_email: str = "agents@cadence.invalid"
    model: str
    token: str

    @property
    def session(self) -> str:
        """The session's id: the agent's own, so that it is found again wherever its memory is brought to."""
        return str(self.agent_id)


class FoundFile(_Frame):
    """A file that fits a query: its best lines, how likely it is to be what is looked for, and why."""

    model_config = ConfigDict(from_attributes=True)

    path: str
    lines: tuple[int, int]
    priority: str
    reason: str


class FoundCode(_Frame):
    """What was found at ``search_url``, the likeliest first."""

    files: tuple[FoundFile, ...]


class Start(_Frame):
    """Run this task, unless it is running or has run already."""

    kind: Literal["start"] = "start"
    task: Task


class Signal(_Frame):
    """A person's wish for a run."""

    kind: Literal["signal"] = "signal"
    agent_id: UUID
    leg: int
    wish: Wish


class Tell(_Frame):
    """What a person has to say to the agent; ``question`` is the one that it answers, if it answers one.

    Told is reported once it has reached the agent.
    """

    kind: Literal["tell"] = "tell"
    agent_id: UUID
    leg: int
    followup_id: UUID
    text: str
    question: str | None = None


class Renew(_Frame):
    """A new token for a run, sent on every connection and in good time: the one before it is good for a while yet."""

    kind: Literal["renew"] = "renew"
    agent_id: UUID
    leg: int
    token: str


class Acknowledge(_Frame):
    """Every event of the run up to and including ``seq`` is recorded."""

    kind: Literal["acknowledge"] = "acknowledge"
    agent_id: UUID
    leg: int
    seq: int


class Abandon(_Frame):
    """The run is no longer wanted here (a newer leg exists, or the agent is over): end it and report nothing."""

    kind: Literal["abandon"] = "abandon"
    agent_id: UUID
    leg: int


Upward = Annotated[Hello | EventReport | Heartbeat, Discriminator("kind")]
Downward = Annotated[Welcome | Start | Renew | Signal | Tell | Acknowledge | Abandon, Discriminator("kind")]

UPWARD: Final[TypeAdapter[Hello | EventReport | Heartbeat]] = TypeAdapter(Upward)
DOWNWARD: Final[TypeAdapter[Welcome | Start | Renew | Signal | Tell | Acknowledge | Abandon]] = TypeAdapter(Downward)
