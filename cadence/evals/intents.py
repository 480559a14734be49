"""Commands of a file, understood one by one, written down, and scored where the file says what is right."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from cadence.evals.gold import Expected, GoldLine, read_gold
from cadence.evals.predictions import Prediction, predict
from cadence.evals.scoring import Score, score
from core.model.messages import Transcript
from core.voice.interpreter import Interpreter

Opened = AbstractAsyncContextManager[Interpreter]


def run_intents(gold: Path, out: Path, console: Console, opened: Opened, errors: int) -> None:
    """Understand every command of ``gold`` and write down what came of it; score it if the file has labels.

    ``errors`` is how many lines that were read wrong to list.
    """
    lines = read_gold(gold)
    predictions: list[Prediction] = []
    try:
        seconds = asyncio.run(_predict_all(opened, lines, console, predictions))
        console.print(_timing(seconds))
    finally:
        out.write_text("".join(f"{prediction.as_json()}\n" for prediction in predictions), encoding="utf-8")
        _score(lines, predictions, console, errors)


def _score(lines: Sequence[GoldLine], predictions: Sequence[Prediction], console: Console, errors: int) -> None:
    labelled = [
        (line, prediction, line.expected)
        for line, prediction in zip(lines, predictions, strict=False)
        if line.expected is not None
    ]
    if labelled:
        show(score(labelled), console)
        _list_errors(labelled, console, errors)


async def _predict_all(
    opened: Opened, lines: Sequence[GoldLine], console: Console, predictions: list[Prediction]
) -> list[float]:
    """Add the predictions; how long each took in seconds."""
    seconds: list[float] = []
    async with opened as interpreter:
        for line in track(lines, "Understanding", console=console, transient=True):
            transcript = Transcript(text=line.transcript, raw=line.transcript, provider="eval")
            begun = time.perf_counter()
            understood = await interpreter.interpret(transcript, line.surroundings)
            seconds.append(time.perf_counter() - begun)
            predictions.append(predict(line, understood))
    return seconds


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
