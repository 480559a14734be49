"""Which models there are, what they cost, and what takes the place of those that are gone: a table in a file."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.model.errors import Refusal

_log = structlog.get_logger(__name__)
_LONG_PROMPT: Final = 100_000


class Price(BaseModel):
    """US dollars per million tokens. ``input_of_long_prompts`` holds above 100,000 tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cache_read: float = Field(ge=0)
    cache_write: float = Field(ge=0)
    input_of_long_prompts: float | None = Field(default=None, ge=0)

    def input_for(self, prompt_tokens: int) -> float:
        """The price of a token that is read, in a prompt of this length."""
        long = self.input_of_long_prompts is not None and prompt_tokens > _LONG_PROMPT
        return self.input_of_long_prompts if long and self.input_of_long_prompts is not None else self.input


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    models: dict[str, Price] = {}
    aliases: dict[str, str] = {}
    retired: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Models:
    """The table."""

    prices: dict[str, Price]
    aliases: dict[str, str]
    retired: dict[str, str]

    def current(self, name: str) -> str:
        """The id that a setting means: aliases are looked up, and what is retired is replaced, which the log says."""
        named = self.aliases.get(name, name)
        successor = self.retired.get(named)
        if successor is not None:
            _log.warning("model_retired", model=named, instead=successor)
            return successor
        if named not in self.prices:
            _log.warning("model_without_price", model=named, priced_as="the dearest model that is known")
        return named

    def price(self, model: str) -> Price:
        """What a model costs. One that is not in the table counts as the dearest: money is never underestimated."""
        return self.prices.get(model) or max(self.prices.values(), key=lambda price: price.output)


def load_models(own: Path | None = None) -> Models:
    """The table that comes with Cadence, with the entries of the file ``own`` on top. Raises Refusal for a bad file."""
    shipped = _read((resources.files("core.agents") / "models.toml").read_text(encoding="utf-8"), "models.toml")
    if own is None:
        return Models(shipped.models, shipped.aliases, shipped.retired)
    try:
        added = _read(own.read_text(encoding="utf-8"), str(own))
    except OSError as error:
        raise Refusal(f"CADENCE_MODELS names {own}, which cannot be read: {error.strerror}.") from None
    return Models(
        shipped.models | added.models, shipped.aliases | added.aliases, _still(shipped.retired, added) | added.retired
    )


def _still(retired: dict[str, str], added: _Table) -> dict[str, str]:
    """Whoever gives a model a price has it."""
    return {model: successor for model, successor in retired.items() if model not in added.models}


def _read(text: str, name: str) -> _Table:
    try:
        return _Table.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{name} is no TOML: {error}.") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise Refusal(f"{name} is no table of models: {where}: {problem['msg']}.") from None
