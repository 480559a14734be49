"""Opening a pull request by GitHub's rules: both branches exist, there is something to merge, one per branch."""

from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from cadence.forge.history import common_ancestor, count_commits, tip
from cadence.forge.ledger import NewPull, Pull, PullLedger
from cadence.forge.shapes import Json, invalid
from cadence.forge.shelf import BareRepo

_Text = Annotated[str, Field(min_length=1, max_length=65_536)]


class Opening(BaseModel):
    """What the caller wants opened. ``head`` may carry its owner, as in ``local:topic``."""

    title: Annotated[str, Field(min_length=1, max_length=256)]
    head: _Text
    base: _Text
    body: Annotated[str, Field(max_length=65_536)] | None = None
    draft: bool = False


class Declined(Exception):
    """The pull request cannot be opened; ``answer`` is the body of the 422."""

    def __init__(self, answer: Json) -> None:
        super().__init__(str(answer))
        self.answer = answer


def read_opening(body: bytes) -> Opening:
    """Read a request's body. Raises Declined naming every field that is wrong."""
    try:
        return Opening.model_validate_json(body)
    except ValidationError as error:
        wrong = [
            {
                "field": str(detail["loc"][0]) if detail["loc"] else "body",
                "code": "missing_field" if detail["type"] == "missing" else "invalid",
            }
            for detail in error.errors()
        ]
        raise Declined(invalid(*wrong)) from error


async def open_pull(repo: BareRepo, ledger: PullLedger, opening: Opening) -> Pull:
    """Record the pull request. Raises Declined with GitHub's own words where GitHub would decline it."""
    head = opening.head.removeprefix(f"{repo.owner}:")
    head_commit = await _tip(repo, "head", head)
    base_commit = await _tip(repo, "base", opening.base)
    start = await common_ancestor(repo.path, base_commit, head_commit)
    if start is None:
        raise _custom(f"The {head} branch has no history in common with {opening.base}")
    if not await count_commits(repo.path, head_commit, base_commit):
        raise _custom(f"No commits between {opening.base} and {head}")
    new = NewPull(
        owner=repo.owner,
        name=repo.name,
        title=opening.title,
        body=opening.body or "",
        head=head,
        base=opening.base,
        draft=opening.draft,
        head_commit=head_commit,
        start_commit=start,
    )
    pull = await ledger.record(new)
    if pull is None:
        raise _custom(f"A pull request already exists for {repo.owner}:{head}.")
    return pull


async def _tip(repo: BareRepo, field: str, branch: str) -> str:
    commit = await tip(repo.path, branch)
    if commit is None:
        raise Declined(invalid({"field": field, "code": "invalid"}))
    return commit


def _custom(message: str) -> Declined:
    return Declined(invalid({"code": "custom", "message": message}))
