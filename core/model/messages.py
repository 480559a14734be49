"""The values that pass through the pipeline: InboundMessage → Transcript → VoiceCommand → Outcome → Reply."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    """A way in, and the way back out."""

    TELEGRAM = "telegram"
    SLACK = "slack"
    PHONE = "phone"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reply goes: a conversation in a channel, and the message in it that we answer, if any."""

    channel: Channel
    conversation: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class AudioClip:
    """A recording, by value (``data``) or by the platform's own name for it (``reference``).

    ``media_type``, ``seconds`` and ``size`` are what the sender claims; nothing has been checked.
    """

    media_type: str
    seconds: float | None = None
    size: int | None = None
    reference: str | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """The person sent a recording. ``check``: they want to read what was heard before anything is done."""

    clip: AudioClip
    check: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """The person wrote, or the platform transcribed for us."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """The person pressed one of the buttons we sent; ``token`` is the button's ``Action.token``."""

    token: str


Content = Spoken | Typed | Pressed


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message from one person, as accepted. ``key`` is the channel's own stable id for it."""

    id: UUID
    key: str
    sender_id: str
    reply_to: Address
    content: Content
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of speech: its words, and when it begins and ends, in seconds from the start of the recording."""

    text: str
    start: float
    end: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. ``text`` has known names put right, ``raw`` is what the provider heard.

    ``spans`` are words or sentences, as fine as the provider tells; ``seconds`` is how long the recording was, and
    ``dollars`` what hearing it cost.
    """

    text: str
    raw: str
    provider: str
    confidence: float | None = None
    language: str | None = None
    spans: tuple[Span, ...] = ()
    seconds: float = 0.0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True)
class Link:
    """Something to open. Shown in a chat, never spoken."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button. ``token`` comes back as ``Pressed.token`` and has at most 64 bytes (Telegram's limit)."""

    label: str
    token: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What Cadence says back.

    ``text`` is speakable: at most two sentences, without ids, URLs or code.
    ``heard`` is the transcript it answers; a chat shows it, a phone does not repeat it.
    ``detail`` is for reading only: lists, diffs' summaries, costs.
    """

    text: str
    heard: str | None = None
    detail: str | None = None
    links: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
