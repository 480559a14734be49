"""The phone in the hand: does what a person does in Telegram, and sees what they see."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from uuid import uuid4

from cadence.demo.telegram_exchange import TelegramExchange
from cadence.demo.telegram_shapes import Account, JsonObject, Shown


def _anything(_: Shown) -> bool:
    return True


class Handset:
    """One person's private chat with the bot. ``next_message`` and ``next_edit`` each go through it once, in order."""

    def __init__(self, exchange: TelegramExchange, *, user_id: int = 4242, name: str = "Ada") -> None:
        self.person = Account(user_id, name)
        self._exchange = exchange
        self._messages_seen = 0
        self._edits_seen = 0
        exchange.people[user_id] = self.person

    async def send_text(self, text: str) -> int:
        """Write a message; its id."""
        return self._exchange.receive(self.person, {"text": text})

    async def edit_text(self, message_id: int, text: str) -> None:
        """Change what an own message says."""
        self._exchange.amend(self.person, message_id, {"text": text})

    async def send_voice(
        self, recording: bytes, seconds: int, media_type: str = "audio/ogg", *, size: int | None = None
    ) -> int:
        """Send a voice note; its message's id. ``size`` is what Telegram is to claim instead of the truth."""
        file_id = self._exchange.keep(recording, "oga", size)
        voice = {
            "file_id": file_id,
            "file_unique_id": f"unique-{file_id}",
            "duration": seconds,
            "mime_type": media_type,
            "file_size": self._exchange.files[file_id].size,
        }
        return self._exchange.receive(self.person, {"voice": voice})

    async def press(self, message_id: int, label: str) -> str:
        """Press a button below one of the bot's messages; the press's id. Raises LookupError for no such button."""
        message = self._exchange.messages[self.person.id, message_id]
        button = message.button(label)
        if button.token is None:
            raise LookupError(f"The button {label!r} opens {button.url} and tells the bot nothing.")
        press_id = uuid4().hex
        self._exchange.unanswered.add(press_id)
        query: JsonObject = {
            "id": press_id,
            "from": self.person.shape(),
            "message": self._exchange.shape(message),
            "chat_instance": str(self.person.id),
            "data": button.token,
        }
        self._exchange.queue("callback_query", query)
        return press_id

    def delete(self, message_id: int) -> None:
        """Remove one of the bot's messages."""
        del self._exchange.messages[self.person.id, message_id]

    def block(self) -> None:
        """Block the bot."""
        self._exchange.blocked.add(self.person.id)

    async def next_message(self, wanted: Callable[[Shown], bool] = _anything, timeout: float = 30.0) -> Shown:  # noqa: ASYNC109 - A person's patience.
        """The next new message that is ``wanted``, those before it unread. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            self._messages_seen, message = await self._find(
                self._messages_seen, lambda shown: not shown.edited and wanted(shown)
            )
        return message

    async def next_edit(self, wanted: Callable[[Shown], bool] = _anything, timeout: float = 30.0) -> Shown:  # noqa: ASYNC109 - A person's patience.
        """The next edit of a message that is ``wanted``. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            self._edits_seen, message = await self._find(self._edits_seen, lambda shown: shown.edited and wanted(shown))
        return message

    async def everything(self) -> AsyncIterator[Shown]:
        """All that the bot shows in this chat, from the beginning, messages and edits, without an end."""
        seen = 0
        while True:
            seen, message = await self._find(seen, _anything)
            yield message

    async def sees_typing(self, timeout: float = 30.0) -> None:  # noqa: ASYNC109 - A person's patience.
        """Wait until the bot has been seen typing. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            await self._exchange.until(lambda: self.person.id in self._exchange.typing)

    async def is_answered(self, press_id: str, timeout: float = 30.0) -> None:  # noqa: ASYNC109 - A person's patience.
        """Wait until a pressed button stops spinning. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            await self._exchange.until(lambda: press_id not in self._exchange.unanswered)

    async def _find(self, start: int, wanted: Callable[[Shown], bool]) -> tuple[int, Shown]:
        """The first of what was shown in this chat from ``start`` on that is wanted, and where to go on after it."""
        seen = start
        while True:
            for message in self._exchange.shown[seen:]:
                seen += 1
                if message.chat_id == self.person.id and wanted(message):
                    return seen, message
            await self._exchange.until(partial(self._shows_more_than, seen))

    def _shows_more_than(self, seen: int) -> bool:
        return len(self._exchange.shown) > seen
