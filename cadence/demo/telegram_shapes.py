"""The JSON shapes of the Bot API, as far as the local Telegram server speaks them."""

import time
from dataclasses import dataclass, field

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a bot. A person's private chat with the bot has the person's id."""

    id: int
    first_name: str
    username: str | None = None
    is_bot: bool = False

    def shape(self) -> JsonObject:
        """The account as the API's User."""
        named: JsonObject = {"username": self.username} if self.username else {}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name, **named}


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message: it opens ``url`` or sends ``token`` back."""

    label: str
    url: str | None = None
    token: str | None = None

    def shape(self) -> JsonObject:
        """The button as the API's InlineKeyboardButton."""
        if self.url is not None:
            return {"text": self.label, "url": self.url}
        return {"text": self.label, "callback_data": self.token}


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of formatted text, in UTF-16 units."""

    kind: str
    offset: int
    length: int

    def of(self, text: str) -> str:
        """The stretch of ``text`` that is formatted."""
        units = text.encode("utf-16-le")
        return units[2 * self.offset : 2 * (self.offset + self.length)].decode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot's as a person sees it. ``answers`` is the message it replies to."""

    chat_id: int
    message_id: int
    text: str
    entities: tuple[Entity, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    answers: int | None = None
    edited: bool = False
    date: int = field(default_factory=lambda: int(time.time()), compare=False)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button, row by row."""
        return tuple(button for row in self.rows for button in row)

    def button(self, label: str) -> Button:
        """The button with this label. Raises LookupError when there is none."""
        for button in self.buttons:
            if button.label == label:
                return button
        raise LookupError(f"Message {self.message_id} has no button {label!r}.")

    def content(self) -> JsonObject:
        """The message's own fields of the API's Message."""
        content: JsonObject = {"text": self.text}
        if self.edited:
            content["edit_date"] = int(time.time())
        if self.entities:
            content["entities"] = [{"type": e.kind, "offset": e.offset, "length": e.length} for e in self.entities]
        if self.rows:
            content["reply_markup"] = {"inline_keyboard": [[button.shape() for button in row] for row in self.rows]}
        return content


def message_shape(message_id: int, date: int, sender: Account, person: Account, content: JsonObject) -> JsonObject:
    """A Message in the private chat of ``person`` and the bot."""
    chat: JsonObject = {"id": person.id, "type": "private", "first_name": person.first_name}
    return {"message_id": message_id, "date": date, "from": sender.shape(), "chat": chat, **content}
