"""The few files that the forge's pages load."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from quart import Blueprint, Response

_TYPES: Final = {"forge.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}


def add_assets(site: Blueprint) -> None:
    """Serve them from memory, read once: Quart leaves a file open when a browser hangs up at the wrong moment."""
    folder = Path(__file__).with_name("static")
    contents = {name: (folder / name).read_bytes() for name in _TYPES}

    @site.get("/-/static/<name>")
    async def asset(name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        if name not in contents:
            return Response("", HTTPStatus.NOT_FOUND)
        headers = {"Cache-Control": "max-age=300"}
        return Response(contents[name], headers=headers, content_type=_TYPES[name])
