"""Lays a reply out as Telegram messages: formatting by entities, so no text needs escaping, and no page too long."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from telegram import MessageEntity

from core.model.messages import Link, Reply

MAX_UNITS: Final = 4096
_MAX_DETAIL = 12_000
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one Telegram message; its first ``italic`` UTF-16 units are set in italics."""

    text: str
    italic: int = 0

    @property
    def entities(self) -> tuple[MessageEntity, ...]:
        """The formatting, as Telegram takes it."""
        return (MessageEntity(MessageEntity.ITALIC, 0, self.italic),) if self.italic else ()


def lay_out(reply: Reply, links: tuple[Link, ...] = ()) -> list[Page]:
    """The pages that say ``reply``, at least one. ``links`` are those to be written out below the text."""
    heard = _clean(f"I heard: {reply.heard}") if reply.heard else ""
    written = "\n".join(f"{link.label}: {link.url}" for link in links)
    rest = [_clean(block) for block in (reply.text, _abridge(reply.detail or ""), written)]
    text = "\n\n".join(filter(None, (heard, *rest)))
    pages = [_page(text, start, end, len(heard)) for start, end in _cut(text)]
    return pages or [Page(_ELLIPSIS)]


def shorten(pages: list[Page]) -> Page:
    """The first page, ending in an ellipsis when there is more: an edited message cannot become two."""
    first = pages[0]
    if len(pages) == 1:
        return first
    return Page(first.text[: _fit(first.text, 0, MAX_UNITS - 1)] + _ELLIPSIS, min(first.italic, MAX_UNITS - 1))


def _abridge(detail: str) -> str:
    # A flood of messages helps nobody, and Telegram stops one.
    return detail if len(detail) <= _MAX_DETAIL else detail[: _MAX_DETAIL - 1] + _ELLIPSIS


def _clean(text: str) -> str:
    """The text as Telegram keeps it, so that offsets and lengths mean the same to both of us."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    visible = re.sub(r"[\r\u2028-\u202e]", "", re.sub(r"[\x00-\x09\x0b\x0c\x0e-\x1f]", " ", whole)).strip()
    # Telegram refuses a message in which there is nothing to see.
    return visible if any(unicodedata.category(character)[0] in "LNPSM" for character in visible) else ""


def _page(text: str, start: int, end: int, italic: int) -> Page:
    return Page(text[start:end], _units(text[start : min(end, italic)]) if start < italic else 0)


def _cut(text: str) -> Iterator[tuple[int, int]]:
    """Where each page starts and ends: at the end of a line if possible, else of a word."""
    start = 0
    while start < len(text):
        end = _fit(text, start, MAX_UNITS)
        if end < len(text):
            end = _last_break(text, start, end)
        stop = start + len(text[start:end].rstrip())
        yield start, stop
        start = end + len(text[end:]) - len(text[end:].lstrip())


def _last_break(text: str, start: int, end: int) -> int:
    for separator in ("\n", " "):
        # A break in the first half would leave the page mostly empty.
        at = text.rfind(separator, start + (end - start) // 2, end)
        if at > 0:
            return at
    return end


def _fit(text: str, start: int, units: int) -> int:
    """The furthest end such that ``text[start:end]`` has at most so many UTF-16 units."""
    end = min(len(text), start + units)
    while (excess := _units(text[start:end]) - units) > 0:
        end -= (excess + 1) // 2
    return end


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
