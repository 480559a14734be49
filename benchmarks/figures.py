"""Measures, and prints what was measured next to its baseline."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence


def report(name: str, seconds: Sequence[float], baseline: Sequence[float]) -> None:
    """One line: percentiles in milliseconds, and their ratios to the baseline's of the same run."""
    cuts, base = statistics.quantiles(seconds, n=100), statistics.quantiles(baseline, n=100)
    parts = [
        f"p{percent} {cuts[percent - 1] * 1000:8.1f} ms ({cuts[percent - 1] / base[percent - 1]:6.1f}x)"
        for percent in (50, 95, 99)
    ]
    print(f"{name:<46} {'   '.join(parts)}   n={len(seconds)}")


async def timed(times: int, work: Callable[[], Awaitable[None]]) -> list[float]:
    """How long each of so many turns takes, in seconds."""
    durations: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        durations.append(time.perf_counter() - began)
    return durations
