"""The Telegram channel: receives updates by long polling or by webhook, and has each one accepted before it is gone."""

import asyncio
import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from itertools import count

import structlog
from telegram import Bot, BotCommand, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from bots.telegram.bot import in_seconds
from bots.telegram.inbound import read_update
from bots.telegram.settings import TelegramSettings
from core.model.errors import Refusal
from core.model.messages import InboundMessage

_log = structlog.get_logger(__name__)

_WANTED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)
_COMMANDS = (
    BotCommand("status", "How my agents are doing"),
    BotCommand("link", "Connect this chat to my account: /link CODE"),
    BotCommand("help", "What I can say"),
)
_POLL_SECONDS = 30
# A server that answers at once instead of holding the line open is not asked more often than this.
_SHORTEST_POLL_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 30.0


class TelegramChannel:
    """One bot's way in. ``accept`` writes a message down; what it did not take, Telegram delivers again."""

    def __init__(
        self, settings: TelegramSettings, accept: Callable[[InboundMessage], Awaitable[object]], bot: Bot
    ) -> None:
        self._secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
        self._accept = accept
        self._bot = bot
        self._offset = 0
        self._courtesies: set[asyncio.Task[None]] = set()
        self._name: str | None = None

    def address(self) -> str | None:
        """Where people write to the bot; None until Telegram has said what it is called."""
        return None if self._name is None else f"https://t.me/{self._name}"

    async def run(self) -> None:
        """Receive by long polling until cancelled, then close the bot. Raises Refusal for a token that is no good."""
        try:
            await self._persist(self._prepare_polling)
            while True:
                await self._persist(self._poll)
        finally:
            await self.close()

    async def announce_webhook(self, url: str) -> None:
        """Have Telegram deliver to ``url`` from now on. Raises Refusal for a bad token, a missing secret, a bad URL."""
        if not re.fullmatch(r"[\w-]{1,256}", self._secret, re.ASCII):
            raise Refusal("Set TELEGRAM_WEBHOOK_SECRET to 1 to 256 letters, digits, underscores and hyphens.")

        await self._persist(partial(self._prepare_webhook, url))
        _log.info("telegram_webhook_announced")

    async def handle_webhook(self, body: bytes, secret_header: str | None) -> int:
        """The status to answer a delivery with: 200 once it is accepted, 403, 400, or 503 for "try again"."""
        if not self._secret or not hmac.compare_digest((secret_header or "").encode(), self._secret.encode()):
            return HTTPStatus.FORBIDDEN
        update = _parse(body, self._bot)
        if update is None:
            return HTTPStatus.BAD_REQUEST
        log = _log.bind(update=update.update_id)
        try:
            await self._receive(update)
        except Exception:
            # Whatever it was, Telegram keeps the update and delivers it again.
            log.exception("telegram_update_not_accepted")
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    async def close(self) -> None:
        """Give back every connection."""
        for courtesy in self._courtesies:
            courtesy.cancel()
        await asyncio.gather(*self._courtesies, return_exceptions=True)
        await self._bot.shutdown()

    async def _prepare_polling(self) -> None:
        await self._introduce()
        _log.info("telegram_polling", bot=self._bot.username)

    async def _prepare_webhook(self, url: str) -> None:
        await self._introduce()
        try:
            await self._bot.set_webhook(
                url, allowed_updates=_WANTED, drop_pending_updates=False, secret_token=self._secret
            )
        except BadRequest as error:
            raise Refusal(
                f"Telegram does not deliver to this address: {error.message}. "
                "Set PUBLIC_URL to an https address that the internet can reach."
            ) from error

    async def _introduce(self) -> None:
        await self._bot.initialize()
        self._name = self._bot.username
        try:
            await self._bot.set_my_commands(_COMMANDS)
        except TelegramError as error:
            # The menu is a courtesy, and not every Bot API server has it.
            _log.warning("telegram_menu_not_set", kind=type(error).__name__)

    async def _poll(self) -> None:
        asked_at = time.monotonic()
        updates = await self._updates()
        for update in updates:
            await self._receive(update)
            # Only now: asking for a higher offset is what makes Telegram forget an update.
            self._offset = update.update_id + 1
        if not updates:
            await asyncio.sleep(_SHORTEST_POLL_SECONDS - (time.monotonic() - asked_at))

    async def _updates(self) -> tuple[Update, ...]:
        try:
            return await self._bot.get_updates(offset=self._offset, timeout=_POLL_SECONDS, allowed_updates=_WANTED)
        except Conflict:
            # A webhook that was set once is the one conflict that we can end.
            await self._bot.delete_webhook(drop_pending_updates=False)
            raise

    async def _receive(self, update: Update) -> None:
        message = read_update(update, datetime.now(UTC))
        if message is None:
            return
        await self._accept(message)
        courtesy = asyncio.create_task(self._be_courteous(update))
        self._courtesies.add(courtesy)
        courtesy.add_done_callback(self._courtesies.discard)

    async def _be_courteous(self, update: Update) -> None:
        """Show at once that we are at it. Nobody waits for this, and nothing is lost if it fails."""
        try:
            if update.callback_query is not None:
                await self._bot.answer_callback_query(update.callback_query.id)
            elif update.effective_chat is not None:
                await self._bot.send_chat_action(update.effective_chat.id, ChatAction.TYPING)
        except TelegramError as error:
            _log.debug("telegram_courtesy_failed", kind=type(error).__name__)

    async def _persist(self, step: Callable[[], Awaitable[None]]) -> None:
        """Take a step, again and again at growing intervals until it succeeds."""
        for attempt in count():
            wait = min(_LONGEST_WAIT_SECONDS, 0.5 * 2 ** min(attempt, 6))
            log = _log.bind(attempt=attempt, wait=wait)
            try:
                await step()
            except InvalidToken:
                # The library's own sentence repeats the token.
                raise Refusal("Telegram does not know this bot. Put a current token into TELEGRAM_BOT_TOKEN.") from None
            except RetryAfter as error:
                wait = in_seconds(error.retry_after)
            except Conflict:
                log.warning("telegram_conflict", fix="If another program receives this bot's messages, stop it.")
            except TelegramError as error:
                log.warning("telegram_unreachable", kind=type(error).__name__)
            except Refusal:
                raise
            except Exception:
                log.exception("telegram_update_not_accepted")
            else:
                return
            await asyncio.sleep(wait)


def _parse(body: bytes, bot: Bot) -> Update | None:
    try:
        return Update.de_json(json.loads(body), bot)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
