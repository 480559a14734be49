"""Who may ask the forge for anything: this computer's own browser for pages, the holder of the token for the rest."""

import hmac
import ipaddress
from base64 import b64decode
from binascii import Error as NotBase64
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from quart import Quart, Request, Response, request

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def guard(app: Quart) -> None:
    """Answer only requests addressed to this computer: a page of the web that rebinds its name to us gets nothing."""

    @app.before_request
    async def refuse_other_hosts() -> Response | None:  # pyright: ignore[reportUnusedFunction]
        if is_loopback(request.headers.get("Host", "")):
            return None
        return Response("The forge answers on this computer only.\n", HTTPStatus.MISDIRECTED_REQUEST)

    @app.after_request
    async def add_headers(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction]
        response.headers.update(_HEADERS)
        return response


def is_loopback(host: str) -> bool:
    """Say whether a Host header names this computer."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def presented_token(asked: Request) -> str | None:
    """The token a request carries: as ``Bearer`` or ``token`` like GitHub's API, or as git's Basic password."""
    scheme, _, value = asked.headers.get("Authorization", "").partition(" ")
    match scheme.lower():
        case "bearer" | "token":
            return value.strip()
        case "basic":
            return _password(value)
        case _:
            return None


def same_token(presented: str, token: str) -> bool:
    """Compare in a time that tells nothing about the token."""
    return hmac.compare_digest(presented.encode(), token.encode())


def _password(value: str) -> str | None:
    try:
        return b64decode(value, validate=True).decode().partition(":")[2]
    except (NotBase64, UnicodeDecodeError):
        return None
