"""This computer as the machine: one daemon, started beside us."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core.model.agent import Agent

LOCAL_MACHINE: Final = UUID("00000000-0000-4000-8000-00000000cade")


@dataclass(frozen=True, slots=True)
class LocalHost:
    """The embedded default: every agent runs on this computer."""

    async def machine_for(self, agent: Agent) -> UUID:  # noqa: ARG002 (there is only one)
        """The one machine there is. Never fails: a daemon that is away is waited for."""
        return LOCAL_MACHINE
