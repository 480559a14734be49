"""How quickly one thread looks for secrets. The baseline is turning the same text into bytes and back."""

import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from core.redaction.redactor import Redactor
from tests.secret_corpus import positives

TURNS = 5


def main() -> None:
    code = "".join(path.read_text(errors="replace") for path in Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    log = "\n".join(text for _, _, text, _ in positives(1, 4))
    redact = Redactor(["a-secret-that-is-known", "another-secret-that-is-known"])
    for name, text in (("source code", code), ("nothing but secrets", log)):
        size = len(text.encode()) / 1e6
        baseline, taken = best(lambda text=text: text.encode().decode()), best(lambda text=text: redact(text))
        print(f"{name:<22} {size:6.1f} MB   {size / taken:7.1f} MB/s   ({taken / baseline:6.1f}x the baseline)")
    began = time.process_time()
    for _ in range(10_000):
        redact("edits src/login.py and runs the tests")
    print(f"{'one step of an agent':<22} {(time.process_time() - began) / 10_000 * 1e6:10.1f} µs")


def best(work: Callable[[], object]) -> float:
    durations: list[float] = []
    for _ in range(TURNS):
        began = time.process_time()
        work()
        durations.append(time.process_time() - began)
    return min(durations)


if __name__ == "__main__":
    main()
