"""The forge: a small code host on this computer, for working without an account anywhere."""

from pathlib import Path

from quart import Quart

from cadence.forge.guard import guard
from cadence.forge.ledger import PullLedger
from cadence.forge.pages import pages
from cadence.forge.rest import rest_api
from cadence.forge.shelf import Shelf
from cadence.forge.smart_http import add_smart_http


def create_forge(root: Path, base_url: str, token: str) -> Quart:
    """Serve the repositories under ``root`` at ``base_url``: REST under ``/api/v3``, git, and pages to look at."""
    root.mkdir(parents=True, exist_ok=True)
    app = Quart(__name__, static_folder=None)
    # A push is streamed to git as it comes, however large it is.
    app.config["MAX_CONTENT_LENGTH"] = None
    shelf, ledger = Shelf(root), PullLedger(root / "pulls.sqlite3")
    guard(app)
    add_smart_http(app, shelf, token)
    app.register_blueprint(rest_api(shelf, ledger, base_url.rstrip("/"), token))
    app.register_blueprint(pages(shelf, ledger))
    return app
