"""The REST API's pull requests."""

import asyncio
from http import HTTPStatus
from typing import Final

from quart import Blueprint, Response, request

from cadence.forge.history import tip
from cadence.forge.ledger import Pull, PullLedger
from cadence.forge.opening import open_pull, read_opening
from cadence.forge.shapes import Ends, Json, Shapes
from cadence.forge.shelf import BareRepo, Shelf
from cadence.forge.state import read_state
from cadence.forge.wire import Unanswerable, answer_json, answer_page, found

_MOST_BODY: Final = 1 << 20


def add_pull_routes(api: Blueprint, shelf: Shelf, ledger: PullLedger, shapes: Shapes) -> None:
    """List, open and read pull requests."""

    async def shape(repo: BareRepo, pull: Pull) -> Json:
        state, ends = await asyncio.gather(read_state(repo), _ends(repo, pull))
        return shapes.pull(pull, state, ends)

    @api.get("/repos/<owner>/<name>/pulls")
    async def pulls(owner: str, name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        repo = found(shelf, owner, name)
        wanted = [pull for pull in await ledger.pulls(owner, name) if _asked_for(pull)]
        return answer_page(await asyncio.gather(*(shape(repo, pull) for pull in wanted)), shapes.base_url)

    @api.post("/repos/<owner>/<name>/pulls")
    async def create(owner: str, name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        repo = found(shelf, owner, name)
        pull = await open_pull(repo, ledger, read_opening(await _body()))
        return answer_json(await shape(repo, pull), HTTPStatus.CREATED)

    @api.get("/repos/<owner>/<name>/pulls/<int:number>")
    async def pull(owner: str, name: str, number: int) -> Response:  # pyright: ignore[reportUnusedFunction]
        repo = found(shelf, owner, name)
        wanted = await ledger.find(owner, name, number)
        if wanted is None:
            raise Unanswerable(HTTPStatus.NOT_FOUND, "Not Found")
        return answer_json(await shape(repo, wanted))


async def _ends(repo: BareRepo, pull: Pull) -> Ends:
    """The tips of both branches; for a branch that is gone, the commit recorded at the opening."""
    head, base = await asyncio.gather(tip(repo.path, pull.head), tip(repo.path, pull.base))
    return Ends(head or pull.head_commit, base or pull.start_commit)


def _asked_for(pull: Pull) -> bool:
    """Apply the query's filters. No pull request of the forge is ever closed, so ``closed`` finds nothing."""
    head, base = request.args.get("head"), request.args.get("base")
    return (
        request.args.get("state", "open") in ("open", "all")
        and (head is None or head == f"{pull.owner}:{pull.head}")
        and (base is None or base == pull.base)
    )


async def _body() -> bytes:
    body = bytearray()
    async for piece in request.body:
        body += piece
        if len(body) > _MOST_BODY:
            raise Unanswerable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
    return bytes(body)
