"""The one path from a message to a reply, whichever channel it came in by."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol, assert_never
from uuid import uuid4

import structlog

from core.agents.desk import AgentDesk
from core.agents.directory import Directory, linking_code
from core.model.command import Doubt, Intent, Unclear, VoiceCommand
from core.model.context import Vocabulary
from core.model.errors import ProviderError, Refusal
from core.model.messages import AudioClip, InboundMessage, Pressed, Reply, Spoken, Transcript, Typed
from core.model.people import Person
from core.replies import wording
from core.replies.buttons import read_button
from core.voice.interpreter import Interpreter, Surroundings, Understanding
from core.voice.transcriber import Transcriber

_log = structlog.get_logger(__name__)


class Recordings(Protocol):
    """Brings a recording in from where the channel's platform keeps it."""

    async def fetch(self, clip: AudioClip) -> AudioClip:
        """The clip with its ``data``. Raises UnusableRecording or ProviderError."""
        ...


@dataclass(frozen=True, slots=True)
class CommandPipeline:
    """InboundMessage → Transcript → VoiceCommand → Outcome → Reply."""

    directory: Directory
    recordings: Recordings
    transcriber: Transcriber
    interpreter: Interpreter
    desk: AgentDesk

    async def handle(self, message: InboundMessage) -> Reply:
        """Do what a message asks and say what came of it. Handling the same message again changes nothing more."""
        # Strangers cost nothing: who it is comes before what was said.
        person = await self.directory.identify(message)
        if person is None or linking_code(message) is not None:
            return await self._introduce(message, person)
        if _asks_for_help(message):
            return wording.welcome()
        try:
            return await self._handle(message, person)
        except Refusal as refusal:
            return wording.refused(str(refusal))
        except ProviderError as error:
            _log.warning("provider_failed", message=str(message.id), error=str(error))
            return wording.try_again()

    async def _handle(self, message: InboundMessage, person: Person) -> Reply:
        transcript, understood = await self._understand(message, person)
        command = VoiceCommand(
            id=uuid4(),
            transcript=transcript,
            intent=understood.intent,
            confidence=understood.confidence,
            processing_ms=_milliseconds_since(message.received_at),
            timestamp=datetime.now(UTC),
        )
        outcome = await self.desk.carry_out(command, person, message)
        return wording.answer(outcome, transcript if isinstance(message.content, Spoken) else None)

    async def _understand(self, message: InboundMessage, person: Person) -> tuple[Transcript, Understanding]:
        match message.content:
            case Pressed(token):
                # A button says all there is to know: an agent can be stopped while the code host is away.
                pressed = Transcript(text="", raw=token, provider="button")
                return pressed, Understanding(read_button(token), confidence=1.0, text="")
            case Typed(text):
                surroundings = await self.directory.surroundings(person.id)
                transcript = Transcript(text=text, raw=text, provider="typed")
            case Spoken(clip):
                surroundings = await self.directory.surroundings(person.id)
                transcript = await self._listen(message, clip, surroundings)
            case _:
                assert_never(message.content)
        understood = await self.interpreter.interpret(transcript, surroundings)
        if _misses_a_repo(understood.intent):
            surroundings = await self.directory.surroundings(person.id, anew=True)
            understood = await self.interpreter.interpret(transcript, surroundings)
        return replace(transcript, text=understood.text), understood

    async def _listen(self, message: InboundMessage, clip: AudioClip, surroundings: Surroundings) -> Transcript:
        began = time.monotonic()
        recording = clip if clip.data is not None else await self.recordings.fetch(clip)
        transcript = await self.transcriber.transcribe(recording, _hints(surroundings))
        _log.info("heard", message=str(message.id), ms=round((time.monotonic() - began) * 1000))
        return transcript

    async def _introduce(self, message: InboundMessage, known: Person | None) -> Reply:
        # Whoever is known stays who they are, and a code that links them is still good news when it is handled again.
        person = known or await self.directory.redeem(message)
        if person is not None:
            return wording.linked(person.name)
        if linking_code(message) is not None:
            return wording.bad_code()
        return wording.stranger(message.reply_to.channel.capitalize())


def _misses_a_repo(intent: Intent) -> bool:
    match intent:
        case Unclear(doubt):
            return doubt in {Doubt.UNKNOWN_REPO, Doubt.WHICH_REPO, Doubt.NO_REPOS}
        case _:
            return False


def _asks_for_help(message: InboundMessage) -> bool:
    match message.content:
        case Typed(text):
            return text.strip().lower() in {"/start", "/help", "help"}
        case _:
            return False


def _hints(surroundings: Surroundings) -> Vocabulary:
    return Vocabulary(
        repos=tuple(repo.name for repo in surroundings.repos),
        agents=tuple(agent.name for agent in surroundings.agents if agent.live),
    )


def _milliseconds_since(moment: datetime) -> int:
    return max(0, round((datetime.now(UTC) - moment).total_seconds() * 1000))
