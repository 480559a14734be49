"""Who is speaking to us, and which repositories they may put agents to work on."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.model.messages import Channel


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as one channel knows them: a Telegram user id, a Slack team and user, a phone number."""

    channel: Channel
    external_id: str


class Plan(StrEnum):
    """How much a person may have done."""

    FREE = "free"
    PRO = "pro"


@dataclass(frozen=True, slots=True)
class Person:
    """One user of Cadence, whichever channel they use.

    ``time_zone`` is a name of the IANA database. With ``plan_first`` agents show a plan before they change anything.
    ``language`` is the one they speak to us, as a code of two letters; None is whatever the recogniser takes it for.
    ``dictionary`` are words of their own that a recogniser would not expect.
    """

    id: UUID
    name: str
    plan: Plan = Plan.FREE
    time_zone: str = "UTC"
    plan_first: bool = False
    language: str | None = None
    dictionary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Author:
    """Whom commits are made for."""

    name: str = "Cadence"
    email: str = "agents@cadence.invalid"


class Access(StrEnum):
    """What we may do with a repository: only one that can be written to can be worked on."""

    WRITE = "write"
    READ = "read"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository on the code host that the person knows."""

    owner: str
    name: str
    url: str
    default_branch: str
    access: Access = Access.WRITE

    @property
    def full_name(self) -> str:
        """``owner/name``, as the code host writes it."""
        return f"{self.owner}/{self.name}"
