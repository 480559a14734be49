"""A unified diff, taken apart into files and lines to be shown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

LineKind = Literal["added", "removed", "same", "hunk", "note"]

_HUNK: Final = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_KINDS: Final[dict[str, LineKind]] = {"+": "added", "-": "removed", " ": "same", "@": "hunk"}
_ESCAPE: Final = re.compile(rb"\\([0-7]{3}|.)")
_ESCAPED: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a file's diff with its number before and after, where it has one."""

    kind: LineKind
    text: str
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What happened to one file. ``notes`` are git's words on renames, modes and binary contents."""

    name: str
    lines: tuple[DiffLine, ...]
    notes: tuple[str, ...]

    @property
    def added(self) -> int:
        """How many lines were added."""
        return sum(line.kind == "added" for line in self.lines)

    @property
    def removed(self) -> int:
        """How many lines were removed."""
        return sum(line.kind == "removed" for line in self.lines)


def parse_diff(patch: str) -> tuple[FileDiff, ...]:
    """Take a whole ``git diff`` apart. A line of a file's content always has a sign or a space before it."""
    sections = re.split(r"^diff --git ", patch, flags=re.MULTILINE)[1:]
    return tuple(_file(section) for section in sections)


def _file(section: str) -> FileDiff:
    head, at, body = section.partition("\n@@ ")
    lines = tuple(_lines(f"{at[1:]}{body}")) if at else ()
    title, *rest = head.rstrip("\n").split("\n")
    return FileDiff(name=_name(title, rest), lines=lines, notes=tuple(line for line in rest if _is_note(line)))


def _is_note(line: str) -> bool:
    return not line.startswith(("index ", "--- ", "+++ ", "similarity ", "dissimilarity "))


def _name(title: str, head: list[str]) -> str:
    for mark, prefixed in (("+++ ", True), ("rename to ", False), ("--- ", True)):
        for line in head:
            if line.startswith(mark) and line != f"{mark}/dev/null":
                return _plain(line.removeprefix(mark), prefixed=prefixed)
    # Without such a line both names in the title are the same one.
    return _plain(title[: len(title) // 2], prefixed=True)


def _plain(name: str, *, prefixed: bool) -> str:
    """Undo git's quoting of a name and take ``a/`` or ``b/`` away."""
    # git ends a name that holds a space with a tab.
    name = name.rstrip("\t")
    if name.startswith('"') and name.endswith('"'):
        name = _ESCAPE.sub(_unescape, name[1:-1].encode()).decode(errors="replace")
    return name[2:] if prefixed else name


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if code.isdigit() else _ESCAPED.get(code, code)


def _lines(body: str) -> Iterator[DiffLine]:
    before = after = 0
    for line in body.removesuffix("\n").split("\n"):
        kind = _KINDS.get(line[:1], "note")
        if kind == "hunk" and (place := _HUNK.match(line)):
            before, after = int(place[1]), int(place[2])
        if kind in ("hunk", "note"):
            yield DiffLine(kind, line)
            continue
        old, new = kind != "added", kind != "removed"
        yield DiffLine(kind, line[1:].removesuffix("\r"), before if old else None, after if new else None)
        before, after = before + old, after + new
