"""The promise every way of understanding keeps."""

from dataclasses import dataclass
from typing import Protocol

from core.model.agent import Agent
from core.model.command import Intent, ModelUsage
from core.model.messages import Transcript
from core.model.people import Repo


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the person could be talking about: their repos, their agents newest first, their default repo.

    ``open_question`` is what we have just asked them, in words.
    """

    repos: tuple[Repo, ...] = ()
    agents: tuple[Agent, ...] = ()
    default_repo: Repo | None = None
    open_question: str | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """An intent and how sure we are of it, 0–1. ``text`` is the transcript with known names put right.

    ``usage`` is what a language model took for it.
    """

    intent: Intent
    confidence: float
    text: str
    usage: ModelUsage | None = None


class Interpreter(Protocol):
    """Turns words into an intent."""

    async def interpret(self, transcript: Transcript, surroundings: Surroundings) -> Understanding:
        """Find the intent. What cannot be understood is ``Unclear``, never an error and never a guess.

        Raises ProviderError when a provider that it needs fails.
        """
        ...
