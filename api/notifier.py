"""The app's way out: whoever asked over the API reads the replies where they are promised."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from core.model.errors import UnusableRecording
from core.model.messages import Address, AudioClip, Reply


@dataclass(frozen=True, slots=True)
class AppNotifier:
    """Delivery has happened once the reply can be read under the command's URL, which it can.

    ``tell`` gets the command's id with what is news.
    """

    tell: Callable[[UUID, Reply], Awaitable[None]]

    async def send(self, address: Address, reply: Reply, *, news: bool = False) -> str:
        """The conversation is the command, and its URL is where the reply is read."""
        if news:
            await self.tell(UUID(address.conversation), reply)
        return address.conversation

    async def edit(self, address: Address, message: str, reply: Reply) -> None:
        """As ``send``: the newest version is what is read. What is edited is no news."""


@dataclass(frozen=True, slots=True)
class AppRecordings:
    """The app sends its recordings along; there is nothing to fetch."""

    async def fetch(self, clip: AudioClip) -> AudioClip:  # noqa: ARG002 (see above)
        """Raises UnusableRecording: a clip without data has been dealt with before."""
        raise UnusableRecording("That recording is no longer here. Please send it again.")
