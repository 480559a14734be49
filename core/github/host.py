"""The promise every code host keeps."""

from typing import Protocol

from core.github.checks import FailedCheck
from core.github.pulls import PullRequest, PullRequestDraft
from core.model.people import Author, Repo


class CodeHost(Protocol):
    """Where repositories live and pull requests are read.

    Every call raises Refusal when the person can do something about it and ProviderError when trying again may help.
    """

    @property
    def git_base(self) -> str:
        """The address that git's own requests go to: a repository is at ``{git_base}/{owner}/{name}.git``."""
        ...

    async def git_authorization(self, owner: str) -> str | None:
        """The Authorization header of requests for an account's repositories. None when there is none.

        It is for the git gateway and the librarian alone.
        """
        ...

    async def install_url(self) -> str | None:
        """Where people let us into more repositories. None where the token alone decides."""
        ...

    async def author(self) -> Author | None:
        """Whom commits are made for. None when it is not a person that we work for."""
        ...

    async def list_repos(self) -> tuple[Repo, ...]:
        """Every repository there is to see, last pushed first, those that can be written to before the others."""
        ...

    async def get_repo(self, owner: str, name: str) -> Repo | None:
        """One repository; None when there is none of that name."""
        ...

    async def find_pull(self, repo: Repo, head: str) -> PullRequest | None:
        """The pull request of the branch ``head``, be it open or not; None when there is none."""
        ...

    async def failed_checks(self, repo: Repo, commit: str) -> tuple[FailedCheck, ...]:
        """The checks of a commit that have failed, with the end of what they printed."""
        ...

    async def review_comments(self, repo: Repo, pull: int, review: int) -> str:
        """What a review of a pull request says about single lines."""
        ...

    async def open_pull(self, repo: Repo, draft: PullRequestDraft) -> PullRequest:
        """Return the one pull request of the branch ``draft.head``, opened if need be. May be repeated at will."""
        ...
