"""The methods of the Bot API that the local Telegram server knows."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from pydantic import BaseModel

from cadence.demo import telegram_parameters as ask
from cadence.demo.telegram_exchange import Refused, TelegramExchange, Webhook
from cadence.demo.telegram_shapes import JsonObject, Shown
from cadence.demo.telegram_wording import accept_entities, accept_keyboard, accept_text

_MAX_DOWNLOAD_BYTES = 20_000_000

Asked = TypeVar("Asked", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Method(Generic[Asked]):
    """What a method takes, and what it does with it."""

    parameters: type[Asked]
    carry_out: Callable[[TelegramExchange, Asked], Awaitable[object]]

    async def call(self, exchange: TelegramExchange, given: JsonObject) -> object:
        """The method's result. Raises Refused, and ValidationError for parameters that are none."""
        return await self.carry_out(exchange, self.parameters.model_validate(given))


async def _get_me(exchange: TelegramExchange, _: ask.Nothing) -> object:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return {**exchange.bot.shape(), **abilities}


async def _get_updates(exchange: TelegramExchange, asked: ask.GetUpdates) -> object:
    if exchange.webhook is not None:
        raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
    if asked.allowed_updates is not None:
        exchange.wanted = frozenset(asked.allowed_updates)
    while exchange.updates and _id_of(exchange.updates[0]) < asked.offset:
        exchange.updates.popleft()
    # There is one poller; a new one ends the wait of the one before.
    exchange.poller += 1
    poller = exchange.poller
    exchange.announce()
    with suppress(TimeoutError):
        async with asyncio.timeout(asked.timeout):
            await exchange.until(lambda: bool(exchange.updates) or exchange.poller != poller)
    if exchange.poller != poller:
        raise Refused(
            409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
    return list(exchange.updates)[: asked.limit]


async def _set_webhook(exchange: TelegramExchange, asked: ask.SetWebhook) -> object:
    if not asked.url.startswith(("http://", "https://")):
        raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    if asked.drop_pending_updates:
        exchange.updates.clear()
    if asked.allowed_updates is not None:
        exchange.wanted = frozenset(asked.allowed_updates)
    exchange.webhook = Webhook(asked.url, asked.secret_token)
    exchange.announce()
    return True


async def _delete_webhook(exchange: TelegramExchange, asked: ask.DeleteWebhook) -> object:
    if asked.drop_pending_updates:
        exchange.updates.clear()
    exchange.webhook = None
    return True


async def _send_message(exchange: TelegramExchange, asked: ask.SendMessage) -> object:
    _check_chat(exchange, asked.chat_id)
    text = accept_text(asked.text)
    entities, rows = accept_entities(asked.entities, text), accept_keyboard(asked.reply_markup)
    answers = asked.reply_parameters.message_id if asked.reply_parameters else None
    message = Shown(asked.chat_id, exchange.next_message_id(), text, entities, rows, answers)
    exchange.show(message)
    return exchange.shape(message)


async def _edit_message_text(exchange: TelegramExchange, asked: ask.EditMessageText) -> object:
    _check_chat(exchange, asked.chat_id)
    before = exchange.messages.get((asked.chat_id, asked.message_id))
    if before is None:
        raise Refused(400, "Bad Request: message to edit not found")
    text = accept_text(asked.text)
    entities, rows = accept_entities(asked.entities, text), accept_keyboard(asked.reply_markup)
    if (text, entities, rows) == (before.text, before.entities, before.rows):
        raise Refused(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup"
            " are exactly the same as a current content and reply markup of the message",
        )
    after = replace(before, text=text, entities=entities, rows=rows, edited=True)
    exchange.show(after)
    return exchange.shape(after)


async def _answer_callback_query(exchange: TelegramExchange, asked: ask.AnswerCallbackQuery) -> object:
    if asked.callback_query_id not in exchange.unanswered:
        raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    exchange.unanswered.discard(asked.callback_query_id)
    exchange.announce()
    return True


async def _send_chat_action(exchange: TelegramExchange, asked: ask.SendChatAction) -> object:
    _check_chat(exchange, asked.chat_id)
    exchange.typing.append(asked.chat_id)
    exchange.announce()
    return True


async def _set_my_commands(exchange: TelegramExchange, asked: ask.SetMyCommands) -> object:
    exchange.commands = [command.model_dump() for command in asked.commands]
    return True


async def _get_file(exchange: TelegramExchange, asked: ask.GetFile) -> object:
    file = exchange.files.get(asked.file_id)
    if file is None:
        raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    if file.size > _MAX_DOWNLOAD_BYTES:
        raise Refused(400, "Bad Request: file is too big")
    unique = f"unique-{asked.file_id}"
    return {"file_id": asked.file_id, "file_unique_id": unique, "file_size": file.size, "file_path": file.path}


def _check_chat(exchange: TelegramExchange, chat_id: int) -> None:
    if chat_id not in exchange.people:
        raise Refused(400, "Bad Request: chat not found")
    if chat_id in exchange.blocked:
        raise Refused(403, "Forbidden: bot was blocked by the user")


def _id_of(update: JsonObject) -> int:
    return int(str(update["update_id"]))


METHODS: Final = {
    "getMe": Method(ask.Nothing, _get_me),
    "getUpdates": Method(ask.GetUpdates, _get_updates),
    "setWebhook": Method(ask.SetWebhook, _set_webhook),
    "deleteWebhook": Method(ask.DeleteWebhook, _delete_webhook),
    "sendMessage": Method(ask.SendMessage, _send_message),
    "editMessageText": Method(ask.EditMessageText, _edit_message_text),
    "answerCallbackQuery": Method(ask.AnswerCallbackQuery, _answer_callback_query),
    "sendChatAction": Method(ask.SendChatAction, _send_chat_action),
    "setMyCommands": Method(ask.SetMyCommands, _set_my_commands),
    "getFile": Method(ask.GetFile, _get_file),
}
