"""``cadence eval``: how well Cadence understands, measured. Each command imports what it needs when it is called."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Annotated, Literal

import structlog
import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Measure how well Cadence understands.")

Gold = Annotated[Path, typer.Option(help="What was said and the worlds it was said in, one JSON object a line.")]
Out = Annotated[Path, typer.Option(help="Where to write what was understood, one JSON object a line.")]
Interpreter = Annotated[Literal["grammar", "anthropic", "openai"], typer.Option(help="What understands.")]
Record = Annotated[Path | None, typer.Option(help="A folder to keep the model's answers in.")]
Replay = Annotated[Path | None, typer.Option(help="A folder of kept answers, used instead of asking a model.")]
Errors = Annotated[int, typer.Option(help="How much of what was read wrong to list.")]


@app.callback()
def measure() -> None:
    """Measure how well Cadence understands, on files of examples. Files with labels are scored."""
    # A line for each answer of a model would bury the tables.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@app.command()
def intents(
    gold: Gold,
    out: Out,
    *,
    interpreter: Interpreter = "grammar",
    record: Record = None,
    replay: Replay = None,
    errors: Errors = 0,
) -> None:
    """Understand single commands."""
    from cadence.evals.intents import run_intents  # noqa: PLC0415
    from cadence.evals.interpreters import open_reader  # noqa: PLC0415

    console = Console()
    run_intents(gold, out, console, open_reader(interpreter, record, replay), errors)


@app.command()
def dialogues(
    gold: Gold,
    out: Out,
    *,
    interpreter: Interpreter = "grammar",
    record: Record = None,
    replay: Replay = None,
    errors: Errors = 0,
) -> None:
    """Hold whole conversations."""
    from cadence.evals.dialogues import run_dialogues  # noqa: PLC0415
    from cadence.evals.interpreters import open_reader  # noqa: PLC0415

    console = Console()
    run_dialogues(gold, out, console, open_reader(interpreter, record, replay), errors)


@app.command()
def speech(
    corpus: Annotated[Path, typer.Option(help="A folder of recordings with a table (.tsv) of what is said in them.")],
    out: Annotated[Path, typer.Option(help="Where to write what was heard, one JSON object a line.")],
    *,
    transcriber: Annotated[str, typer.Option(help="Who listens: local, openai, deepgram, or several.")] = "local",
) -> None:
    """Hear recordings: word errors, names, and the intents that come of them."""
    from cadence.evals.speech import run_speech  # noqa: PLC0415
    from cadence.home import open_home  # noqa: PLC0415

    asyncio.run(run_speech(corpus, out, Console(), transcriber, open_home(os.environ).cache))


@app.command()
def retrieval(
    repo: Annotated[Path, typer.Option(help="A checkout, with its git history, or a bare repository.")],
    queries: Annotated[Path, typer.Option(help='Tasks, one {"id", "query"} a line.')],
    out: Annotated[Path, typer.Option(help="Where to write the ranked files, one JSON object a line.")],
    *,
    commit: Annotated[str, typer.Option(help="What to index.")] = "HEAD",
) -> None:
    """Find the files that tasks need in a repository."""
    from cadence.evals.retrieval import read_tasks, run_retrieval  # noqa: PLC0415

    asyncio.run(run_retrieval(repo, read_tasks(queries), out, Console(), commit))
