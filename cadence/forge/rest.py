"""GitHub's REST API, as far as Cadence calls it, over the repositories of this computer."""

from http import HTTPStatus
from typing import Final

from quart import Blueprint, Response, request

from cadence.forge.guard import presented_token, same_token
from cadence.forge.ledger import PullLedger
from cadence.forge.opening import Declined
from cadence.forge.rest_pulls import add_pull_routes
from cadence.forge.shapes import Shapes, problem
from cadence.forge.shelf import Shelf
from cadence.forge.state import read_state, read_states
from cadence.forge.wire import Unanswerable, answer_json, answer_page, found

LOCAL_OWNER: Final = "local"


def rest_api(shelf: Shelf, ledger: PullLedger, base_url: str, token: str) -> Blueprint:
    """The routes under ``/api/v3``, for the holder of the token."""
    api = Blueprint("rest", __name__, url_prefix="/api/v3")
    shapes = Shapes(base_url)

    @api.before_request
    async def authenticate() -> None:  # pyright: ignore[reportUnusedFunction]
        presented = presented_token(request)
        if presented is None:
            raise Unanswerable(HTTPStatus.UNAUTHORIZED, "Requires authentication")
        if not same_token(presented, token):
            raise Unanswerable(HTTPStatus.UNAUTHORIZED, "Bad credentials")

    _add_repo_routes(api, shelf, shapes)
    add_pull_routes(api, shelf, ledger, shapes)
    _add_refusals(api)
    return api


def _add_repo_routes(api: Blueprint, shelf: Shelf, shapes: Shapes) -> None:
    @api.get("/user")
    async def user() -> Response:  # pyright: ignore[reportUnusedFunction]
        return answer_json(shapes.user(LOCAL_OWNER))

    @api.get("/user/repos")
    async def repos() -> Response:  # pyright: ignore[reportUnusedFunction]
        states = await read_states(shelf.repos())
        return answer_page([shapes.repo(state) for state in states], shapes.base_url)

    @api.get("/repos/<owner>/<name>")
    async def repo(owner: str, name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        return answer_json(shapes.repo(await read_state(found(shelf, owner, name))))


def _add_refusals(api: Blueprint) -> None:
    @api.errorhandler(Unanswerable)
    async def explain(error: Unanswerable) -> Response:  # pyright: ignore[reportUnusedFunction]
        return answer_json(problem(error.status, error.message), error.status)

    @api.errorhandler(Declined)
    async def decline(error: Declined) -> Response:  # pyright: ignore[reportUnusedFunction]
        return answer_json(error.answer, HTTPStatus.UNPROCESSABLE_ENTITY)

    @api.route("/<path:_anything>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def nothing(_anything: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        raise Unanswerable(HTTPStatus.NOT_FOUND, "Not Found")
