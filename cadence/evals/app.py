"""``cadence eval``: how well Cadence understands, measured. Each command imports what it needs when it is called."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Measure how well Cadence understands.")

Gold = Annotated[Path, typer.Option(help="What was said and the worlds it was said in, one JSON object a line.")]
Out = Annotated[Path, typer.Option(help="Where to write what was understood, one JSON object a line.")]


@app.callback()
def measure() -> None:
    """Measure how well Cadence understands, on files of examples. Files with labels are scored."""


@app.command()
def intents(
    gold: Gold,
    out: Out,
    *,
    interpreter: Annotated[Literal["grammar"], typer.Option(help="What understands.")] = "grammar",
    errors: Annotated[int, typer.Option(help="How many lines that were read wrong to list.")] = 0,
) -> None:
    """Understand single commands."""
    from cadence.evals.intents import run_intents  # noqa: PLC0415

    run_intents(gold, out, Console(), interpreter, errors)


@app.command()
def dialogues(
    gold: Gold,
    out: Out,
    *,
    interpreter: Annotated[Literal["grammar"], typer.Option(help="What understands.")] = "grammar",
    errors: Annotated[int, typer.Option(help="How many turns that were read wrong to list.")] = 0,
) -> None:
    """Hold whole conversations."""
    from cadence.evals.dialogues import run_dialogues  # noqa: PLC0415
    from cadence.evals.intents import open_interpreter  # noqa: PLC0415

    run_dialogues(gold, out, Console(), open_interpreter(interpreter), errors)
