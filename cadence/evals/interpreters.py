"""What understands in a measurement: the grammar, a model at its provider, or a model's kept answers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from cadence.evals.recordings import RecordingModel, ReplayedModel
from core.model.errors import Refusal
from core.senses import open_language_model
from core.settings import UnderstandingSettings
from core.voice.grammar import GrammarInterpreter
from core.voice.interpreter import Interpreter
from core.voice.layered import Breaker, LayeredInterpreter
from core.voice.model_interpreter import ModelInterpreter

Reader = Literal["grammar", "anthropic", "openai"]
_PATIENCE = 60.0
# A measurement goes on asking, whatever fails.
_MOST_FAILURES = 1_000_000


@asynccontextmanager
async def open_reader(
    reader: Reader, record: Path | None = None, replay: Path | None = None
) -> AsyncGenerator[Interpreter]:
    """The interpreter to measure, as it is used everywhere, with more patience.

    Raises Refusal for a folder that is not there, a missing key, and kept answers of which some are missing.
    """
    for folder in (record, replay):
        if folder is not None and not folder.is_dir():
            raise Refusal(f"There is no folder {folder}.")
    grammar = GrammarInterpreter()
    if replay is not None:
        kept = ReplayedModel(replay)
        yield LayeredInterpreter(grammar, ModelInterpreter(kept), _PATIENCE, Breaker(_MOST_FAILURES))
        if kept.missing:
            raise Refusal(
                f"{len(set(kept.missing))} answers were missing, and the grammar stood in for them: what was to be"
                f" asked is in {replay}, in files that end in .asked.json; put each answer there as a .json or a .txt."
            )
        return
    settings = UnderstandingSettings(interpreter=reader)  # pyright: ignore[reportCallIssue] (it has a default)
    async with open_language_model(settings) as model:
        if model is None:
            yield grammar
        else:
            asked = RecordingModel(model, record) if record is not None else model
            yield LayeredInterpreter(grammar, ModelInterpreter(asked), _PATIENCE, Breaker(_MOST_FAILURES))
