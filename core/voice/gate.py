"""What comes before every provider: the cheap checks, and an ear that tells speech from anything else."""

from dataclasses import dataclass, field
from typing import Final

from core.model.errors import NothingHeard, TranscriptionFailed
from core.model.messages import AudioClip
from core.voice.audio import AudioLimits, Recording, admit, damaged, too_long
from core.voice.ear_process import EarProcess
from core.voice.frames import Answer, Heard, Note, Ready, Silent, TooLong, Unplayable


@dataclass(frozen=True, slots=True)
class Gated:
    """A recording that somebody speaks in; ``seconds`` is how long it really is, 0 where nobody could look."""

    recording: Recording
    seconds: float


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets speech through. ``ear`` is one without a model, where the offline extra is installed."""

    ear: EarProcess | None
    limits: AudioLimits = field(default_factory=AudioLimits)

    async def pass_through(self, clip: AudioClip) -> Gated:
        """The recording. Raises UnusableRecording, NothingHeard and TranscriptionFailed."""
        recording = admit(clip, self.limits)
        if self.ear is None:
            return Gated(recording, clip.seconds or 0.0)
        answer = await self.ear.listen(note_for(recording, self.limits), recording.data)
        return Gated(recording, require_speech(answer, self.limits).seconds)


def note_for(recording: Recording, limits: AudioLimits, prompt: str | None = None, language: str | None = None) -> Note:
    """The request that goes to the ear with a recording."""
    return Note(
        container=recording.container,
        max_seconds=limits.max_seconds,
        min_speech=limits.min_speech,
        prompt=prompt,
        language=language,
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


def not_answering() -> TranscriptionFailed:
    """What a provider's failure is called before people."""
    return TranscriptionFailed(_NOT_ANSWERING)


_NOT_ANSWERING: Final = "My speech recognition is not answering. Please try again in a moment."
