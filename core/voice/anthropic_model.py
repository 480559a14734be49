"""Claude reads a command: the Messages API with structured output and a cached system prompt."""

import time
from typing import Final

import anthropic
from anthropic.types import MessageParam, TextBlockParam

from core.model.command import ModelUsage
from core.model.errors import ProviderError
from core.voice.language_model import Answer, Prompt

_MOST_TOKENS: Final = 700
_WHOLE: Final = "end_turn"


class AnthropicModel:
    """One of Anthropic's models."""

    def __init__(self, client: anthropic.AsyncAnthropic, model: str) -> None:
        self._client = client
        self._model = model

    async def answer(self, prompt: Prompt) -> Answer:
        """As LanguageModel. Whoever waits for a reply does not wait for the SDK's own retries."""
        system: list[TextBlockParam] = [
            {"type": "text", "text": prompt.system, "cache_control": {"type": "ephemeral"}},
        ]
        messages: list[MessageParam] = [{"role": "user", "content": _content(prompt)}]
        began = time.monotonic()
        try:
            message = await self._client.with_options(max_retries=0).messages.create(
                model=self._model,
                max_tokens=_MOST_TOKENS,
                system=system,
                messages=messages,
                output_config={"format": {"type": "json_schema", "schema": dict(prompt.schema)}},
            )
        except anthropic.APIError as error:
            raise ProviderError(f"Claude did not answer: {type(error).__name__}.") from error
        usage = message.usage
        cached = usage.cache_read_input_tokens or 0
        return Answer(
            "".join(block.text for block in message.content if block.type == "text"),
            ModelUsage(
                self._model,
                usage.input_tokens + cached + (usage.cache_creation_input_tokens or 0),
                usage.output_tokens,
                cached,
                round((time.monotonic() - began) * 1000),
            ),
            whole=message.stop_reason == _WHOLE,
        )


def _content(prompt: Prompt) -> str:
    return prompt.user if prompt.complaint is None else f"{prompt.user}\n\n{prompt.complaint}"
