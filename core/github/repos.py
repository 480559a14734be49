"""The repositories on GitHub that the token may put agents to work on."""

import re
from typing import Final

import httpx

from core.github.answers import REPO, REPOS, RepoAnswer, read
from core.github.client import GitHubClient, NotOnGitHub
from core.model.people import Repo

MOST_REPOS: Final = 300
_FIRST_PAGE: Final = {"sort": "pushed", "direction": "desc", "per_page": "100"}
_NAME: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


def repo_path(owner: str, name: str) -> str:
    """The API's path of a repository. Raises NotOnGitHub for names that no repository can have."""
    if not (_NAME.fullmatch(owner) and _NAME.fullmatch(name)):
        raise NotOnGitHub(f"There can be no repository called {owner}/{name}.")
    return f"/repos/{owner}/{name}"


async def list_repos(client: GitHubClient) -> tuple[Repo, ...]:
    """Everything the token may push to, last pushed first, ``MOST_REPOS`` at most."""
    found: list[Repo] = []
    page: dict[str, str] | None = _FIRST_PAGE
    while page is not None and len(found) < MOST_REPOS:
        response = await client.get("/user/repos", page)
        found += [_repo(answer) for answer in read(REPOS, response) if _usable(answer)]
        page = _next_page(response)
    return tuple(found[:MOST_REPOS])


async def get_repo(client: GitHubClient, owner: str, name: str) -> Repo | None:
    """One repository; None when there is none of that name that the token may see."""
    try:
        return _repo(read(REPO, await client.get(repo_path(owner, name))))
    except NotOnGitHub:
        return None


def _next_page(response: httpx.Response) -> dict[str, str] | None:
    """The next page's parameters. Only they are taken from the link: the token must not follow it to another host."""
    link = response.links.get("next", {}).get("url")
    return dict(httpx.URL(link).params) if link else None


def _usable(answer: RepoAnswer) -> bool:
    return not answer.archived and (answer.permissions is None or answer.permissions.push)


def _repo(answer: RepoAnswer) -> Repo:
    return Repo(owner=answer.owner.login, name=answer.name, url=answer.clone_url, default_branch=answer.default_branch)
