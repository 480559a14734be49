"""The JSON that GitHub's REST API would answer, reduced to what can be true of a local repository."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zlib import crc32

from cadence.forge.ledger import Pull
from cadence.forge.state import RepoState

Json = Mapping[str, object]

_DOCUMENTATION: Final = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class Ends:
    """The commits at the two ends of a pull request, as they are now."""

    head: str
    base: str


@dataclass(frozen=True, slots=True)
class Shapes:
    """Writes answers whose links lead back to ``base_url``."""

    base_url: str

    def user(self, login: str) -> Json:
        """A simple user."""
        return {
            "login": login,
            "id": _number(login),
            "type": "User",
            "html_url": f"{self.base_url}/{login}",
            "url": f"{self.base_url}/api/v3/users/{login}",
            "site_admin": False,
        }

    def repo(self, state: RepoState) -> Json:
        """A repository."""
        name = state.repo.full_name
        return {
            "id": _number(name),
            "name": state.repo.name,
            "full_name": name,
            "owner": self.user(state.repo.owner),
            "private": True,
            "html_url": f"{self.base_url}/{name}",
            "url": f"{self.base_url}/api/v3/repos/{name}",
            "clone_url": f"{self.base_url}/{name}.git",
            "default_branch": state.default_branch,
            "archived": False,
            "disabled": False,
            "fork": False,
            "pushed_at": None if state.pushed_at is None else _time(state.pushed_at),
            "permissions": {"admin": True, "push": True, "pull": True},
        }

    def pull(self, pull: Pull, state: RepoState, ends: Ends) -> Json:
        """A pull request."""
        name = state.repo.full_name
        return {
            "id": _number(f"{name}#{pull.number}"),
            "number": pull.number,
            "state": "open",
            "locked": False,
            "title": pull.title,
            "body": pull.body,
            "draft": pull.draft,
            "user": self.user(pull.owner),
            "html_url": f"{self.base_url}/{name}/pull/{pull.number}",
            "url": f"{self.base_url}/api/v3/repos/{name}/pulls/{pull.number}",
            "created_at": _time(pull.created_at),
            "head": self._end(pull.head, ends.head, state),
            "base": self._end(pull.base, ends.base, state),
        }

    def _end(self, branch: str, commit: str, state: RepoState) -> Json:
        owner = state.repo.owner
        return {
            "label": f"{owner}:{branch}",
            "ref": branch,
            "sha": commit,
            "user": self.user(owner),
            "repo": self.repo(state),
        }


def problem(status: int, message: str) -> Json:
    """The body of an error."""
    return {"message": message, "documentation_url": _DOCUMENTATION, "status": str(status)}


def invalid(*errors: Mapping[str, str]) -> Json:
    """The body of a 422."""
    return {**problem(422, "Validation Failed"), "errors": [{"resource": "PullRequest", **error} for error in errors]}


def _number(text: str) -> int:
    return crc32(text.encode())


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
