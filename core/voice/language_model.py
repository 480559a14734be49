"""The promise every language model keeps that reads commands for us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.model.command import ModelUsage


@dataclass(frozen=True, slots=True)
class Prompt:
    """``system`` stays the same from one command to the next; ``user`` is the command; ``schema`` is the answer's."""

    version: str
    system: str
    user: str
    schema: Mapping[str, Any]
    complaint: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said. ``whole`` is false when it refused, or was cut off."""

    text: str
    usage: ModelUsage
    whole: bool = True


class LanguageModel(Protocol):
    """Answers one prompt at a time."""

    async def answer(self, prompt: Prompt) -> Answer:
        """An answer in the prompt's schema, as far as the provider keeps it. Raises ProviderError."""
        ...
