"""GitHub, and whatever speaks its REST API: a self-hosted one, or the forge of this computer."""

from base64 import b64encode
from typing import Self
from urllib.parse import urlsplit

import httpx

from core.github.checks import FailedCheck, failed_checks, review_comments
from core.github.client import GitHubClient, Token, current
from core.github.pulls import PullRequest, PullRequestDraft, find_or_open, find_pull
from core.github.repos import get_author, get_repo, list_repos
from core.model.people import Author, Repo


class GitHub:
    """The code host behind ``url`` (git) and ``api_url`` (REST), as the owner of one token."""

    def __init__(self, url: str, api_url: str, token: Token, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self.client = GitHubClient(api_url, token, transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    @property
    def git_base(self) -> str:
        """See CodeHost."""
        return self._url

    async def git_authorization(self, owner: str) -> str | None:  # noqa: ARG002 (the token is the same everywhere)
        """See CodeHost. The token is the password of a user whose name GitHub ignores."""
        return f"Basic {b64encode(f'x-access-token:{await current(self._token)}'.encode()).decode()}"

    async def install_url(self) -> str | None:
        """See CodeHost."""
        return None

    async def author(self) -> Author | None:
        """See CodeHost."""
        return await get_author(self.client, urlsplit(self._url).hostname or "")

    async def list_repos(self) -> tuple[Repo, ...]:
        """See CodeHost."""
        return await list_repos(self.client)

    async def get_repo(self, owner: str, name: str) -> Repo | None:
        """See CodeHost."""
        return await get_repo(self.client, owner, name)

    async def find_pull(self, repo: Repo, head: str) -> PullRequest | None:
        """See CodeHost."""
        return await find_pull(self.client, repo, head)

    async def failed_checks(self, repo: Repo, commit: str) -> tuple[FailedCheck, ...]:
        """See CodeHost."""
        return await failed_checks(self.client, repo, commit)

    async def review_comments(self, repo: Repo, pull: int, review: int) -> str:
        """See CodeHost."""
        return await review_comments(self.client, repo, pull, review)

    async def open_pull(self, repo: Repo, draft: PullRequestDraft) -> PullRequest:
        """See CodeHost."""
        return await find_or_open(self.client, repo, draft)
