"""The parts of GitHub's answers that Cadence reads, checked before anything else sees them."""

from datetime import datetime
from typing import Final, Literal, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from core.model.errors import ProviderError


class OwnerAnswer(BaseModel):
    """Whose repository it is."""

    login: str


class UserAnswer(BaseModel):
    """Whose token it is. Few people have told GitHub their name."""

    login: str
    id: int
    name: str | None = None
    type: str = "User"


class PermissionsAnswer(BaseModel):
    """What the token's user may do with a repository."""

    push: bool = False


class RepoAnswer(BaseModel):
    """A repository; GitHub leaves ``permissions`` out where it does not know the user."""

    name: str
    owner: OwnerAnswer
    clone_url: str
    default_branch: str
    archived: bool = False
    permissions: PermissionsAnswer | None = None


class InstalledReposAnswer(BaseModel):
    """What an installation of the app may see."""

    repositories: tuple[RepoAnswer, ...]


class AppAnswer(BaseModel):
    """The app itself."""

    html_url: str


class AppPermissionsAnswer(BaseModel):
    """What an account lets the app do."""

    contents: str = ""
    pull_requests: str = ""

    @property
    def writes(self) -> bool:
        """Whether that is enough to push and to open pull requests."""
        return self.contents == self.pull_requests == "write"


class AccountAnswer(BaseModel):
    """Where the app is installed. An enterprise has no login, and no repositories of its own."""

    login: str = ""


class InstallationAnswer(BaseModel):
    """The app on an account."""

    id: int
    account: AccountAnswer | None = None
    permissions: AppPermissionsAnswer
    suspended_at: datetime | None = None


class GrantAnswer(BaseModel):
    """An installation's token."""

    token: str
    expires_at: datetime


class RefAnswer(BaseModel):
    """One end of a pull request."""

    ref: str


class PullAnswer(BaseModel):
    """A pull request."""

    number: int
    html_url: str
    state: Literal["open", "closed"]
    head: RefAnswer
    draft: bool = False


USER: Final = TypeAdapter(UserAnswer)
REPO: Final = TypeAdapter(RepoAnswer)
REPOS: Final = TypeAdapter(tuple[RepoAnswer, ...])
INSTALLED_REPOS: Final = TypeAdapter(InstalledReposAnswer)
APP: Final = TypeAdapter(AppAnswer)
INSTALLATIONS: Final = TypeAdapter(tuple[InstallationAnswer, ...])
GRANT: Final = TypeAdapter(GrantAnswer)
PULL: Final = TypeAdapter(PullAnswer)
PULLS: Final = TypeAdapter(tuple[PullAnswer, ...])

_Answer = TypeVar("_Answer")


def read(adapter: TypeAdapter[_Answer], response: httpx.Response) -> _Answer:
    """Read an answer. Raises ProviderError when it is not GitHub's, such as the page of a proxy in between."""
    try:
        return adapter.validate_json(response.content)
    except ValidationError as error:
        raise ProviderError("GitHub answered something that is not GitHub's API.") from error
