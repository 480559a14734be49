"""What every route of the REST API answers with: JSON, a page of a list, or GitHub's way of saying no."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from quart import Response, jsonify, request

from cadence.forge.shapes import Json
from cadence.forge.shelf import BareRepo, Shelf

_MOST_PER_PAGE: Final = 100


class Unanswerable(Exception):
    """The request ends with this status and message."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def found(shelf: Shelf, owner: str, name: str) -> BareRepo:
    """The repository of that name. Raises Unanswerable when there is none."""
    repo = shelf.find(owner, name)
    if repo is None:
        raise Unanswerable(HTTPStatus.NOT_FOUND, "Not Found")
    return repo


def answer_json(body: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """An answer."""
    response = jsonify(body)
    response.status_code = status
    return response


def answer_page(items: Sequence[Json], base_url: str) -> Response:
    """The page of ``items`` that the query asks for, with a link to the next one."""
    size = max(1, min(request.args.get("per_page", 30, int), _MOST_PER_PAGE))
    number = max(1, request.args.get("page", 1, int))
    response = answer_json(items[(number - 1) * size : number * size])
    if number * size < len(items):
        link = f"{base_url}{request.path}?per_page={size}&page={number + 1}"
        response.headers["Link"] = f'<{link}>; rel="next"'
    return response
