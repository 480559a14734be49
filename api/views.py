"""What the API sends: the user's data models, in their field names, and what an app needs besides."""

import re
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BeforeValidator, Field
from werkzeug.exceptions import BadRequest

from api.contract import View
from core.model.agent import Parking, Phase, Status
from core.model.context import Priority
from core.model.event import Event
from core.redaction.happenings import HAPPENING
from core.replies import scheduling

# How cursors look: a number in a list, and a place in what happened to an agent.
CURSOR: Final = r"^[0-9]{1,9}$"
PLACE: Final = r"^[0-9]{1,9}\.[0-9]{1,9}$"


class AgentMetadata(View):
    """What an agent has come to so far. ``estimatedCost`` is in US dollars."""

    files_changed: int | None
    lines_added: int | None
    lines_removed: int | None
    pr_url: str | None
    estimated_cost: float | None


class TaskView(View):
    """One line of an agent's own list."""

    subject: str
    done: bool


class QuestionView(View):
    """What an agent has asked and waits for. ``options`` are answers that it offers; any other is good, too."""

    text: str
    options: tuple[str, ...]


class ReportView(View):
    """What an agent says its work was. ``spoken`` is fit to be read aloud."""

    title: str
    what: str
    why: str
    tested: str
    spoken: str


class RelevantFileView(View):
    """A file that a task is likely to need, and why. ``score`` is a probability; ``lines`` are its best piece."""

    path: str
    reason: str
    priority: Priority
    score: float
    lines: tuple[int, int]


class AgentView(View):
    """An agent, as the user's data model has it, and where it stands."""

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
    step: str | None
    failure: str | None
    progress: int
    tasks: tuple[TaskView, ...]
    question: QuestionView | None
    parked: Parking | None
    round: int
    report: ReportView | None
    model: str
    source: str
    metadata: AgentMetadata
    relevant_files: tuple[RelevantFileView, ...]
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None


class AgentPage(View):
    """Some agents, newest first. ``nextCursor`` asks for those behind them; null when these are the last."""

    agents: list[AgentView]
    next_cursor: str | None = None


class EventView(View):
    """One thing that happened to an agent. ``id`` is its place: ask for what came after it."""

    id: str
    at: datetime
    kind: str
    happening: dict[str, Any]


class LogPage(View):
    """What happened to an agent, oldest first. ``nextCursor`` asks for what comes after, also what is yet to come."""

    events: list[EventView]
    next_cursor: str


class LinkView(View):
    """Something to open."""

    label: str
    url: str


class ActionView(View):
    """A button: send its ``token`` as ``action`` to press it."""

    label: str
    token: str


class ReplyView(View):
    """What Cadence says. ``text`` is fit to be read aloud, ``heard`` is what it answers, ``detail`` is for reading."""

    id: int
    version: int
    text: str
    heard: str | None
    detail: str | None
    links: tuple[LinkView, ...]
    actions: tuple[ActionView, ...]


class VoiceCommandView(View):
    """What was understood, as the user's data model has it."""

    id: UUID
    transcript: str
    intent: str
    entities: dict[str, Any]
    confidence: float
    processing_time_ms: int
    timestamp: datetime


class CommandView(View):
    """A command and what came of it so far. ``reply`` is the newest thing said; null while it is being handled."""

    id: UUID
    url: str
    done: bool
    command: VoiceCommandView | None = None
    reply: ReplyView | None = None
    replies: list[ReplyView] = Field(default_factory=list[ReplyView])
    agent: AgentView | None = None


class PersonView(View):
    """Whoever is signed in, and their settings."""

    id: UUID
    name: str
    plan: str
    time_zone: str
    plan_first: bool
    language: str | None
    dictionary: tuple[str, ...]


class RepoView(View):
    """A repository. ``access`` says what may be done with it: only ``write`` can be worked on."""

    full_name: str
    url: str
    default_branch: str
    access: str


class ScheduleView(View):
    """Work that is begun again and again."""

    id: UUID
    number: int
    repo_name: str
    branch: str
    task_description: str = Field(validation_alias="task")
    rhythm: Annotated[str, BeforeValidator(scheduling.rhythm)]
    time_zone: str
    next_at: datetime
    paused: bool


def event_view(event: Event) -> EventView:
    """An event as it is sent."""
    shape: dict[str, Any] = HAPPENING.dump_python(event.happening, mode="json")
    return EventView(id=place_of(event), at=event.at, kind=shape.pop("kind"), happening=shape)


def place_of(event: Event) -> str:
    """Where an event stands in its agent's: by leg, and by number in it."""
    return f"{event.leg}.{event.seq}"


def read_place(text: str | None) -> tuple[int, int]:
    """The place that ``place_of`` has written; the beginning for None. Raises BadRequest for anything else."""
    if text is None:
        return (0, 0)
    if re.fullmatch(PLACE, text) is None:
        raise BadRequest("That is no place in an agent's events: send one that you were given, or none.")
    leg, _, seq = text.partition(".")
    return int(leg), int(seq)
