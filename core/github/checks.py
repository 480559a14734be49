"""What failed checks and reviews have to say, as far as GitHub's API tells: text from outside, cut to a size."""

from dataclasses import dataclass
from typing import Final

import httpx
from pydantic import BaseModel, TypeAdapter

from core.github.answers import read
from core.github.client import GitHubClient, NotOnGitHub
from core.github.repos import repo_path
from core.model.errors import Refusal
from core.model.people import Repo

_FAILED: Final = frozenset({"failure", "timed_out", "startup_failure"})
_MOST_CHECKS: Final = 5
_LONGEST: Final = 6000
_ACTIONS: Final = "github-actions"


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check and the end of what it printed."""

    name: str
    output: str


class _Output(BaseModel):
    title: str | None = None
    summary: str | None = None
    text: str | None = None


class _App(BaseModel):
    slug: str | None = None


class _Run(BaseModel):
    id: int
    name: str
    conclusion: str | None = None
    output: _Output = _Output()
    app: _App | None = None


class _Runs(BaseModel):
    check_runs: tuple[_Run, ...]


class _LineComment(BaseModel):
    path: str
    line: int | None = None
    body: str


_RUNS: Final = TypeAdapter(_Runs)
_COMMENTS: Final = TypeAdapter(tuple[_LineComment, ...])


async def failed_checks(client: GitHubClient, repo: Repo, commit: str) -> tuple[FailedCheck, ...]:
    """The checks of a commit that have failed; nothing where the code host has no checks."""
    path = f"{repo_path(repo.owner, repo.name)}/commits/{commit}/check-runs"
    try:
        answer = await client.get(path, {"filter": "latest", "per_page": "100"})
    except NotOnGitHub:
        return ()
    failed = [run for run in read(_RUNS, answer).check_runs if run.conclusion in _FAILED]
    return tuple([FailedCheck(run.name, await _output(client, repo, run)) for run in failed[:_MOST_CHECKS]])


async def review_comments(client: GitHubClient, repo: Repo, pull: int, review: int) -> str:
    """What a review says about single lines, one paragraph each."""
    path = f"{repo_path(repo.owner, repo.name)}/pulls/{pull}/reviews/{review}/comments"
    try:
        comments = read(_COMMENTS, await client.get(path, {"per_page": "100"}))
    except NotOnGitHub:
        return ""
    return "\n\n".join(f"{each.path}{f':{each.line}' if each.line else ''}\n{each.body}" for each in comments)


async def _output(client: GitHubClient, repo: Repo, run: _Run) -> str:
    told = "\n".join(part for part in (run.output.title, run.output.summary, run.output.text) if part)
    log = await _log(client, repo, run) if run.app and run.app.slug == _ACTIONS else ""
    return f"{told[:_LONGEST]}\n{log[-_LONGEST:]}".strip()


async def _log(client: GitHubClient, repo: Repo, run: _Run) -> str:
    """The log of a job of GitHub's own runners. One that has been deleted, or that we may not read, is no loss."""
    try:
        answer: httpx.Response = await client.get(f"{repo_path(repo.owner, repo.name)}/actions/jobs/{run.id}/logs")
    except Refusal:
        return ""
    return answer.text
