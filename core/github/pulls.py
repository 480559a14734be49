"""Exactly one pull request per branch, whatever happens to GitHub's answers."""

from dataclasses import dataclass
from typing import Final

import stamina
import structlog
from pydantic import BaseModel

from core.github.answers import PULL, PULLS, PullAnswer, read
from core.github.client import GitHubClient, Unprocessable
from core.github.repos import repo_path
from core.model.errors import ProviderError
from core.model.people import Repo

_LOOKS: Final = 4

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PullRequestDraft:
    """A pull request to be: ``head`` and ``base`` are branches of the same repository."""

    title: str
    body: str
    head: str
    base: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it stands. ``open`` is false once somebody has merged or closed it."""

    number: int
    url: str
    head: str
    open: bool
    draft: bool


class _Opening(BaseModel):
    title: str
    body: str
    head: str
    base: str
    draft: bool


class _NotVisibleYet(ProviderError):
    """GitHub says the pull request exists and does not list it yet."""


async def find_or_open(client: GitHubClient, repo: Repo, draft: PullRequestDraft) -> PullRequest:
    """Return the pull request of ``draft.head``, opened as a draft if there is none.

    One that a person has closed is returned too: opening a second would argue with them.
    Raises Refusal when GitHub declines it, ProviderError when asking again may help; asking again is always safe.
    """
    found = await find_pull(client, repo, draft.head)
    if found is not None:
        return found
    try:
        opened = await _open(client, repo, draft)
    except Unprocessable as error:
        if "already exists" not in str(error):
            raise
        return await _look_again(client, repo, draft.head)
    except ProviderError:
        # The answer may have been lost after the pull request was made.
        found = await find_pull(client, repo, draft.head)
        if found is None:
            raise
        return found
    _log.info("pull_request_opened", repo=repo.full_name, number=opened.number, draft=opened.draft)
    return opened


async def find_pull(client: GitHubClient, repo: Repo, head: str) -> PullRequest | None:
    """The pull request of ``head``: the open one if there is one, else the newest. None when there never was one."""
    query = {"head": f"{repo.owner}:{head}", "state": "all", "per_page": "100"}
    answers = read(PULLS, await client.get(f"{repo_path(repo.owner, repo.name)}/pulls", query))
    # GitHub ignores a filter that it cannot read, so the branch is compared here as well.
    pulls = [_pull(answer) for answer in answers if answer.head.ref == head]
    return max(pulls, key=lambda pull: (pull.open, pull.number), default=None)


async def _look_again(client: GitHubClient, repo: Repo, head: str) -> PullRequest:
    async for attempt in stamina.retry_context(on=_NotVisibleYet, attempts=_LOOKS, wait_initial=0.2):
        with attempt:
            found = await find_pull(client, repo, head)
            if found is None:
                raise _NotVisibleYet("GitHub says the pull request exists and does not list it yet.")
            return found
    raise AssertionError("stamina either returns or raises")


async def _open(client: GitHubClient, repo: Repo, draft: PullRequestDraft) -> PullRequest:
    try:
        return await _post(client, repo, draft, as_draft=True)
    except Unprocessable as error:
        # Private repositories on GitHub's free plan have no drafts.
        if "draft pull requests are not supported" not in str(error).lower():
            raise
        return await _post(client, repo, draft, as_draft=False)


async def _post(client: GitHubClient, repo: Repo, draft: PullRequestDraft, *, as_draft: bool) -> PullRequest:
    opening = _Opening(title=draft.title, body=draft.body, head=draft.head, base=draft.base, draft=as_draft)
    response = await client.post(f"{repo_path(repo.owner, repo.name)}/pulls", opening)
    return _pull(read(PULL, response))


def _pull(answer: PullAnswer) -> PullRequest:
    return PullRequest(
        number=answer.number,
        url=answer.html_url,
        head=answer.head.ref,
        open=answer.state == "open",
        draft=answer.draft,
    )
