"""The one path from a message to a reply, whichever channel it came in by."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Protocol, assert_never
from uuid import uuid4

import structlog

from core.agents.desk import AgentDesk
from core.agents.directory import Directory, linking_code
from core.model.command import Doubt, Unclear, VoiceCommand
from core.model.context import Vocabulary
from core.model.dialogue import Asking, Pick, Step, Trust, Turn
from core.model.errors import Overtaken, ProviderError, Refusal
from core.model.messages import AudioClip, Channel, InboundMessage, Pressed, Reply, Spoken, Transcript, Typed
from core.model.people import Person
from core.replies import asking, wording
from core.replies.buttons import read_button
from core.voice.dialogue import Dialogue
from core.voice.interpreter import Surroundings
from core.voice.references import Heard
from core.voice.transcriber import Tell, Transcriber

_log = structlog.get_logger(__name__)
_TRIES: Final = 5
# Every recogniser knows these words; hints are few.
_COMMON_BRANCHES: Final = frozenset({"main", "master", "develop"})


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
    dialogue: Dialogue
    desk: AgentDesk

    async def handle(self, message: InboundMessage, tell: Tell | None = None) -> Reply:
        """Do what a message asks and say what came of it. Handling the same message again changes nothing more.

        ``tell`` is told how much of a long recording has been listened to, as a share, 0–1.
        """
        # Strangers cost nothing: who it is comes before what was said.
        person = await self.directory.identify(message)
        if person is None or linking_code(message) is not None:
            return await self._introduce(message, person)
        if _asks_for_help(message):
            return wording.welcome()
        try:
            return await self._handle(message, person, tell)
        except Refusal as refusal:
            return wording.refused(str(refusal))
        except ProviderError as error:
            _log.warning("provider_failed", message=str(message.id), error=str(error))
            return wording.try_again()

    async def _handle(self, message: InboundMessage, person: Person, tell: Tell | None) -> Reply:
        transcript: Transcript | None = None
        for _ in range(_TRIES):
            turn = await self.desk.turn(person, message)
            # What was handled before comes to the same, whatever has been said since.
            transcript = turn.transcript or transcript or await self._read(message, person, tell)
            surroundings, step = await self._step(message, person, turn, transcript)
            transcript = replace(transcript, text=step.said or transcript.text)
            command = _command(message, transcript, step)
            try:
                outcomes = await self.desk.carry_out(command, step, turn, person, message)
            except Overtaken:
                continue
            heard = transcript if isinstance(message.content, Spoken) else None
            return asking.reply(step, outcomes, surroundings.agents, heard)
        raise ProviderError("Somebody says something else again and again.")

    async def _read(self, message: InboundMessage, person: Person, tell: Tell | None) -> Transcript:
        match message.content:
            case Pressed(token):
                return Transcript(text="", raw=token, provider="button")
            case Typed(text):
                return Transcript(text=text, raw=text, provider="typed")
            case Spoken(clip):
                hints = _hints(person, await self.directory.surroundings(person.id))
                return await self._listen(message, clip, hints, tell)
            case _:
                assert_never(message.content)

    async def _step(
        self, message: InboundMessage, person: Person, turn: Turn, transcript: Transcript
    ) -> tuple[Surroundings, Step]:
        if turn.known is not None:
            return await self.directory.agents(person.id), turn.known
        if isinstance(message.content, Pressed):
            # A button says all there is to know: an agent can be stopped while the code host is away.
            return await self._press(person, turn, transcript, message.content.token)
        if isinstance(message.content, Spoken) and message.content.check:
            return await self.directory.agents(person.id), Step(turn.memory, (Unclear(Doubt.TO_BE_READ),))
        trust = Trust.CALLER_ID if message.reply_to.channel is Channel.PHONE else Trust.LINKED
        surroundings = await self.directory.surroundings(person.id)
        heard = Heard(transcript, surroundings, turn.memory, trust, datetime.now(UTC))
        step = await self.dialogue.step(heard)
        if _misses_a_repo(step):
            surroundings = await self.directory.surroundings(person.id, anew=True)
            step = await self.dialogue.step(replace(heard, surroundings=surroundings))
        return surroundings, step

    async def _press(self, person: Person, turn: Turn, transcript: Transcript, token: str) -> tuple[Surroundings, Step]:
        pressed = read_button(token)
        offers_repos = isinstance(pressed, Pick) and pressed.option is not None
        among = await (self.directory.surroundings if offers_repos else self.directory.agents)(person.id)
        heard = Heard(transcript, among, turn.memory, Trust.BUTTON, datetime.now(UTC))
        return among, self.dialogue.press(pressed, heard)

    async def _listen(
        self, message: InboundMessage, clip: AudioClip, hints: Vocabulary, tell: Tell | None
    ) -> Transcript:
        began = time.monotonic()
        recording = clip if clip.data is not None else await self.recordings.fetch(clip)
        transcript = await self.transcriber.transcribe(recording, hints, tell)
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


def _command(message: InboundMessage, transcript: Transcript, step: Step) -> VoiceCommand:
    return VoiceCommand(
        id=uuid4(),
        transcript=transcript,
        intent=step.acts[0] if step.acts else Unclear(Doubt.NOT_A_COMMAND),
        confidence=step.confidence,
        processing_ms=_milliseconds_since(message.received_at),
        timestamp=datetime.now(UTC),
        usage=step.usage,
    )


def _misses_a_repo(step: Step) -> bool:
    pending = step.memory.pending
    doubts = {act.doubt for act in step.acts if isinstance(act, Unclear)}
    if step.asked and pending is not None and isinstance(pending.question, Asking):
        doubts.add(pending.question.doubt)
    return bool(doubts & {Doubt.UNKNOWN_REPO, Doubt.WHICH_REPO, Doubt.NO_REPOS})


def _asks_for_help(message: InboundMessage) -> bool:
    match message.content:
        case Typed(text):
            return text.strip().lower() in {"/start", "/help", "help"}
        case _:
            return False


def _hints(person: Person, surroundings: Surroundings) -> Vocabulary:
    live = [agent for agent in surroundings.agents if agent.live]
    return Vocabulary(
        repos=tuple(repo.name for repo in surroundings.repos),
        agents=tuple(agent.name for agent in live),
        branches=tuple(dict.fromkeys(agent.branch for agent in live if agent.branch not in _COMMON_BRANCHES)),
        dictionary=person.dictionary,
        language=person.language,
    )


def _milliseconds_since(moment: datetime) -> int:
    return max(0, round((datetime.now(UTC) - moment).total_seconds() * 1000))
