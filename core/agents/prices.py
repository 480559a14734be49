"""What model calls cost, from the usage that their answers report."""

import json
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from core.agents.models import Price


class _Usage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None

    def prompt_tokens(self) -> int:
        return sum(
            part or 0 for part in (self.input_tokens, self.cache_read_input_tokens, self.cache_creation_input_tokens)
        )


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    usage: _Usage | None = None


class _Frame(_Message):
    message: _Message | None = None


@dataclass(slots=True)
class UsageMeter:
    """Reads one answer of the Messages API as it passes, streamed or whole, and knows what it cost."""

    price: Price
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
        price, usage = self.price, self._usage
        return (
            price.input_for(usage.prompt_tokens()) * (usage.input_tokens or 0)
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
