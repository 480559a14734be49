"""The promises that speech-to-text providers keep."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from core.model.context import Vocabulary
from core.model.messages import AudioClip, Transcript

Tell = Callable[[float], Awaitable[None]]


class Transcriber(Protocol):
    """Turns a recording into words."""

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        """Transcribe a clip that carries its ``data``; ``tell`` is told the share of a long one that is done, 0–1.

        Raises NothingHeard for silence, UnusableRecording for what is no (acceptable) recording,
        and TranscriptionFailed when the provider fails.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Somebody has begun to speak: whoever is talking to them should stop."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What was understood so far of what is being said. It may change, and nothing is done upon it."""

    text: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody has finished saying something."""

    transcript: Transcript


HeardLive = SpeechBegan | Partial | Utterance


class LiveLine(Protocol):
    """One conversation that is being listened to."""

    async def send(self, audio: bytes) -> None:
        """More of what is said: 8 kHz mono µ-law. Raises TranscriptionFailed when the provider has gone."""
        ...

    async def finish(self) -> None:
        """There is no more to come; what is left is heard out, then ``heard`` ends."""
        ...

    def heard(self) -> AsyncIterator[HeardLive]:
        """What is heard, as it is heard. Raises TranscriptionFailed when the provider fails."""
        ...


class LiveTranscriber(Protocol):
    """Turns speech into words while it is being spoken."""

    def listen(self, hints: Vocabulary) -> AbstractAsyncContextManager[LiveLine]:
        """A line to speak into. Raises TranscriptionFailed when the provider does not answer."""
        ...
