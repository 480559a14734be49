"""The pages a person opens in a browser: the repositories, one repository, one pull request."""

import asyncio
from http import HTTPStatus

from quart import Blueprint, Response, render_template

from cadence.forge.assets import add_assets
from cadence.forge.history import branches, commits
from cadence.forge.ledger import PullLedger
from cadence.forge.markdown import render_markdown
from cadence.forge.pull_view import view_pull
from cadence.forge.reveal import reveal
from cadence.forge.shelf import BareRepo, Shelf
from cadence.forge.state import read_state, read_states


def pages(shelf: Shelf, ledger: PullLedger) -> Blueprint:
    """The pages. They only read, and need no token on this computer."""
    site = Blueprint("pages", __name__, template_folder="templates")
    add_assets(site)
    site.add_app_template_filter(reveal)
    site.add_app_template_filter(render_markdown, "markdown")

    @site.get("/")
    async def index() -> str:  # pyright: ignore[reportUnusedFunction]
        return await render_template("index.html", states=await read_states(shelf.repos()))

    @site.get("/<owner>/<name>")
    async def repo(owner: str, name: str) -> str | Response:  # pyright: ignore[reportUnusedFunction]
        found = shelf.find(owner, name)
        return await _missing() if found is None else await _repo_page(found, ledger)

    @site.get("/<owner>/<name>/pull/<int:number>")
    async def pull(owner: str, name: str, number: int) -> str | Response:  # pyright: ignore[reportUnusedFunction]
        found = shelf.find(owner, name)
        wanted = await ledger.find(owner, name, number)
        if found is None or wanted is None:
            return await _missing()
        return await render_template("pull.html", repo=found, view=await view_pull(found, wanted))

    @site.app_errorhandler(HTTPStatus.NOT_FOUND)
    async def missing(_error: Exception) -> Response:  # pyright: ignore[reportUnusedFunction]
        return await _missing()

    return site


async def _repo_page(repo: BareRepo, ledger: PullLedger) -> str:
    state, tips, pulls = await asyncio.gather(
        read_state(repo), branches(repo.path), ledger.pulls(repo.owner, repo.name)
    )
    known = state.default_branch in {branch.name for branch in tips}
    history = await commits(repo.path, f"refs/heads/{state.default_branch}", limit=30) if known else ()
    return await render_template("repo.html", state=state, branches=tips, pulls=pulls, commits=history)


async def _missing() -> Response:
    return Response(await render_template("missing.html"), HTTPStatus.NOT_FOUND)
