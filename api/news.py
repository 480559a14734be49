"""What a person does not wait for, told to the browsers that have subscribed."""

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog

from api.push import Pusher
from core.model.agent import Agent
from core.model.errors import DeliveryFailed, Undeliverable
from core.model.messages import Reply
from core.store.database import Database
from core.store.devices import Device

_log = structlog.get_logger(__name__)
_MOST_CHARACTERS: Final = 300  # A push service takes 4 KB, and a phone shows two lines.


@dataclass(frozen=True, slots=True)
class BrowserNews:
    """A browser that cannot be reached now is not told later: the others have been, and the app shows what happened."""

    database: Database
    pusher: Pusher

    async def tell(self, command_id: UUID, reply: Reply) -> None:
        """Tell the browsers of whoever has sent this command."""
        async with self.database.transaction() as tx:
            devices = await tx.devices.that_follow(command_id)
            agent = await tx.agents.from_message(command_id)
        for device in devices:
            await self._push(device, json.dumps(_shown(reply, agent)).encode())

    async def _push(self, device: Device, news: bytes) -> None:
        try:
            await self.pusher.push(device, news)
        except Undeliverable:
            async with self.database.transaction() as tx:
                await tx.devices.forget(device.id)
        except DeliveryFailed as failure:
            _log.warning("push_failed", device=str(device.id), error=str(failure))


def _shown(reply: Reply, agent: Agent | None) -> dict[str, Any]:
    """What the app's service worker gets."""
    where = f"{agent.name} on {agent.repo_name}" if agent else "Cadence"
    return {"title": where, "body": reply.text[:_MOST_CHARACTERS], "agentId": str(agent.id) if agent else None}
