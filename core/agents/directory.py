"""Who is writing, and what they could be talking about."""

import hashlib
import time
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from core.agents.rights import Rights
from core.github.host import CodeHost
from core.model.errors import ProviderError
from core.model.messages import InboundMessage, Typed
from core.model.people import Access, Identity, Person, Repo
from core.store.database import Database
from core.voice.interpreter import Surroundings

_log = structlog.get_logger(__name__)
_FRESH_SECONDS = 30.0
_JUST_NOW_SECONDS = 1.0


def hash_code(code: str) -> bytes:
    """Linking codes are kept by their hash only."""
    return hashlib.sha256(code.strip().upper().encode()).digest()


@dataclass(slots=True)
class RepoShelf:
    """The repos that the code host shows us, asked for again after half a minute."""

    host: CodeHost
    _repos: tuple[Repo, ...] = ()
    _read_at: float = field(default=float("-inf"))

    async def repos(self, *, anew: bool = False) -> tuple[Repo, ...]:
        """Most recently used first. Raises ProviderError when the code host fails and has never answered."""
        if time.monotonic() - self._read_at > (_JUST_NOW_SECONDS if anew else _FRESH_SECONDS):
            try:
                self._repos = await self.host.list_repos()
            except ProviderError as error:
                if not self._repos:
                    raise
                # Old names are better than none: people must be able to stop an agent while the code host is away.
                _log.warning("repos_not_fresh", error=str(error))
            self._read_at = time.monotonic()
        return self._repos

    def forget(self) -> None:
        """The code host has said that something about its repos has changed: ask again the next time."""
        self._read_at = float("-inf")


@dataclass(frozen=True, slots=True)
class Directory:
    """Knows people by their identities, and what each of them may use."""

    database: Database
    shelf: RepoShelf
    default_repo: str | None
    rights: Rights | None = None

    async def identify(self, message: InboundMessage) -> Person | None:
        """The person who wrote, or None for a stranger."""
        async with self.database.transaction() as tx:
            return await tx.people.who_is(Identity(message.reply_to.channel, message.sender_id))

    async def redeem(self, message: InboundMessage) -> Person | None:
        """Link the sender to whoever gave them the code in their message. None when the code is not good."""
        code = linking_code(message)
        if code is None:
            return None
        async with self.database.transaction() as tx:
            person = await tx.people.redeem_code(hash_code(code))
            if person is None:
                return None
            identity = Identity(message.reply_to.channel, message.sender_id)
            await tx.people.link(identity, person.id)
            # Of two codes redeemed at once for one account, the first has linked it.
            return await tx.people.who_is(identity)

    async def surroundings(self, person_id: UUID, *, anew: bool = False) -> Surroundings:
        """What the person could be talking about now. Raises ProviderError when the code host fails.

        ``anew`` asks the code host again, for a repo that may have been added a moment ago, and includes those that
        can only be read: whoever names one shall hear why it cannot be worked on.
        """
        known = await self.repos(person_id, anew=anew)
        repos = _every_name_once(known) if anew else tuple(repo for repo in known if repo.access is Access.WRITE)
        agents = (await self.agents(person_id)).agents
        default = next((repo for repo in repos if self.default_repo in {repo.full_name, repo.name}), None)
        return Surroundings(repos=repos, agents=agents, default_repo=default)

    async def repos(self, person_id: UUID, *, anew: bool = False) -> tuple[Repo, ...]:
        """Every repository that the person may see, most recently used first. Raises as ``surroundings`` does."""
        known = await self.shelf.repos(anew=anew)
        return known if self.rights is None else await self.rights.limit(person_id, known, anew=anew)

    async def agents(self, person_id: UUID) -> Surroundings:
        """The person's agents alone, for which nobody else has to be asked."""
        async with self.database.transaction() as tx:
            return Surroundings(agents=tuple(await tx.agents.of(person_id)))


def _every_name_once(repos: tuple[Repo, ...]) -> tuple[Repo, ...]:
    """Without what can only be read and is called like something that can be written to."""
    writable = {repo.name for repo in repos if repo.access is Access.WRITE}
    return tuple(repo for repo in repos if repo.access is Access.WRITE or repo.name not in writable)


def linking_code(message: InboundMessage) -> str | None:
    """The code in ``/link CODE`` or in Telegram's deep link ``/start CODE``, if the message is one."""
    match message.content:
        case Typed(text):
            verb, _, code = text.strip().partition(" ")
            return code.strip() or None if verb in {"/link", "/start"} else None
        case _:
            return None
