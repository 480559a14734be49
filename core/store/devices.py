"""Browsers that want to be told what happened."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Device:
    """A browser's subscription (Web Push): where to send, and the browser's keys to encrypt with."""

    id: UUID
    endpoint: str
    p256dh: str
    auth: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceTable:
    """The table ``devices``."""

    connection: Connection

    async def add(self, device_id: UUID, person_id: UUID, endpoint: str, p256dh: str, auth: str) -> Device | None:
        """Keep a browser's subscription; one that is known gets its new keys. None when it is somebody else's."""
        row = await self.connection.fetchrow(
            "insert into devices (id, person_id, endpoint, p256dh, auth) values ($1, $2, $3, $4, $5)"
            " on conflict (endpoint) do update set p256dh = excluded.p256dh, auth = excluded.auth"
            " where devices.person_id = excluded.person_id returning *",
            device_id,
            person_id,
            endpoint,
            p256dh,
            auth,
        )
        return None if row is None else _device(row)

    async def of(self, person_id: UUID) -> list[Device]:
        """A person's devices, oldest first."""
        rows = await self.connection.fetch(
            "select * from devices where person_id = $1 order by created_at, id", person_id
        )
        return [_device(row) for row in rows]

    async def that_follow(self, command_id: UUID) -> list[Device]:
        """The devices of whoever has sent a command to the app."""
        rows = await self.connection.fetch(
            "select devices.* from inbox join devices on devices.person_id::text = inbox.sender_id"
            " where inbox.id = $1 and inbox.channel = 'app' order by devices.created_at, devices.id",
            command_id,
        )
        return [_device(row) for row in rows]

    async def remove(self, person_id: UUID, device_id: UUID) -> bool:
        """Forget a person's device. False when they have no such one."""
        status = await self.connection.execute(
            "delete from devices where person_id = $1 and id = $2", person_id, device_id
        )
        return status == "DELETE 1"

    async def forget(self, device_id: UUID) -> None:
        """A browser does not want to be told any more."""
        await self.connection.execute("delete from devices where id = $1", device_id)


def _device(row: Record) -> Device:
    return Device(row["id"], row["endpoint"], row["p256dh"], row["auth"], row["created_at"])
