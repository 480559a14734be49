"""The one person of an installation on one computer, and the accounts that are theirs without linking."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from api.auth import LOCAL
from core.model.messages import Channel
from core.model.people import Identity, Person, Plan
from core.sandbox.local import LOCAL_MACHINE
from core.sandbox.tokens import hash_token
from core.store.database import Database

OWNER: Final = UUID("00000000-0000-4000-8000-000000000001")


async def introduce_owner(database: Database, name: str, telegram_users: Iterable[str], time_zone: str) -> None:
    """Make the owner known, on this computer and by the accounts that the settings name."""
    async with database.transaction() as tx:
        await tx.people.add(Person(OWNER, name, Plan.PRO, time_zone))
        await tx.people.link(LOCAL, OWNER)
        for user in telegram_users:
            await tx.people.link(Identity(Channel.TELEGRAM, user), OWNER)


async def introduce_machine(database: Database, name: str, token: str) -> None:
    """Let this computer's daemon in by its token."""
    async with database.transaction() as tx:
        await tx.machines.register(LOCAL_MACHINE, "local", name, hash_token(token))
