"""Hearing by OpenAI: the note goes out as it came, behind the same gate as everywhere."""

from typing import Final

import openai

from core.model.context import Vocabulary
from core.model.errors import UnusableRecording
from core.model.messages import AudioClip, Transcript
from core.voice.audio import Container, not_audio
from core.voice.gate import Gate, Gated, not_answering, nothing_heard
from core.voice.hints import prompt_from, spoken_hints
from core.voice.loops import collapse, invented
from core.voice.transcriber import Tell

_MEDIA_TYPES: Final[dict[Container, str]] = {
    Container.OGG: "audio/ogg",
    Container.MP4: "audio/mp4",
    Container.WEBM: "audio/webm",
    Container.MP3: "audio/mpeg",
    Container.WAV: "audio/wav",
    Container.FLAC: "audio/flac",
}
# OpenAI has announced the end of these for 2027-02-26. They take names as a prompt, all others as keywords.
_RETIRING: Final = frozenset({"whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"})


class OpenAITranscriber:
    """OpenAI's speech recognition. ``dollars_a_minute`` is what it costs."""

    def __init__(self, client: openai.AsyncOpenAI, model: str, gate: Gate, *, dollars_a_minute: float = 0.0) -> None:
        self._client = client
        self._model = model
        self._gate = gate
        self._price = dollars_a_minute

    async def transcribe(self, clip: AudioClip, hints: Vocabulary, tell: Tell | None = None) -> Transcript:
        """As Transcriber. OpenAI takes the longest note in one piece, so there is nothing to ``tell``."""
        del tell
        gated = await self._gate.pass_through(clip)
        if gated.recording.container not in _MEDIA_TYPES:
            raise not_audio()
        raw = await self._ask(gated, hints)
        text = collapse(raw)
        if invented(text, spoken_hints(hints)):
            raise nothing_heard()
        return Transcript(
            text=text,
            raw=raw,
            provider=f"openai-{self._model}",
            language=hints.language,
            seconds=gated.seconds,
            dollars=gated.seconds / 60 * self._price,
        )

    async def _ask(self, gated: Gated, hints: Vocabulary) -> str:
        recording = gated.recording
        file = (f"note.{recording.container}", recording.data, _MEDIA_TYPES[recording.container])
        create = self._client.audio.transcriptions.create
        try:
            if self._model in _RETIRING:
                prompt, language = prompt_from(hints) or openai.omit, hints.language or openai.omit
                answer = await create(file=file, model=self._model, prompt=prompt, language=language)
            else:
                keywords = list(spoken_hints(hints)) or openai.omit
                languages = [hints.language] if hints.language else openai.omit
                answer = await create(file=file, model=self._model, keywords=keywords, languages=languages)
        except openai.BadRequestError as error:
            raise UnusableRecording("That recording could not be understood. Please record it again.") from error
        except openai.OpenAIError as error:
            raise not_answering() from error
        return answer.text
