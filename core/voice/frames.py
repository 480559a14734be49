"""What the ear and its owner say to each other: length-prefixed frames on the ear's standard input and output."""

import struct
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from core.voice.audio import Container

LENGTH: Final = struct.Struct(">I")


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Note(_Frame):
    """Listen to the audio in the frame that follows."""

    container: Container
    max_seconds: float
    min_speech: float
    prompt: str | None = None
    language: str | None = None


class Ready(_Frame):
    """The ear has loaded what it needs. It says so once, before anything else."""

    kind: Literal["ready"] = "ready"


class Progress(_Frame):
    """The ear is still at it: the answer follows. ``share`` of the recording, 0–1, has been heard."""

    kind: Literal["progress"] = "progress"
    share: float


class HeardSpan(_Frame):
    """A sentence or part of one, in seconds from the start of the recording; ``confidence`` is 0–1."""

    text: str
    start: float
    end: float
    confidence: float | None = None


class Heard(_Frame):
    """Somebody spoke. ``text`` is empty from an ear without a model, which only tells speech from silence."""

    kind: Literal["heard"] = "heard"
    text: str = ""
    confidence: float | None = None
    language: str | None = None
    spans: tuple[HeardSpan, ...] = ()
    seconds: float = 0.0


class Silent(_Frame):
    """Nobody spoke."""

    kind: Literal["silent"] = "silent"


class TooLong(_Frame):
    """The recording goes on past its limit."""

    kind: Literal["too_long"] = "too_long"


class Unplayable(_Frame):
    """The bytes are not what they announce."""

    kind: Literal["unplayable"] = "unplayable"


Answer = Ready | Heard | Silent | TooLong | Unplayable
ANSWER: Final[TypeAdapter[Answer | Progress]] = TypeAdapter(Annotated[Answer | Progress, Field(discriminator="kind")])


def pack(payload: bytes) -> bytes:
    """One frame."""
    return LENGTH.pack(len(payload)) + payload


def pack_note(note: Note, audio: bytes) -> bytes:
    """The two frames that ask the ear to listen."""
    return pack(note.model_dump_json().encode()) + pack(audio)
