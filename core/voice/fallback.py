"""Several providers behind one promise: the first that is slow or fails is passed over, and nobody is told."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from core.model.context import Vocabulary
from core.model.errors import ProviderError, TranscriptionFailed, UnusableRecording
from core.model.messages import AudioClip, Transcript
from core.voice.transcriber import Tell, Transcriber

_log = structlog.get_logger(__name__)
_FAILURES: Final = 3
_REST_SECONDS: Final = 30.0


@dataclass(slots=True)
class Breaker:
    """Spares a provider that keeps failing: after three failures in a row it rests, then one note tries it."""

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    _resting_until: float = field(default=float("-inf"))

    def lets_through(self) -> bool:
        """Whether to ask. Whoever is let through after a rest keeps the others away until it is known how it went."""
        if self.failures < _FAILURES:
            return True
        if self.clock() < self._resting_until:
            return False
        self._resting_until = self.clock() + _REST_SECONDS
        return True

    def succeeded(self) -> None:
        """It answered."""
        self.failures = 0

    def failed(self) -> None:
        """It did not."""
        self.failures += 1
        self._resting_until = self.clock() + _REST_SECONDS


@dataclass(frozen=True, slots=True)
class Link:
    """One provider of the chain."""

    name: str
    transcriber: Transcriber
    breaker: Breaker = field(default_factory=Breaker)


@dataclass(frozen=True, slots=True)
class FallbackTranscriber:
    """Asks each provider in turn. ``patience`` is how many seconds all but the last have for a short note.

    For a long one they have a quarter of its length besides.
    """

    links: Sequence[Link]
    patience: float = 8.0

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        """As Transcriber; the last provider's failure is everybody's."""
        *earlier, last = [link for link in self.links if link.breaker.lets_through()] or self.links[-1:]
        for link in earlier:
            try:
                async with asyncio.timeout(self.patience + (clip.seconds or 0.0) / 4):
                    return await _ask(link, clip, hints, tell)
            except (ProviderError, UnusableRecording, TimeoutError) as error:
                # Another provider may take what this one would not; if it is no recording, all of them will say so.
                _log.warning("transcriber_passed_over", provider=link.name, error=type(error).__name__)
        return await _ask(last, clip, hints, tell)


async def _ask(link: Link, clip: AudioClip, hints: Vocabulary, tell: Tell | None) -> Transcript:
    try:
        transcript = await link.transcriber.transcribe(clip, hints, tell)
    # Whoever runs out of patience here makes itself felt there as a cancellation.
    except (TranscriptionFailed, asyncio.CancelledError):
        link.breaker.failed()
        raise
    link.breaker.succeeded()
    return transcript
