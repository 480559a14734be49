"""Models' answers in a folder: kept while a provider is asked, and given again where there is none.

One file an answer, named after the prompt's version and all that was asked. Where an answer is missing, what would have
been asked is left beside its place, so that anybody can have it answered by whatever model they like: the answer is the
text alone, or a JSON object with a ``text``.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from core.model.command import ModelUsage
from core.model.errors import ProviderError
from core.voice.language_model import Answer, LanguageModel, Prompt


def key_of(prompt: Prompt) -> str:
    """The name of an answer: the same question to the same version of the prompt has the same one."""
    asked = "\n".join((prompt.version, prompt.user, prompt.complaint or ""))
    return hashlib.sha256(asked.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class RecordingModel:
    """Asks a model, and keeps what it says."""

    model: LanguageModel
    folder: Path

    async def answer(self, prompt: Prompt) -> Answer:
        """As LanguageModel."""
        answer = await self.model.answer(prompt)
        kept = {"text": answer.text, "model": answer.usage.model, "whole": answer.whole, "asked": prompt.user}
        _write(self.folder / f"{key_of(prompt)}.json", kept)
        return answer


@dataclass(frozen=True, slots=True)
class ReplayedModel:
    """Says what was kept. ``missing`` are the names of the answers that were not."""

    folder: Path
    missing: list[str] = field(default_factory=list[str])

    async def answer(self, prompt: Prompt) -> Answer:
        """As LanguageModel; raises ProviderError for what nobody has answered yet."""
        key = key_of(prompt)
        for path in (self.folder / f"{key}.json", self.folder / f"{key}.txt"):
            if path.is_file():
                return _read(path.read_text(encoding="utf-8"))
        self.missing.append(key)
        asked = {"system": prompt.system, "user": prompt.user, "complaint": prompt.complaint, "schema": prompt.schema}
        (self.folder / f"{key}.asked.json").write_text(
            json.dumps(asked, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        raise ProviderError(f"Nobody has answered {key}.")


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    model: str = "replayed"
    whole: bool = True


def _read(text: str) -> Answer:
    """An answer, whether it was kept with what surrounds it or alone."""
    try:
        kept = _Kept.model_validate_json(text)
    except ValidationError:
        kept = _Kept(text=text)
    return Answer(kept.text, ModelUsage(kept.model), whole=kept.whole)
