"""The promise every channel's way out keeps."""

from typing import Protocol

from core.model.messages import Address, Reply


class Notifier(Protocol):
    """Delivers replies to one channel. Only the process that owns the channel has one."""

    async def send(self, address: Address, reply: Reply, *, news: bool = False) -> str:
        """Send ``reply`` as a new message and return the platform's name for it.

        ``news`` is what the person does not wait for just now, such as a question or a result: worth a sound.
        Raises DeliveryFailed when it may work later, Undeliverable when it never will.
        """
        ...

    async def edit(self, address: Address, message: str, reply: Reply) -> None:
        """Make the earlier message ``message`` say ``reply``. A message that says so already is a success.

        Raises DeliveryFailed when it may work later, Undeliverable when it never will.
        """
        ...
