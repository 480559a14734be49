"""The repositories on GitHub that the token may put agents to work on."""

import re
from typing import Final

from core.github.answers import INSTALLED_REPOS, REPO, REPOS, USER, RepoAnswer, read
from core.github.client import GitHubClient, NotOnGitHub
from core.model.people import Access, Author, Repo

MOST_REPOS: Final = 300
_FIRST_PAGE: Final = {"sort": "pushed", "direction": "desc", "per_page": "100"}
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f<>]")  # What git does not take in a name.
_NAME: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


def repo_path(owner: str, name: str) -> str:
    """The API's path of a repository. Raises NotOnGitHub for names that no repository can have."""
    if not (_NAME.fullmatch(owner) and _NAME.fullmatch(name)):
        raise NotOnGitHub(f"There can be no repository called {owner}/{name}.")
    return f"/repos/{owner}/{name}"


async def list_repos(client: GitHubClient) -> tuple[Repo, ...]:
    """Everything the token may see, last pushed first, ``MOST_REPOS`` at most: what it may push to comes first."""
    found: list[Repo] = []
    async for page in client.pages("/user/repos", _FIRST_PAGE):
        found += [_repo(answer) for answer in read(REPOS, page)]
        if sum(repo.access is Access.WRITE for repo in found) >= MOST_REPOS:
            break
    return tuple(sorted(found, key=lambda repo: repo.access is not Access.WRITE)[:MOST_REPOS])


async def list_installed(client: GitHubClient) -> list[Repo]:
    """What an installation of the app may see, ``MOST_REPOS`` at most."""
    found: list[Repo] = []
    async for page in client.pages("/installation/repositories", {"per_page": "100"}):
        found += [_repo(answer) for answer in read(INSTALLED_REPOS, page).repositories]
        if len(found) >= MOST_REPOS:
            break
    return found


async def get_author(client: GitHubClient, host: str) -> Author | None:
    """The token's owner under the address by which the GitHub at ``host`` finds them; None for an app or a bot."""
    user = read(USER, await client.get("/user"))
    if user.type != "User":
        return None
    name = " ".join(_UNFIT.sub(" ", user.name or "").split())
    return Author(name or user.login, f"{user.id}+{user.login}@users.noreply.{host}")


async def get_repo(client: GitHubClient, owner: str, name: str) -> Repo | None:
    """One repository; None when there is none of that name that the token may see."""
    try:
        return _repo(read(REPO, await client.get(repo_path(owner, name))))
    except NotOnGitHub:
        return None


def _access(answer: RepoAnswer) -> Access:
    if answer.archived:
        return Access.ARCHIVED
    return Access.WRITE if answer.permissions is None or answer.permissions.push else Access.READ


def _repo(answer: RepoAnswer) -> Repo:
    return Repo(answer.owner.login, answer.name, answer.clone_url, answer.default_branch, _access(answer))
