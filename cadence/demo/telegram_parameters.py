"""What callers of the local Telegram server may ask, checked: values arrive as JSON or as form fields holding JSON."""

import json
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field


def _unpack(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


class Nothing(BaseModel):
    """No parameters, or none that matter here."""


class GetUpdates(BaseModel):
    """Parameters of getUpdates."""

    offset: int = 0
    limit: int = Field(default=100, ge=1, le=100)
    timeout: int = Field(default=0, ge=0, le=50)
    allowed_updates: Annotated[list[str] | None, BeforeValidator(_unpack)] = None


class SetWebhook(BaseModel):
    """Parameters of setWebhook."""

    url: str
    secret_token: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,256}$")
    allowed_updates: Annotated[list[str] | None, BeforeValidator(_unpack)] = None
    drop_pending_updates: bool = False


class DeleteWebhook(BaseModel):
    """Parameters of deleteWebhook."""

    drop_pending_updates: bool = False


class EntityGiven(BaseModel):
    """A MessageEntity."""

    type: str
    offset: int = Field(ge=0)
    length: int = Field(ge=1)


class ButtonGiven(BaseModel):
    """An InlineKeyboardButton that opens a URL or sends data back."""

    text: str = Field(min_length=1)
    url: str | None = None
    callback_data: str | None = None


class Keyboard(BaseModel):
    """An InlineKeyboardMarkup."""

    inline_keyboard: list[list[ButtonGiven]]


class ReplyGiven(BaseModel):
    """ReplyParameters."""

    message_id: int
    allow_sending_without_reply: bool = False


class _Wording(BaseModel):
    chat_id: int
    text: str = ""
    entities: Annotated[list[EntityGiven], BeforeValidator(_unpack)] = Field(default_factory=list[EntityGiven])
    reply_markup: Annotated[Keyboard | None, BeforeValidator(_unpack)] = None


class SendMessage(_Wording):
    """Parameters of sendMessage."""

    reply_parameters: Annotated[ReplyGiven | None, BeforeValidator(_unpack)] = None


class EditMessageText(_Wording):
    """Parameters of editMessageText."""

    message_id: int


class AnswerCallbackQuery(BaseModel):
    """Parameters of answerCallbackQuery."""

    callback_query_id: str


class SendChatAction(BaseModel):
    """Parameters of sendChatAction."""

    chat_id: int
    action: str


class CommandGiven(BaseModel):
    """A BotCommand."""

    command: str = Field(pattern=r"^[a-z0-9_]{1,32}$")
    description: str = Field(min_length=1, max_length=256)


class SetMyCommands(BaseModel):
    """Parameters of setMyCommands."""

    commands: Annotated[list[CommandGiven], BeforeValidator(_unpack)]


class GetFile(BaseModel):
    """Parameters of getFile."""

    file_id: str
