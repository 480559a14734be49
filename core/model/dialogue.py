"""What is open between Cadence and a person, and what the words that point back mean."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.model.command import Doubt, Draft, Intent, ModelUsage
from core.model.messages import Transcript


class Trust(StrEnum):
    """How sure it is who speaks: a button shown to them, an account they linked, or a number that anybody can show."""

    BUTTON = "button"
    LINKED = "linked"
    CALLER_ID = "caller_id"


class Consequence(StrEnum):
    """What a task would do that no look at its pull request could undo, or whom it tries to command."""

    DATA = "data"
    HISTORY = "history"
    INFRASTRUCTURE = "infrastructure"
    RELEASE = "release"
    SECRETS = "secrets"
    STEERING = "steering"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about a command that is not complete. It offers ``repos`` by full name, or ``agents``."""

    doubt: Doubt
    draft: Draft
    repos: tuple[str, ...] = ()
    agents: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirming:
    """A question whether ``acts`` shall be done, because of ``consequences`` or by their nature."""

    acts: tuple[Intent, ...]
    consequences: frozenset[Consequence] = frozenset()


@dataclass(frozen=True, slots=True)
class Pending:
    """What we have asked. Its buttons carry ``id`` and answer nothing else; after ``expires_at`` nothing answers it."""

    id: UUID
    question: Asking | Confirming
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Pick:
    """A button below a question: yes or no, or the option of that number."""

    pending: UUID
    agreed: bool = True
    option: int | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """A person's side of the conversation.

    ``agents`` are those talked about last ("it"), ``offered`` those we have named ("the other one"), ``done`` what was
    done last ("no, I meant three"), ``later`` what was said in the same breath and has yet to be asked about.
    """

    pending: Pending | None = None
    agents: tuple[UUID, ...] = ()
    offered: tuple[UUID, ...] = ()
    done: tuple[Intent, ...] = ()
    later: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What one message comes to: ``acts`` are done now, then ``memory`` holds.

    ``asked`` means that what is pending has to be said, again if need be; ``dropped`` is what the person called off,
    ``refused`` what may not be done here. ``confidence`` is 0–1; ``said`` are the words with known names put right.
    A step that ``relies`` on the memory it was given is only taken if nobody was quicker.
    """

    memory: Memory
    acts: tuple[Intent, ...] = ()
    asked: bool = False
    dropped: Pending | None = None
    refused: Intent | None = None
    confidence: float = 1.0
    said: str | None = None
    relies: bool = False
    usage: ModelUsage | None = None

    def remembering(self, created: tuple[UUID, ...]) -> "Step":
        """With the agents that it created as those talked about last."""
        return replace(self, memory=replace(self.memory, agents=created)) if created else self


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's memory as a message finds it.

    ``known`` is what the message came to when it was handled before, and ``transcript`` what had been heard.
    """

    memory: Memory = field(default_factory=Memory)
    version: int = 0
    known: Step | None = None
    transcript: Transcript | None = None
