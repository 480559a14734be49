"""What model calls cost, from the usage that their answers report."""

import json
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens. Source: the figures that Claude Code 2.1.330 bills by."""

    input: float
    output: float
    cache_read: float
    cache_write: float


_PRICES: Final[dict[str, Price]] = {
    "claude-opus-5-5": Price(4, 20, 0.2, 5),
    "claude-sonnet-5-5": Price(2, 10, 0.1, 2.5),
    "claude-haiku-5-5": Price(0.1, 0.5, 0.01, 0.125),
}
# A model that we have no price for is counted as the dearest that we know: money is never underestimated.
_UNKNOWN: Final = _PRICES["claude-opus-5-5"]


class _Usage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    usage: _Usage | None = None


class _Frame(_Message):
    message: _Message | None = None


@dataclass(slots=True)
class UsageMeter:
    """Reads one answer of the Messages API as it passes, streamed or whole, and knows what it cost."""

    model: str
    _rest: bytes = b""
    _usage: _Usage = field(default_factory=_Usage)

    def feed(self, chunk: bytes) -> None:
        """The next bytes of the answer."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._read(line)

    def dollars(self) -> float:
        """What the answer has cost so far."""
        self._read(self._rest)
        price, usage = _PRICES.get(self.model, _UNKNOWN), self._usage
        return (
            price.input * (usage.input_tokens or 0)
            + price.output * (usage.output_tokens or 0)
            + price.cache_read * (usage.cache_read_input_tokens or 0)
            + price.cache_write * (usage.cache_creation_input_tokens or 0)
        ) / 1_000_000

    def _read(self, line: bytes) -> None:
        body = line.removeprefix(b"data:").strip()
        if not body.startswith(b"{") or b'"usage"' not in body:
            return
        try:
            frame = _Frame.model_validate(json.loads(body))
        except (ValueError, ValidationError):
            return  # Not ours to judge: the answer is passed on as it is.
        usage = frame.usage or (frame.message.usage if frame.message else None)
        if usage is not None:
            # Later figures of a stream replace earlier ones; what they leave out stays.
            self._usage = self._usage.model_copy(update=usage.model_dump(exclude_none=True))
