"""Browsers that want to be told what happened."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class DeviceTable:
    """The table ``devices``."""

    connection: Connection

    async def add(
        self, device_id: UUID, person_id: UUID, endpoint: str, p256dh: str, auth: str
    ) -> tuple[UUID, datetime] | None:
        """Keep a browser's subscription; one that is known gets its new keys. None when it is somebody else's."""
        row = await self.connection.fetchrow(
            "insert into devices (id, person_id, endpoint, p256dh, auth) values ($1, $2, $3, $4, $5)"
            " on conflict (endpoint) do update set p256dh = excluded.p256dh, auth = excluded.auth"
            " where devices.person_id = excluded.person_id returning id, created_at",
            device_id,
            person_id,
            endpoint,
            p256dh,
            auth,
        )
        return None if row is None else (row["id"], row["created_at"])

    async def of(self, person_id: UUID) -> list[tuple[UUID, datetime]]:
        """A person's devices, oldest first."""
        rows = await self.connection.fetch(
            "select id, created_at from devices where person_id = $1 order by created_at, id", person_id
        )
        return [(row["id"], row["created_at"]) for row in rows]

    async def remove(self, person_id: UUID, device_id: UUID) -> bool:
        """Forget a person's device. False when they have no such one."""
        status = await self.connection.execute(
            "delete from devices where person_id = $1 and id = $2", person_id, device_id
        )
        return status == "DELETE 1"
