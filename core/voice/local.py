"""Hearing without a key: Whisper on this computer."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.model.context import Vocabulary
from core.model.messages import AudioClip, Span, Transcript
from core.voice.audio import AudioLimits, Recording, admit
from core.voice.ear_process import EarProcess
from core.voice.frames import Answer, Heard
from core.voice.gate import note_for, nothing_heard, require_speech
from core.voice.hints import prompt_from, spoken_hints
from core.voice.loops import invented
from core.voice.transcriber import Tell
from core.voice.weights import find_weights

_LONG_SECONDS: Final = 60.0
_LONG_BYTES: Final = 1_000_000


class WhisperTranscriber:
    """Whisper in the ear. One note at a time; more of them wait their turn, but never for a long one.

    ``cache`` is a directory of ours. ``language`` is what people speak whose profile does not say; None lets Whisper
    guess it, which it does badly on short notes.
    """

    def __init__(
        self,
        model: str,
        cache: Path,
        model_dir: Path | None = None,
        *,
        language: str | None = "en",
        hub: str | None = None,
        limits: AudioLimits | None = None,
        deadline: float = 60.0,
    ) -> None:
        self._model = model
        self._find: Callable[[], Path] = lambda: find_weights(model, cache, model_dir, hub=hub)
        self._language = language
        self._speaks_only = "en" if model.endswith(".en") else None
        self._limits = limits or AudioLimits()
        self._deadline = deadline
        self._ear: EarProcess | None = None
        self._finding = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The ear's process id while it is up."""
        return None if self._ear is None else self._ear.pid

    async def warm(self) -> None:
        """Load the model ahead of the first note. Raises Refusal when there is no model to load."""
        await (await self._found_ear()).warm()

    async def aclose(self) -> None:
        """End the ear."""
        if self._ear is not None:
            await self._ear.aclose()

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        """As Transcriber; raises Refusal, too, when there is no model to listen with."""
        recording = admit(clip, self._limits)
        answer = await self._listen(recording, hints, tell, alone=_is_long(clip, recording))
        heard = require_speech(answer, self._limits)
        if invented(heard.text, spoken_hints(hints)):
            raise nothing_heard()
        return self._transcript(heard)

    async def _listen(self, recording: Recording, hints: Vocabulary, tell: Tell | None, *, alone: bool) -> Answer:
        language = self._speaks_only or hints.language or self._language
        note = note_for(recording, self._limits, prompt_from(hints), language)
        if not alone:
            return await (await self._found_ear()).listen(note, recording.data, tell)
        # A stop must not wait for somebody's ten minutes: those get an ear of their own.
        ear = EarProcess(await asyncio.to_thread(self._find), deadline=self._deadline)
        try:
            return await ear.listen(note, recording.data, tell)
        finally:
            await ear.aclose()

    def _transcript(self, heard: Heard) -> Transcript:
        return Transcript(
            heard.text,
            heard.text,
            f"whisper-{self._model}",
            heard.confidence,
            heard.language,
            tuple(Span(span.text, span.start, span.end, span.confidence) for span in heard.spans),
            heard.seconds,
        )

    async def _found_ear(self) -> EarProcess:
        async with self._finding:
            if self._ear is None:
                self._ear = EarProcess(await asyncio.to_thread(self._find), deadline=self._deadline)
            return self._ear


def _is_long(clip: AudioClip, recording: Recording) -> bool:
    return (clip.seconds or 0) > _LONG_SECONDS or len(recording.data) > _LONG_BYTES
