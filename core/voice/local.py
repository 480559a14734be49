"""Hearing without a key: Whisper on this computer."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.model.context import Vocabulary
from core.model.errors import NothingHeard, TranscriptionFailed
from core.model.messages import AudioClip, Transcript
from core.voice.audio import AudioLimits, Recording, admit, damaged, too_long
from core.voice.ear_process import EarProcess
from core.voice.frames import Answer, Heard, Note, Ready, Silent, TooLong, Unplayable
from core.voice.loops import invented
from core.voice.weights import find_weights

_MOST_HINTS: Final = 50
_MOST_PROMPT: Final = 500


class WhisperTranscriber:
    """Whisper in the ear. One note at a time; more of them wait their turn.

    ``cache`` is a directory of ours. ``language`` None lets Whisper guess it, which it does badly on short notes.
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

    async def transcribe(self, clip: AudioClip, hints: Vocabulary) -> Transcript:
        """As Transcriber; raises Refusal, too, when there is no model to listen with."""
        recording = admit(clip, self._limits)
        ear = await self._found_ear()
        answer = await ear.listen(note_for(recording, self._limits, prompt_from(hints)), recording.data)
        heard = require_speech(answer, self._limits)
        if invented(heard.text, spoken_hints(hints)):
            raise nothing_heard()
        return Transcript(heard.text, heard.text, f"whisper-{self._model}", heard.confidence, heard.language)

    async def _found_ear(self) -> EarProcess:
        async with self._finding:
            if self._ear is None:
                found = await asyncio.to_thread(self._find)
                self._ear = EarProcess(found, self._language, deadline=self._deadline)
            return self._ear


def note_for(recording: Recording, limits: AudioLimits, prompt: str | None = None) -> Note:
    """The request that goes to the ear with a recording."""
    return Note(
        container=recording.container, max_seconds=limits.max_seconds, min_speech=limits.min_speech, prompt=prompt
    )


def require_speech(answer: Answer, limits: AudioLimits) -> Heard:
    """What was heard. Raises NothingHeard and UnusableRecording for the other answers."""
    match answer:
        case Heard():
            return answer
        case Silent():
            raise nothing_heard()
        case TooLong():
            raise too_long(limits)
        case Unplayable():
            raise damaged()
        case Ready():
            raise TranscriptionFailed("I could not listen to that. Please send it again.")


def nothing_heard() -> NothingHeard:
    """The refusal of silence."""
    return NothingHeard("I did not hear anything. Please say it again, a little closer to the microphone.")


def spoken_hints(hints: Vocabulary) -> tuple[str, ...]:
    """The names a recogniser should expect, most recently used first, without their owners."""
    repos = (name.rsplit("/", 1)[-1].replace("-", " ") for name in hints.repos)
    return tuple(dict.fromkeys((*repos, *hints.agents)))[:_MOST_HINTS]


def prompt_from(hints: Vocabulary) -> str | None:
    """The names as a sentence. Whisper keeps the end of a prompt, so the most recent ones come last."""
    names: list[str] = []
    for name in spoken_hints(hints):
        if sum(map(len, names)) + len(name) > _MOST_PROMPT:
            break
        names.append(name)
    return f"{', '.join(reversed(names))}." if names else None
