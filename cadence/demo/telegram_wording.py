"""What Telegram does to the text and the buttons of a message, and what it refuses."""

import ipaddress
import re
from urllib.parse import urlsplit

from cadence.demo.telegram_exchange import Refused
from cadence.demo.telegram_parameters import ButtonGiven, EntityGiven, Keyboard
from cadence.demo.telegram_shapes import Button, Entity

_MAX_UNITS = 4096
_MAX_DATA_BYTES = 64


def accept_text(text: str) -> str:
    """The text as it is shown. Raises Refused when nothing is left of it, or too much."""
    shown = re.sub(r"[\r\u2028-\u202e]", "", re.sub(r"[\x00-\x09\x0b\x0c\x0e-\x1f]", " ", text)).strip()
    if not shown:
        raise Refused(400, "Bad Request: message text is empty")
    if _units(shown) > _MAX_UNITS:
        raise Refused(400, "Bad Request: message is too long")
    return shown


def accept_entities(given: list[EntityGiven], text: str) -> tuple[Entity, ...]:
    """The formatting. Raises Refused when it reaches beyond the text."""
    entities = tuple(Entity(entity.type, entity.offset, entity.length) for entity in given)
    if any(entity.offset + entity.length > _units(text) for entity in entities):
        raise Refused(400, "Bad Request: ENTITY_BOUNDS_INVALID")
    return entities


def accept_keyboard(keyboard: Keyboard | None) -> tuple[tuple[Button, ...], ...]:
    """The buttons. Raises Refused for one that Telegram would not show."""
    if keyboard is None:
        return ()
    return tuple(tuple(_accept_button(button) for button in row) for row in keyboard.inline_keyboard)


def _accept_button(button: ButtonGiven) -> Button:
    if button.url is not None:
        _check_url(button.url)
        return Button(button.text, url=button.url)
    if not 1 <= len((button.callback_data or "").encode()) <= _MAX_DATA_BYTES:
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return Button(button.text, token=button.callback_data)


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"}:
        raise Refused(400, f"Bad Request: inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if "." not in host:
        raise Refused(400, f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if not _is_public(host):
        raise Refused(400, "Bad Request: BUTTON_URL_INVALID")


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
