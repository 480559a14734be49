"""The few files that the forge's pages load."""

from http import HTTPStatus
from importlib import resources
from typing import Final

from quart import Blueprint, Response

# The package, the file in it, and what it is.
_FILES: Final = {
    "forge.css": ("cadence.forge", "static/forge.css", "text/css; charset=utf-8"),
    "mark.svg": ("api", "web/static/mark.svg", "image/svg+xml"),
}


def add_assets(site: Blueprint) -> None:
    """Serve them from memory, read once: Quart leaves a file open when a browser hangs up at the wrong moment."""
    contents = {
        name: ((resources.files(package) / path).read_bytes(), media_type)
        for name, (package, path, media_type) in _FILES.items()
    }

    @site.get("/-/static/<name>")
    async def asset(name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        if name not in contents:
            return Response("", HTTPStatus.NOT_FOUND)
        content, media_type = contents[name]
        return Response(content, headers={"Cache-Control": "max-age=300"}, content_type=media_type)
