"""A folder of recordings with a table of what is said in them."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cadence.evals.gold import Context, GoldAgent
from core.model.agent import Status
from core.model.errors import Refusal

RECORDINGS: Final = frozenset(
    {".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".webm", ".mp3", ".wav", ".amr", ".3gp", ".flac", ".ulaw"}
)
_SPOKEN: Final = ("spoken", "text", "transcript")
_MEDIA_TYPES: Final = {".ulaw": "audio/x-mulaw"}


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line of the table. ``spoken`` is empty where nobody speaks; ``repo`` is the one named, without its owner."""

    id: str
    spoken: str
    intent: str | None
    repo: str | None


@dataclass(frozen=True, slots=True)
class SpokenNote:
    """One recording of a line."""

    line: SpokenLine
    file: Path

    @property
    def media_type(self) -> str:
        """What a platform would call it."""
        return _MEDIA_TYPES.get(self.file.suffix.lower(), "application/octet-stream")


@dataclass(frozen=True, slots=True)
class SpeechCorpus:
    """The recordings, and the world in which they are spoken."""

    notes: tuple[SpokenNote, ...]
    context: Context


def read_speech(folder: Path) -> SpeechCorpus:
    """The corpus in a folder.

    Its one ``.tsv`` has the columns ``id`` and ``spoken`` (or ``text``, or ``transcript``), and, where they are known,
    ``intent``, ``repo`` or ``entities`` (JSON), and ``file``. Without ``file``, every recording below the folder that
    is called like the id is one of that line; ``repos.txt`` names the repositories there are. Raises Refusal for a
    folder that is no corpus.
    """
    rows = _rows(folder)
    below = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in RECORDINGS]
    notes = tuple(
        SpokenNote(_line(row), file)
        for row in rows
        for file in ([folder / row["file"]] if row.get("file") else [path for path in below if path.stem == row["id"]])
    )
    if not notes:
        raise Refusal(f"There are no recordings below {folder} that its table tells of.")
    return SpeechCorpus(notes, _context(folder, rows))


def _rows(folder: Path) -> list[dict[str, str]]:
    for table in sorted(folder.glob("*.tsv")):
        with table.open(encoding="utf-8", newline="") as file:
            # A quotation mark in what somebody says is only that.
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            names = set(reader.fieldnames or ())
            if names & set(_SPOKEN) and names & {"id", "file"} and "hyp" not in names:
                return [{**row, "id": row.get("id") or Path(row["file"]).stem} for row in reader]
    raise Refusal(f"{folder} has no table (.tsv) with the columns id and spoken.")


def _line(row: Mapping[str, str]) -> SpokenLine:
    spoken = next((row[name] for name in _SPOKEN if name in row), "")
    repo = row.get("repo") or _entities(row).get("repo")
    return SpokenLine(row["id"], spoken, row.get("intent") or None, repo.rsplit("/", 1)[-1] if repo else None)


def _entities(row: Mapping[str, str]) -> dict[str, Any]:
    try:
        return json.loads(row.get("entities") or "{}")
    except ValueError as error:
        raise Refusal(f"The entities of line {row['id']} are no JSON.") from error


def _context(folder: Path, rows: list[dict[str, str]]) -> Context:
    """The repositories, and an agent at work on each; agents named by number are there, too."""
    listed = folder / "repos.txt"
    lines = listed.read_text(encoding="utf-8").split() if listed.is_file() else []
    repos = tuple(dict.fromkeys([*lines, *(repo for row in rows if (repo := _line(row).repo))]))
    full = tuple(name if "/" in name else f"acme/{name}" for name in repos)
    numbers = [number for row in rows if isinstance(number := _entities(row).get("agent"), int)]
    taken = set(numbers)
    free = (number for number in range(100, 100 + len(full)) if number not in taken)
    agents = [*zip(free, full, strict=False), *((number, full[number % len(full)]) for number in sorted(taken) if full)]
    return Context(
        repos=full,
        agents=tuple(
            GoldAgent(id=str(number), number=number, repo=repo, task="", status=Status.RUNNING)
            for number, repo in agents
        ),
    )
