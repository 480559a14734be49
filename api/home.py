"""The app that ``cadence up`` opens on: a shell for everybody, and what it shows for whoever is signed in."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from quart import Blueprint, Response, ResponseReturnValue, abort, render_template, request

from api.auth import LocalSignIn
from api.contract import Answer, View, about, answers
from core.store.database import Database

_WEB: Final = Path(__file__).parent / "web"
_STATIC: Final = _WEB / "static"
# What the app consists of; the page of the API's description has its own.
_SHELL: Final = ("*.js", "vendor/*.js", "screens/*.js", "app.css", "mark.svg", "manifest.webmanifest", "icons/*.png")
# Scripts and styles are ours and in files; nothing comes from elsewhere.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self';"
    " worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class AboutView(View):
    """What this installation is connected to, and the machines that are there. ``telegram`` is the bot's address."""

    connected: tuple[str, ...]
    machines: list[str]
    telegram: str | None


def home_routes(
    sign_in: LocalSignIn,
    database: Database,
    connected: tuple[str, ...],
    telegram: Callable[[], str | None] | None = None,
) -> Blueprint:
    """The app, as files."""
    routes = Blueprint("home", __name__)
    shell = sorted({path for pattern in _SHELL for path in _STATIC.glob(pattern) if path.name != "sw.js"})
    addresses = [f"/static/{path.relative_to(_STATIC).as_posix()}" for path in shell]
    modules = [address for address in addresses if address.endswith(".js")]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in [*shell, _WEB / "app.html"])).hexdigest()[:16]
    worker = (
        (_STATIC / "sw.js").read_text().replace("VERSION", version).replace("FILES_LIST", json.dumps(["/", *addresses]))
    )

    @routes.get("/")
    async def home() -> ResponseReturnValue:
        signed_in = sign_in.sign_in()
        if signed_in is not None:
            return signed_in
        if "token" in request.args:
            abort(401, "That link is not good any more. Open the one that `cadence up` prints now.")
        page = Response(await render_template("app.html", modules=modules))
        page.headers["Content-Security-Policy"] = _POLICY
        page.headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
        return page

    @routes.get("/sw.js")
    async def service_worker() -> Response:
        answer = Response(worker, content_type="text/javascript; charset=utf-8")
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["Content-Security-Policy"] = _POLICY
        return answer

    @routes.get("/api/about")
    @answers(AboutView)
    @about("Health")
    async def about_this() -> Answer:
        """See what this installation is connected to."""
        async with database.transaction() as tx:
            machines = await tx.machines.names_seen()
        return AboutView(connected=connected, machines=machines, telegram=telegram() if telegram else None)

    return routes
