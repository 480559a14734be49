"""The promise every provider of machines keeps."""

from typing import Protocol
from uuid import UUID

from core.model.agent import Agent


class Host(Protocol):
    """Finds a machine for an agent."""

    async def machine_for(self, agent: Agent) -> UUID:
        """The id of a machine that is, or soon will be, dialling in. Asking again for the same leg is harmless.

        Raises ProviderError when no machine can be had just now, Refusal when none ever can.
        """
        ...
