"""Commands of a file, understood one by one, written down, and scored where the file says what is right."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import track
from rich.table import Table

from cadence.evals.gold import Expected, GoldLine, read_gold
from cadence.evals.predictions import Prediction, predict
from cadence.evals.scoring import Score, score
from core.model.messages import Transcript
from core.voice.grammar import GrammarInterpreter
from core.voice.interpreter import Interpreter

Reader = Literal["grammar"]


def run_intents(gold: Path, out: Path, console: Console, reader: Reader, errors: int) -> None:
    """Understand every command of ``gold`` and write down what came of it; score it if the file has labels.

    ``errors`` is how many lines that were read wrong to list.
    """
    lines = read_gold(gold)
    predictions, seconds = asyncio.run(_predict_all(open_interpreter(reader), lines, console))
    out.write_text("".join(f"{prediction.as_json()}\n" for prediction in predictions), encoding="utf-8")
    console.print(_timing(seconds))
    labelled = [
        (line, prediction, line.expected)
        for line, prediction in zip(lines, predictions, strict=True)
        if line.expected is not None
    ]
    if labelled:
        show(score(labelled), console)
        _list_errors(labelled, console, errors)


def open_interpreter(reader: Reader) -> Interpreter:
    """What understands."""
    match reader:
        case "grammar":
            return GrammarInterpreter()


async def _predict_all(
    interpreter: Interpreter, lines: Sequence[GoldLine], console: Console
) -> tuple[list[Prediction], list[float]]:
    """The predictions, and how long each took in seconds."""
    predictions: list[Prediction] = []
    seconds: list[float] = []
    for line in track(lines, "Understanding", console=console, transient=True):
        transcript = Transcript(text=line.transcript, raw=line.transcript, provider="eval")
        begun = time.perf_counter()
        understood = await interpreter.interpret(transcript, line.surroundings)
        seconds.append(time.perf_counter() - begun)
        predictions.append(predict(line, understood))
    return predictions, seconds


def _timing(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"{len(ordered)} commands, p50 {middle * 1000:.1f} ms, p99 {late * 1000:.1f} ms"


def show(result: Score, console: Console) -> None:
    """The figures as tables."""
    figures = Table("figure", "right", "of", "share", title="Understanding")
    for name, ratio in result.ratios.items():
        share = "–" if ratio.share is None else f"{ratio.share:.1%}"
        figures.add_row(name, str(ratio.right), str(ratio.of), share)
    console.print(figures)
    danger = Table("dangerous errors", "would execute", "held by a question")
    for kind in sorted({error.kind for error in result.dangers}):
        of_kind = [error for error in result.dangers if error.kind == kind]
        held = sum(error.held for error in of_kind)
        danger.add_row(kind, str(len(of_kind) - held), str(held))
    if not result.dangers:
        danger.add_row("none", "0", "0")
    console.print(danger)
    tags = Table("tag", "lines", "intent", "frame", title="By kind of line")
    for tag, (of, intent, frame) in result.by_tag.items():
        tags.add_row(tag, str(of), f"{intent / of:.0%}", f"{frame / of:.0%}")
    console.print(tags)


def _list_errors(labelled: Sequence[tuple[GoldLine, Prediction, Expected]], console: Console, most: int) -> None:
    wrong = [
        (line, prediction, expected)
        for line, prediction, expected in labelled
        if not score([(line, prediction, expected)]).ratios["frame"].right
    ]
    for line, prediction, expected in wrong[:most]:
        console.print(f"{line.id} {line.transcript!r}", markup=False, highlight=False)
        console.print(f"   right    {expected.summary()}", markup=False, highlight=False)
        console.print(f"   was read {prediction.summary()}", markup=False, highlight=False)
