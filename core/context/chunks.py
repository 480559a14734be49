"""Cuts a file along its syntax into pieces of about a screen, and names what each of them defines."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from semble_grammars import (  # pyright: ignore[reportMissingTypeStubs]
    GrammarLoadError,
    LanguageNotFoundError,
    UnsupportedPlatformError,
    get_parser,
)
from tree_sitter import Node, Parser

_SIZE: Final = 2000  # Bytes, about 1,500 characters that are not white.
_DEEPEST: Final = 60
_LANGUAGES: Final = {
    ".py": "python", ".pyi": "python", ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript",
    ".cjs": "javascript", ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx", ".go": "go",
    ".rs": "rust", ".java": "java", ".kt": "kotlin", ".rb": "ruby", ".php": "php", ".c": "c", ".h": "c", ".cc": "cpp",
    ".cpp": "cpp", ".hpp": "cpp", ".cs": "csharp", ".swift": "swift", ".scala": "scala", ".lua": "lua", ".sh": "bash",
    ".ex": "elixir", ".exs": "elixir", ".dart": "dart", ".zig": "zig", ".hs": "haskell",
}  # fmt: skip
_OTHERS: Final = {
    ".md": "markdown", ".rst": "rst",
    ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml",
    ".html": "html", ".css": "css", ".scss": "css",
    ".sql": "sql", ".vue": "vue", ".svelte": "svelte", ".proto": "proto",
}  # fmt: skip
_DEFINES: Final = (
    "definition", "_declaration", "_item", "_spec", "variable_declarator", "method", "class", "module",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a file from ``start`` to before ``end``, with the names it defines."""

    start: int
    end: int
    symbols: tuple[str, ...] = ()


def language_of(path: str) -> str:
    """A file's language by its name's end; empty when it is none that we know."""
    suffix = PurePosixPath(path).suffix.lower()
    return _LANGUAGES.get(suffix) or _OTHERS.get(suffix, "")


def cut(content: bytes, language: str) -> list[Piece]:
    """The pieces of a file, which together are all of it. Without a grammar they are runs of lines."""
    parser = _parser(language) if language in set(_LANGUAGES.values()) else None
    if parser is None:
        return list(_by_lines(content, 0, len(content)))
    root = parser.parse(content).root_node
    pieces: list[Piece] = []
    for start, end in _merged(content, root):
        pieces += [Piece(start, end)] if end - start <= 2 * _SIZE else _by_lines(content, start, end)
    return _with_symbols(pieces, sorted(_definitions(root, 0)))


@lru_cache(maxsize=64)
def _parser(language: str) -> Parser | None:
    try:
        return get_parser(language)
    except (LanguageNotFoundError, GrammarLoadError, UnsupportedPlatformError):
        return None


def _merged(content: bytes, root: Node) -> Iterator[tuple[int, int]]:
    """Neighbours together, as long as they fit; a piece begins where the last one ended."""
    begun, ended = 0, 0
    for end in _ends(root, 0):
        if end - begun > _SIZE and ended > begun:
            yield begun, ended
            begun = ended
        ended = max(end, ended)
    if begun < len(content):
        yield begun, len(content)


def _ends(node: Node, depth: int) -> Iterator[int]:
    """Where a piece may end: after nodes that fit into one."""
    if node.end_byte - node.start_byte <= _SIZE or depth > _DEEPEST or not node.child_count:
        yield node.end_byte
        return
    for child in node.children:
        yield from _ends(child, depth + 1)


def _by_lines(content: bytes, start: int, end: int) -> Iterator[Piece]:
    while start < end:
        cut_at = end
        if end - start > _SIZE:
            cut_at = content.rfind(b"\n", start, start + _SIZE) + 1 or start + _SIZE
        yield Piece(start, cut_at)
        start = cut_at


def _definitions(node: Node, depth: int) -> Iterator[tuple[int, str]]:
    """Names that are defined outside of functions, and where."""
    for child in node.named_children:
        kind = child.type
        name = None
        if any(mark in kind for mark in _DEFINES):
            name = child.child_by_field_name("name") or child.child_by_field_name("declarator")
            if name is None and kind == "impl_item":
                name = child.child_by_field_name("type")
            if name is not None and name.text and len(name.text) < 80:  # noqa: PLR2004 -- A longer one is no name.
                yield child.start_byte, name.text.decode(errors="replace")
        if depth < 6 and ("function" not in kind or kind == "decorated_definition"):  # noqa: PLR2004 -- Deep enough.
            yield from _definitions(child, depth + 1)


def _with_symbols(pieces: list[Piece], definitions: list[tuple[int, str]]) -> list[Piece]:
    named: list[Piece] = []
    place = 0
    for piece in pieces:
        symbols: list[str] = []
        while place < len(definitions) and definitions[place][0] < piece.end:
            symbols.append(definitions[place][1])
            place += 1
        named.append(Piece(piece.start, piece.end, tuple(dict.fromkeys(symbols))))
    return named
