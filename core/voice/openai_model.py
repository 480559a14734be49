"""OpenAI reads a command: the Responses API with a strict schema. Its prompts are cached by themselves."""

import time
from typing import Final

import openai

from core.model.command import ModelUsage
from core.model.errors import ProviderError
from core.voice.language_model import Answer, Prompt

_MOST_TOKENS: Final = 2000


class OpenAIModel:
    """One of OpenAI's models."""

    def __init__(self, client: openai.AsyncOpenAI, model: str) -> None:
        self._client = client
        self._model = model

    async def answer(self, prompt: Prompt) -> Answer:
        """As LanguageModel. Whoever waits for a reply does not wait for the SDK's own retries."""
        began = time.monotonic()
        try:
            response = await self._client.with_options(max_retries=0).responses.create(
                model=self._model,
                instructions=prompt.system,
                input=prompt.user if prompt.complaint is None else f"{prompt.user}\n\n{prompt.complaint}",
                max_output_tokens=_MOST_TOKENS,
                store=False,
                text={
                    "format": {"type": "json_schema", "name": "reading", "schema": dict(prompt.schema), "strict": True}
                },
            )
        except openai.APIError as error:
            raise ProviderError(f"OpenAI did not answer: {type(error).__name__}.") from error
        used = response.usage
        usage = ModelUsage(
            self._model,
            used.input_tokens if used else 0,
            used.output_tokens if used else 0,
            used.input_tokens_details.cached_tokens if used else 0,
            round((time.monotonic() - began) * 1000),
        )
        return Answer(response.output_text, usage, whole=response.status == "completed" and bool(response.output_text))
