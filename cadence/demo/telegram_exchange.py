"""What the local Telegram server remembers: chats, messages, files, and the updates its one bot has yet to take."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from cadence.demo.telegram_shapes import Account, JsonObject, Shown, message_shape


class Refused(Exception):
    """The Bot API's way of saying no. ``moved_to`` is the new id of a group that has become a supergroup."""

    def __init__(
        self, code: int, description: str, *, retry_after: int | None = None, moved_to: int | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to

    def shape(self) -> JsonObject:
        """The refusal as the API answers it."""
        advice = {"retry_after": self.retry_after, "migrate_to_chat_id": self.moved_to}
        given = {name: value for name, value in advice.items() if value is not None}
        answer: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        return {**answer, "parameters": given} if given else answer


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that somebody sent. ``size`` is what the API claims it has."""

    path: str
    data: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are delivered instead of being polled for."""

    url: str
    secret: str | None


class TelegramExchange:
    """One bot, the people who write to it, and everything that passed between them."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.bot = Account(int(token.partition(":")[0]), "Cadence", username="cadence_demo_bot", is_bot=True)
        self.people: dict[int, Account] = {}
        self.blocked: set[int] = set()
        self.updates: deque[JsonObject] = deque()
        self.wanted: frozenset[str] = frozenset()
        self.webhook: Webhook | None = None
        self.commands: list[JsonObject] = []
        self.files: dict[str, StoredFile] = {}
        self.messages: dict[tuple[int, int], Shown] = {}
        self.shown: list[Shown] = []
        self.typing: list[int] = []
        self.unanswered: set[str] = set()
        self.poller = 0
        self._received: dict[tuple[int, int], JsonObject] = {}
        self._scripted: defaultdict[str, deque[Refused]] = defaultdict(deque)
        self._message_ids = count(1)
        self._update_ids = count(700_001)
        self._file_ids = count(1)
        self._newest: tuple[str, JsonObject] | None = None
        self._changed = asyncio.Event()

    def announce(self) -> None:
        """Wake everybody who waits for something to change."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, claim: Callable[[], bool]) -> None:
        """Wait until ``claim`` is true; it is looked at again whenever something has changed."""
        while not claim():
            await self._changed.wait()

    def refuse_next(self, method: str, refusal: Refused) -> None:
        """Answer the next call of ``method`` with a refusal; several stand in line."""
        self._scripted[method].append(refusal)

    def check_script(self, method: str) -> None:
        """Raises the refusal that is next in line for ``method``, if any."""
        if self._scripted[method]:
            raise self._scripted[method].popleft()

    def receive(self, person: Account, content: JsonObject) -> int:
        """A person sends a message to the bot; its id."""
        message_id = next(self._message_ids)
        message = message_shape(message_id, int(time.time()), person, person, content)
        self._received[person.id, message_id] = message
        self.queue("message", message)
        return message_id

    def amend(self, person: Account, message_id: int, content: JsonObject) -> None:
        """A person edits a message of theirs."""
        message: JsonObject = {**self._received[person.id, message_id], **content, "edit_date": int(time.time())}
        self._received[person.id, message_id] = message
        self.queue("edited_message", message)

    def queue(self, kind: str, content: JsonObject) -> int:
        """Have the bot told of something, if it wants to hear of such things; the update's id."""
        update_id = next(self._update_ids)
        if not self.wanted or kind in self.wanted:
            self.updates.append({"update_id": update_id, kind: content})
        self._newest = kind, content
        self.announce()
        return update_id

    def repeat_last_update(self) -> None:
        """Have the bot told of the newest thing again, as Telegram does when it is not sure that it was heard."""
        if self._newest is not None:
            self.queue(*self._newest)

    def next_message_id(self) -> int:
        """The id that the bot's next message will have."""
        return next(self._message_ids)

    def show(self, message: Shown) -> None:
        """The bot's message, new or edited, appears on the person's screen."""
        self.messages[message.chat_id, message.message_id] = message
        self.shown.append(message)
        self.announce()

    def shape(self, message: Shown) -> JsonObject:
        """A message of the bot's as the API returns it."""
        content = message.content()
        answered = self._received.get((message.chat_id, message.answers or 0))
        if answered is not None:
            content["reply_to_message"] = answered
        return message_shape(message.message_id, message.date, self.bot, self.people[message.chat_id], content)

    def keep(self, data: bytes, suffix: str, size: int | None = None) -> str:
        """Store a file that a person sends; its id."""
        number = next(self._file_ids)
        file_id = f"demo-file-{number}"
        self.files[file_id] = StoredFile(f"voice/file_{number}.{suffix}", data, len(data) if size is None else size)
        return file_id
