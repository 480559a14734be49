"""GitHub as an app that people install on their accounts: each installation has its own token, for an hour."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import httpx
import jwt
from pydantic import SecretStr

from core.github.answers import APP, GRANT, INSTALLATIONS, GrantAnswer, InstallationAnswer, read
from core.github.checks import FailedCheck
from core.github.client import BadToken, GitHubClient, NotOnGitHub
from core.github.github import GitHub
from core.github.pulls import PullRequest, PullRequestDraft
from core.github.repos import MOST_REPOS, list_installed
from core.model.errors import Refusal
from core.model.people import Access, Author, Repo

_PROOF_SECONDS: Final = 540  # GitHub takes ten minutes at most, by its own clock.
_CLOCKS_DIFFER_SECONDS: Final = 60
_FRESH_SECONDS: Final = 60.0
_TO_SPARE: Final = timedelta(minutes=10)  # A push that has begun must not run out of its token.


@dataclass(frozen=True, slots=True)
class AppKey:
    """What the app proves itself with: its id, and its private key as PEM."""

    app_id: str
    pem: SecretStr

    async def proof(self) -> str:
        """A token for the next minutes. Raises Refusal when the key is none."""
        now = int(time.time())
        claims = {"iss": self.app_id, "iat": now - _CLOCKS_DIFFER_SECONDS, "exp": now + _PROOF_SECONDS}
        try:
            return jwt.encode(claims, self.pem.get_secret_value(), algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise Refusal("GITHUB_APP_PRIVATE_KEY is no private key: set the text of the .pem file.") from None


@dataclass(slots=True)
class _Installation:
    """The app on one account."""

    app: "GitHubApp"
    id: int
    writes: bool = False
    github: GitHub = field(init=False)
    _grant: GrantAnswer | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.github = GitHub(self.app.url, self.app.api_url, self.token, self.app.transport)

    async def token(self) -> str:
        """One that is good for some minutes yet."""
        async with self._turn:
            if self._grant is None or self._grant.expires_at - datetime.now(UTC) < _TO_SPARE:
                async with self.app.as_itself() as client:
                    self._grant = read(GRANT, await client.post(f"/app/installations/{self.id}/access_tokens"))
            return self._grant.token

    def as_it_may(self, repo: Repo) -> Repo:
        """GitHub does not say of a repository what the app may do with it: that is the same in the whole account."""
        return repo if repo.access is Access.ARCHIVED else replace(repo, access=self._access)

    @property
    def _access(self) -> Access:
        return Access.WRITE if self.writes else Access.READ


@dataclass(slots=True)
class GitHubApp:
    """A CodeHost: every account's repositories, through the app's installation there."""

    url: str
    api_url: str
    key: AppKey
    transport: httpx.AsyncBaseTransport | None = None
    _by_owner: dict[str, _Installation] = field(default_factory=dict[str, _Installation])
    _listed_at: float = float("-inf")
    _install_url: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for installation in self._by_owner.values():
            await installation.github.close()

    @asynccontextmanager
    async def as_itself(self) -> AsyncGenerator[GitHubClient, None]:
        """The API as the app, which may say where it is installed, and get tokens for there."""
        async with GitHubClient(self.api_url, self.key.proof, self.transport) as client:
            try:
                yield client
            except BadToken:
                raise Refusal("GitHub refuses the app: is GITHUB_APP_PRIVATE_KEY the key of GITHUB_APP_ID?") from None

    @property
    def git_base(self) -> str:
        """See CodeHost."""
        return self.url.rstrip("/")

    async def git_authorization(self, owner: str) -> str | None:
        """See CodeHost."""
        return await (await self._on(owner)).github.git_authorization(owner)

    async def install_url(self) -> str | None:
        """See CodeHost."""
        if self._install_url is None:
            async with self.as_itself() as client:
                self._install_url = f"{read(APP, await client.get('/app')).html_url}/installations/new"
        return self._install_url

    async def author(self) -> Author | None:
        """See CodeHost. An app is nobody."""
        return None

    async def list_repos(self) -> tuple[Repo, ...]:
        """See CodeHost."""
        found: list[Repo] = []
        for installation in (await self._installations(anew=True)).values():
            found += [installation.as_it_may(repo) for repo in await list_installed(installation.github.client)]
        return tuple(sorted(found, key=lambda repo: repo.access is not Access.WRITE)[:MOST_REPOS])

    async def get_repo(self, owner: str, name: str) -> Repo | None:
        """See CodeHost."""
        try:
            installation = await self._on(owner)
        except NotOnGitHub:
            return None
        repo = await installation.github.get_repo(owner, name)
        return repo and installation.as_it_may(repo)

    async def find_pull(self, repo: Repo, head: str) -> PullRequest | None:
        """See CodeHost."""
        return await (await self._on(repo.owner)).github.find_pull(repo, head)

    async def failed_checks(self, repo: Repo, commit: str) -> tuple[FailedCheck, ...]:
        """See CodeHost."""
        return await (await self._on(repo.owner)).github.failed_checks(repo, commit)

    async def review_comments(self, repo: Repo, pull: int, review: int) -> str:
        """See CodeHost."""
        return await (await self._on(repo.owner)).github.review_comments(repo, pull, review)

    async def open_pull(self, repo: Repo, draft: PullRequestDraft) -> PullRequest:
        """See CodeHost."""
        return await (await self._on(repo.owner)).github.open_pull(repo, draft)

    async def _on(self, owner: str) -> _Installation:
        """The installation on an account. Raises NotOnGitHub when there is none."""
        known = (await self._installations()).get(owner.lower())
        known = known or (await self._installations(anew=True)).get(owner.lower())
        if known is None:
            raise NotOnGitHub(f"The GitHub App is not installed on {owner}. Install it there and try again.")
        return known

    async def _installations(self, *, anew: bool = False) -> dict[str, _Installation]:
        """By the accounts' names in small letters."""
        if anew or time.monotonic() - self._listed_at > _FRESH_SECONDS:
            listed: list[InstallationAnswer] = []
            async with self.as_itself() as client:
                async for page in client.pages("/app/installations", {"per_page": "100"}):
                    listed += read(INSTALLATIONS, page)
            await self._keep([each for each in listed if each.account and each.account.login and not each.suspended_at])
            self._listed_at = time.monotonic()
        return self._by_owner

    async def _keep(self, listed: list[InstallationAnswer]) -> None:
        """Of what was known, all that is still there stays open, with its token."""
        known = {installation.id: installation for installation in self._by_owner.values()}
        self._by_owner = {}
        for each in listed:
            installation = known.pop(each.id, None) or _Installation(self, each.id)
            installation.writes = each.permissions.writes
            self._by_owner[each.account.login.lower() if each.account else ""] = installation
        for gone in known.values():
            await gone.github.close()
