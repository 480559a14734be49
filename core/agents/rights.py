"""What people who sign in with GitHub may do there themselves: no more is done in their name.

The installation's own token may reach more. Whoever has no account of their own here, as the owner of a computer, is
who that token belongs to.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

import structlog

from core.github.host import CodeHost
from core.model.errors import ProviderError, Refusal
from core.model.people import Access, Repo
from core.store.database import Database
from core.vault import Vault

_log = structlog.get_logger(__name__)
_JUST_NOW_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Known:
    """What somebody may do, by full names in small letters, and when they were asked."""

    access: dict[str, Access]
    read_at: float


@dataclass(slots=True)
class Rights:
    """``host_of`` is the code host as the owner of a token sees it; it is asked again after ``fresh_for`` seconds."""

    database: Database
    vault: Vault
    host_of: Callable[[str], AbstractAsyncContextManager[CodeHost]]
    fresh_for: float = 300.0
    _known: dict[UUID, _Known] = field(default_factory=dict[UUID, _Known])

    async def limit(self, person_id: UUID, repos: Sequence[Repo], *, anew: bool = False) -> tuple[Repo, ...]:
        """Those of the repositories that the person may see, with what they may do with each.

        Raises ProviderError when the code host does not say, and Refusal when it does not know the person any more.
        """
        own = await self._own(person_id, anew=anew)
        if own is None:
            return tuple(repos)
        seen = [(repo, own.get(repo.full_name.lower())) for repo in repos]
        return tuple(_no_more_than(repo, access) for repo, access in seen if access is not None)

    async def sees(self, person_id: UUID, repo_name: str) -> bool:
        """Whether the person may see a repository of ours at all. Raises as ``limit`` does."""
        own = await self._own(person_id)
        return own is None or repo_name.lower() in own

    async def _own(self, person_id: UUID, *, anew: bool = False) -> dict[str, Access] | None:
        """What the person may do where, by full names in small letters; None for whoever is not limited."""
        async with self.database.transaction() as tx:
            closed = await tx.access.github_token(person_id)
        if closed is None:
            return None
        token = self.vault.open(closed)
        fresh_for = min(self.fresh_for, _JUST_NOW_SECONDS) if anew else self.fresh_for
        known = self._known.get(person_id)
        if known is not None and time.monotonic() - known.read_at < fresh_for:
            return known.access
        try:
            async with self.host_of(token) as host:
                access = {repo.full_name.lower(): repo.access for repo in await host.list_repos()}
        except ProviderError as error:
            if known is None:
                raise
            _log.warning("rights_not_fresh", person=str(person_id), error=str(error))
            return known.access
        except Refusal:
            self._known.pop(person_id, None)
            raise Refusal("GitHub does not know your sign-in any more. Sign in again.") from None
        self._known[person_id] = _Known(access, time.monotonic())
        return access


def _no_more_than(repo: Repo, access: Access) -> Repo:
    return repo if access is Access.WRITE or repo.access is Access.ARCHIVED else replace(repo, access=access)
