"""Hearing by Deepgram: the note goes out as it came, behind the same gate as everywhere."""

from typing import Final

import httpx
from pydantic import BaseModel, ValidationError

from core.model.context import Vocabulary
from core.model.errors import UnusableRecording
from core.model.messages import AudioClip, Span, Transcript
from core.voice.gate import Gate, Gated, not_answering, nothing_heard
from core.voice.hints import spoken_hints
from core.voice.loops import collapse, invented
from core.voice.transcriber import Tell

# What nova-3 calls speech in any of its languages.
_ANY_LANGUAGE: Final = "multi"
_UNUSABLE: Final = frozenset({400, 413, 415, 422})


class DeepgramWord(BaseModel):
    """One word, in seconds from the start."""

    word: str
    start: float = 0.0
    end: float = 0.0
    confidence: float = 0.0
    punctuated_word: str | None = None

    @property
    def span(self) -> Span:
        """In our own words."""
        return Span(self.punctuated_word or self.word, self.start, self.end, self.confidence)


class DeepgramAlternative(BaseModel):
    """What Deepgram thinks was said."""

    transcript: str = ""
    confidence: float = 0.0
    words: list[DeepgramWord] = []


class _Channel(BaseModel):
    alternatives: list[DeepgramAlternative]
    detected_language: str | None = None


class _Results(BaseModel):
    channels: list[_Channel]


class _Metadata(BaseModel):
    duration: float = 0.0


class _Answer(BaseModel):
    metadata: _Metadata
    results: _Results


class DeepgramTranscriber:
    """Deepgram's recognition of recordings. ``client`` has the address and the key."""

    def __init__(self, client: httpx.AsyncClient, model: str, gate: Gate, *, dollars_a_minute: float = 0.0) -> None:
        self._client = client
        self._model = model
        self._gate = gate
        self._price = dollars_a_minute

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        """As Transcriber. Deepgram takes the longest note in one piece, so there is nothing to ``tell``."""
        del tell
        answer = await self._ask(await self._gate.pass_through(clip), hints)
        channel = answer.results.channels[0] if answer.results.channels else None
        best = channel.alternatives[0] if channel and channel.alternatives else DeepgramAlternative()
        text = collapse(best.transcript)
        if invented(text, spoken_hints(hints)):
            raise nothing_heard()
        return Transcript(
            text=text,
            raw=best.transcript,
            provider=f"deepgram-{self._model}",
            confidence=best.confidence,
            language=(channel and channel.detected_language) or hints.language,
            spans=tuple(word.span for word in best.words),
            seconds=answer.metadata.duration,
            dollars=answer.metadata.duration / 60 * self._price,
        )

    async def _ask(self, gated: Gated, hints: Vocabulary) -> _Answer:
        try:
            answer = await self._client.post(
                "/v1/listen",
                params=listen_query(self._model, hints),
                content=gated.recording.data,
                headers={"Content-Type": "application/octet-stream"},
            )
            if answer.status_code in _UNUSABLE:
                raise UnusableRecording("That recording could not be understood. Please record it again.")
            return _Answer.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError) as error:
            raise not_answering() from error


def listen_query(model: str, hints: Vocabulary) -> list[tuple[str, str | int | float | bool | None]]:
    """What every request says: the model, the names to expect, and that nothing of it is kept for training."""
    return [
        ("model", model),
        ("language", hints.language or _ANY_LANGUAGE),
        ("smart_format", "true"),
        ("mip_opt_out", "true"),
        *(("keyterm", name) for name in spoken_hints(hints)),
    ]
