"""What the code host has told us: a row first, handled after."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery as it came. ``attempt`` counts from 1."""

    key: str
    event: str
    payload: dict[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class DeliveryTable:
    """The table ``deliveries``."""

    connection: Connection

    async def accept(self, key: str, event: str, payload: dict[str, Any]) -> bool:
        """Write a delivery down. False when it has been written down before."""
        status = await self.connection.execute(
            "insert into deliveries (key, event, payload) values ($1, $2, $3) on conflict do nothing",
            key,
            event,
            payload,
        )
        return status == "INSERT 0 1"

    async def lease(self, lease: timedelta) -> StoredDelivery | None:
        """Take the oldest one that nobody is handling."""
        row = await self.connection.fetchrow(
            "update deliveries set leased_until = now() + $1, attempts = attempts + 1 where key = ("
            " select key from deliveries where handled_at is null and (leased_until is null or leased_until < now())"
            " order by received_at limit 1 for update skip locked) returning *",
            lease,
        )
        return None if row is None else StoredDelivery(row["key"], row["event"], row["payload"], row["attempts"])

    async def settle(self, key: str) -> None:
        """It has been dealt with."""
        await self.connection.execute("update deliveries set handled_at = now() where key = $1", key)

    async def again(self, key: str) -> bool:
        """Have one that was dealt with be handled once more. False when there is none of this key any more."""
        status = await self.connection.execute(
            "update deliveries set handled_at = null, leased_until = null, attempts = 0 where key = $1", key
        )
        return status == "UPDATE 1"

    async def drop_old(self, age: timedelta) -> None:
        """Drop what was dealt with long ago."""
        await self.connection.execute("delete from deliveries where handled_at < now() - $1::interval", age)
