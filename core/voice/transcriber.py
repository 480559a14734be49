"""The promise every speech-to-text provider keeps."""

from typing import Protocol

from core.model.context import Vocabulary
from core.model.messages import AudioClip, Transcript


class Transcriber(Protocol):
    """Turns a recording into words."""

    async def transcribe(self, clip: AudioClip, hints: Vocabulary) -> Transcript:
        """Transcribe a clip that carries its ``data``.

        Raises NothingHeard for silence, UnusableRecording for what is no (acceptable) recording,
        and TranscriptionFailed when the provider fails.
        """
        ...
