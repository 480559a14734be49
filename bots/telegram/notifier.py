"""Says in Telegram what Cadence replies."""

from dataclasses import dataclass

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, ChatMigrated

from bots.telegram.failures import delivering, refuses_link_button, says_so_already
from bots.telegram.pages import Page, lay_out, shorten
from core.model.messages import Action, Address, Link, Reply

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class TelegramNotifier:
    """Sends replies as messages that answer the person's own, with links and actions as buttons below."""

    bot: Bot

    async def send(self, address: Address, reply: Reply, *, news: bool = False) -> str:  # noqa: ARG002 (a chat sounds for all)
        """Send ``reply``; one that needs several messages goes by the name of the last, which has the buttons."""
        with delivering():
            try:
                return await self._send(int(address.conversation), address.thread, reply)
            except ChatMigrated as moved:
                return await self._send(moved.new_chat_id, address.thread, reply)

    async def edit(self, address: Address, message: str, reply: Reply) -> None:
        """Make the earlier message say ``reply``, as much of it as one message holds."""
        with delivering():
            try:
                await self._edit(address, message, reply)
            except BadRequest as error:
                if not says_so_already(error):
                    raise

    async def _send(self, chat: int, answers: str | None, reply: Reply) -> str:
        buttons, written = _sort(reply.links)
        *pages, last = lay_out(reply, written)
        for page in pages:
            await self._post(chat, answers, page, None)
        try:
            return await self._post(chat, answers, last, _keyboard(buttons, reply.actions))
        except BadRequest as error:
            if not refuses_link_button(error):
                raise
        # The pages before the last are the same with the links written out, and they have been sent.
        *pages, last = lay_out(reply, reply.links)[len(pages) :]
        for page in pages:
            await self._post(chat, answers, page, None)
        return await self._post(chat, answers, last, _keyboard((), reply.actions))

    async def _post(self, chat: int, answers: str | None, page: Page, keyboard: InlineKeyboardMarkup | None) -> str:
        message = await self.bot.send_message(
            chat,
            page.text,
            entities=page.entities,
            reply_markup=keyboard,
            reply_parameters=ReplyParameters(int(answers), allow_sending_without_reply=True) if answers else None,
            link_preview_options=_NO_PREVIEW,
        )
        return str(message.message_id)

    async def _edit(self, address: Address, message: str, reply: Reply) -> None:
        buttons, written = _sort(reply.links)
        try:
            await self._rewrite(address, message, shorten(lay_out(reply, written)), _keyboard(buttons, reply.actions))
        except BadRequest as error:
            if not refuses_link_button(error):
                raise
            page = shorten(lay_out(reply, reply.links))
            await self._rewrite(address, message, page, _keyboard((), reply.actions))

    async def _rewrite(self, address: Address, message: str, page: Page, keyboard: InlineKeyboardMarkup | None) -> None:
        await self.bot.edit_message_text(
            page.text,
            chat_id=int(address.conversation),
            message_id=int(message),
            entities=page.entities,
            reply_markup=keyboard,
            link_preview_options=_NO_PREVIEW,
        )


def _sort(links: tuple[Link, ...]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The links that can be buttons, and those that have to be written out."""
    buttons = tuple(link for link in links if link.url.startswith(("http://", "https://")))
    return buttons, tuple(link for link in links if link not in buttons)


def _keyboard(links: tuple[Link, ...], actions: tuple[Action, ...]) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(link.label, url=link.url)] for link in links]
    if actions:
        rows.append([InlineKeyboardButton(action.label, callback_data=action.token) for action in actions])
    return InlineKeyboardMarkup(rows) if rows else None
