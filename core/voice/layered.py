"""The grammar first, where it is sure; then a model; and the grammar again when the model cannot be had."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

import structlog

from core.model.command import (
    CheckStatus,
    CreateAgent,
    Doubt,
    PauseAgent,
    ResumeAgent,
    StopAgent,
    Unclear,
)
from core.model.errors import ProviderError
from core.model.messages import Transcript
from core.voice.clauses import refuses
from core.voice.interpreter import Interpreter, Surroundings, Understanding

_log = structlog.get_logger(__name__)
_SURE: Final = 0.9
_SHORT: Final = 6
_REFUSES: Final = 0.8


@dataclass(slots=True)
class Breaker:
    """Asks nobody who has failed ``most`` times in a row, for so many ``seconds``."""

    most: int = 3
    seconds: float = 30.0
    _failures: int = 0
    _until: float = float("-inf")

    @property
    def open(self) -> bool:
        """Whether not to ask."""
        return time.monotonic() < self._until

    def worked(self) -> None:
        """It answered."""
        self._failures = 0

    def failed(self) -> None:
        """It did not."""
        self._failures += 1
        if self._failures >= self.most:
            self._until = time.monotonic() + self.seconds


@dataclass(frozen=True, slots=True)
class LayeredInterpreter:
    """Never fails: within ``seconds`` the model has answered, or the grammar has."""

    grammar: Interpreter
    model: Interpreter
    seconds: float = 4.0
    breaker: Breaker = field(default_factory=Breaker)

    async def interpret(self, transcript: Transcript, surroundings: Surroundings) -> Understanding:
        """As Interpreter."""
        plain = await self.grammar.interpret(transcript, surroundings)
        if self.breaker.open or _needs_no_model(plain, transcript.text):
            return plain
        try:
            async with asyncio.timeout(self.seconds):
                understood = await self.model.interpret(transcript, surroundings)
        except (ProviderError, TimeoutError) as problem:
            self.breaker.failed()
            _log.warning("model_not_asked", reason=str(problem) or "too slow", instead="grammar")
            return plain
        self.breaker.worked()
        return _agreed(understood, plain, transcript.text)


def _needs_no_model(plain: Understanding, text: str) -> bool:
    """A short order or question that the grammar is sure of, what only it knows, and what is no speech at all."""
    match plain.intent:
        case PauseAgent() | ResumeAgent() | StopAgent() | CheckStatus():
            return plain.confidence >= _SURE and len(text.split()) <= _SHORT
        case CreateAgent():
            return False
        case Unclear(doubt):
            return doubt is Doubt.WHAT_RHYTHM or not text.strip()
        case _:
            return True


def _agreed(understood: Understanding, plain: Understanding, text: str) -> Understanding:
    """The model's word, unless it would stop or hold something that the grammar is sure nobody asked for."""
    nothing = Unclear(Doubt.NOT_A_COMMAND)
    harms = isinstance(understood.intent, StopAgent | PauseAgent)
    if harms and plain.intent == nothing and (plain.confidence >= _REFUSES or refuses(text)):
        return Understanding(nothing, plain.confidence, understood.text, understood.usage)
    return understood
