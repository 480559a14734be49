"""Hearing by OpenAI: the note goes out as it came, behind the same gate as everywhere."""

from typing import Final

import openai

from core.model.context import Vocabulary
from core.model.errors import TranscriptionFailed, UnusableRecording
from core.model.messages import AudioClip, Transcript
from core.voice.audio import AudioLimits, Container, Recording, admit, not_audio
from core.voice.ear_process import EarProcess
from core.voice.local import note_for, nothing_heard, prompt_from, require_speech, spoken_hints
from core.voice.loops import collapse, invented

_MEDIA_TYPES: Final[dict[Container, str]] = {
    Container.OGG: "audio/ogg",
    Container.MP4: "audio/mp4",
    Container.WEBM: "audio/webm",
    Container.MP3: "audio/mpeg",
    Container.WAV: "audio/wav",
    Container.FLAC: "audio/flac",
}
_TAKES_KEYWORDS: Final = "gpt-transcribe"


class OpenAITranscriber:
    """OpenAI's speech recognition. ``gate`` is an ear without a model, where the offline extra is installed."""

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        model: str,
        *,
        gate: EarProcess | None = None,
        limits: AudioLimits | None = None,
    ) -> None:
        self._client = client
        self._model = model
        self._gate = gate
        self._limits = limits or AudioLimits()

    async def transcribe(self, clip: AudioClip, hints: Vocabulary) -> Transcript:
        """As Transcriber."""
        recording = admit(clip, self._limits)
        if recording.container not in _MEDIA_TYPES:
            raise not_audio()
        if self._gate is not None:
            answer = await self._gate.listen(note_for(recording, self._limits), recording.data)
            require_speech(answer, self._limits)
        raw = await self._ask(recording, hints)
        text = collapse(raw)
        if invented(text, spoken_hints(hints)):
            raise nothing_heard()
        return Transcript(text=text, raw=raw, provider=f"openai-{self._model}")

    async def _ask(self, recording: Recording, hints: Vocabulary) -> str:
        file = (f"note.{recording.container}", recording.data, _MEDIA_TYPES[recording.container])
        prompt = prompt_from(hints)
        try:
            if self._model == _TAKES_KEYWORDS:
                keywords = list(spoken_hints(hints)) or openai.omit
                answer = await self._client.audio.transcriptions.create(file=file, model=self._model, keywords=keywords)
            else:
                answer = await self._client.audio.transcriptions.create(
                    file=file, model=self._model, prompt=prompt or openai.omit
                )
        except openai.BadRequestError as error:
            raise UnusableRecording("That recording could not be understood. Please record it again.") from error
        except openai.OpenAIError as error:
            raise TranscriptionFailed(
                "My speech recognition is not answering. Please try again in a moment."
            ) from error
        return answer.text
