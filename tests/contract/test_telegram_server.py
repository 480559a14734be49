"""The local Telegram server and the bot that talks to it, held against the published Bot API."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import cast

import httpx
import pytest
import pytest_asyncio
from quart import Quart, Response, request
from telegram.error import BadRequest, Conflict, InvalidToken

from bots.telegram.app import TelegramChannel
from bots.telegram.bot import build_bot
from bots.telegram.notifier import TelegramNotifier
from bots.telegram.recordings import TelegramRecordings
from bots.telegram.settings import TelegramSettings
from cadence.demo.telegram_exchange import Refused, TelegramExchange
from cadence.demo.telegram_handset import Handset
from cadence.demo.telegram_server import create_telegram_server, serve_on_loopback, serve_telegram
from core.model.messages import Action, Address, Channel, InboundMessage, Link, Reply, Spoken

TOKEN = "1000:contract"
Shape = dict[str, object]
Fields = dict[str, Shape]


class Contract:
    """The published shapes: what every method takes and gives."""

    def __init__(self) -> None:
        published = json.loads((Path(__file__).parent / "telegram.json").read_text())
        self.methods = cast("dict[str, Shape]", published["methods"])
        self.types = cast("dict[str, Fields]", published["types"])
        self._plain: dict[str, Callable[[object], bool]] = {
            "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
            "String": lambda value: isinstance(value, str),
            "Boolean": lambda value: isinstance(value, bool),
        }

    def check_request(self, method: str, given: Shape) -> None:
        fields = cast("Fields", self.methods[method]["fields"])
        self._check_fields(method, fields, given)

    def check_result(self, method: str, result: object) -> None:
        returns = cast("list[str]", self.methods[method]["returns"])
        assert any(self._fits(kind, result) for kind in returns), f"{method} returned {result!r}"

    def _check_fields(self, name: str, fields: Fields, given: Shape) -> None:
        assert given.keys() <= fields.keys(), f"{name} has no {given.keys() - fields.keys()}"
        missing = {field for field, rule in fields.items() if rule["required"]} - given.keys()
        assert not missing, f"{name} needs {missing}"
        for field, value in given.items():
            kinds = cast("list[str]", fields[field]["types"])
            assert any(self._fits(kind, value) for kind in kinds), f"{name}.{field} is {value!r}, not {kinds}"

    def _fits(self, kind: str, value: object) -> bool:
        if kind.startswith("Array of "):
            inner = kind.removeprefix("Array of ")
            return isinstance(value, list) and all(self._fits(inner, each) for each in cast("list[object]", value))
        if kind in self._plain:
            return self._plain[kind](value)
        if not isinstance(value, dict):
            return False
        if kind == "MaybeInaccessibleMessage":
            kind = "Message"
        if kind in self.types:
            self._check_fields(kind, self.types[kind], cast("Shape", value))
        return True


class Wiretap:
    """Writes down every call that the server answers."""

    def __init__(self, app: Quart) -> None:
        self.calls: list[tuple[str, Shape, Shape]] = []
        app.after_request(self._note)

    async def _note(self, response: Response) -> Response:
        if not request.path.startswith("/file/"):
            form = cast("dict[str, str]", (await request.form).to_dict())
            answer = json.loads(await response.get_data(as_text=False))
            method = request.path.rpartition("/")[2]
            self.calls.append((method, {name: _value(text, name) for name, text in form.items()}, answer))
        return response


def _value(text: str, name: str) -> object:
    """A form field as the JSON value that it stands for."""
    if name in {"text", "callback_query_id", "file_id", "url", "secret_token", "action"}:
        return text
    return json.loads(text)


@pytest.fixture
def exchange() -> TelegramExchange:
    return TelegramExchange(TOKEN)


@pytest.fixture
def handset(exchange: TelegramExchange) -> Handset:
    return Handset(exchange)


@pytest_asyncio.fixture
async def api_url(exchange: TelegramExchange) -> AsyncIterator[str]:
    async with serve_telegram(exchange) as url:
        yield url


def settings(api_url: str) -> TelegramSettings:
    return TelegramSettings.model_validate({"token": TOKEN, "api_url": api_url, "webhook_secret": "hush"})


async def converse(api_url: str, handset: Handset) -> None:
    """Everything that the channel ever does, once."""
    arrived = asyncio.Queue[InboundMessage]()
    announcing = TelegramChannel(settings(api_url), arrived.put, build_bot(settings(api_url)))
    await announcing.announce_webhook("http://127.0.0.1:9/")
    await announcing.close()
    bot = build_bot(settings(api_url))
    channel = TelegramChannel(settings(api_url), arrived.put, bot)
    running = asyncio.create_task(channel.run())
    await handset.send_voice(b"OggS", 1)
    message = await arrived.get()
    assert isinstance(message.content, Spoken)
    await handset.sees_typing()
    await TelegramRecordings(bot).fetch(message.content.clip)
    notifier = TelegramNotifier(bot)
    reply = Reply("On it.", heard="go", links=(Link("Open", "https://example.com/"),), actions=(Action("Stop", "s:1"),))
    sent = await notifier.send(message.reply_to, reply)
    await notifier.edit(message.reply_to, sent, Reply("Done.", actions=reply.actions))
    await handset.is_answered(await handset.press(int(sent), "Stop"))
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_every_call_and_every_answer_has_the_published_shape(
    exchange: TelegramExchange, handset: Handset
) -> None:
    app = create_telegram_server(exchange)
    tap = Wiretap(app)
    async with serve_on_loopback(app) as url:
        await converse(url, handset)
    contract, conflicts = Contract(), list[tuple[str, object]]()
    for method, given, answer in tap.calls:
        contract.check_request(method, given)
        if not answer["ok"]:
            conflicts.append((method, answer["error_code"]))
            continue
        contract.check_result(method, answer["result"])
    # The webhook has to be found in the way of polling before it is removed.
    assert conflicts == [("getUpdates", 409)]
    assert {method for method, _, _ in tap.calls} == contract.methods.keys()


async def test_updates_are_repeated_until_a_higher_offset_is_asked_for(api_url: str, handset: Handset) -> None:
    async with build_bot(settings(api_url)) as bot:
        await handset.send_text("one")
        await handset.send_text("two")
        first, second = await bot.get_updates()
        assert await bot.get_updates(offset=first.update_id) == (first, second)
        assert await bot.get_updates(offset=second.update_id) == (second,)
        assert await bot.get_updates(offset=second.update_id + 1) == ()


async def test_a_long_poll_ends_when_something_arrives(api_url: str, handset: Handset) -> None:
    async with build_bot(settings(api_url)) as bot, asyncio.timeout(10):
        polling = asyncio.create_task(bot.get_updates(timeout=30))
        await handset.send_text("hello")
        (update,) = await polling
    assert update.message is not None
    assert update.message.text == "hello"


async def test_a_second_poller_ends_the_first_with_a_conflict(
    api_url: str, exchange: TelegramExchange, handset: Handset
) -> None:
    async with build_bot(settings(api_url)) as first, build_bot(settings(api_url)) as second, asyncio.timeout(10):
        polling = asyncio.create_task(first.get_updates(timeout=30))
        await exchange.until(lambda: exchange.poller == 1)
        taking_over = asyncio.create_task(second.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await polling
        await handset.send_text("hello")
        assert len(await taking_over) == 1


async def test_polling_is_a_conflict_while_there_is_a_webhook(api_url: str) -> None:
    async with build_bot(settings(api_url)) as bot:
        await bot.set_webhook("http://127.0.0.1:9/")
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()


async def test_a_wrong_token_and_an_unknown_method_are_refused(api_url: str) -> None:
    async with httpx.AsyncClient(base_url=api_url, trust_env=False) as client:
        wrong_token = await client.get("/bot1000:other/getMe")
        unknown = await client.get(f"/bot{TOKEN}/sendPizza")
        file = await client.get("/file/bot1000:other/voice/file_1.oga")
    assert wrong_token.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert (unknown.status_code, file.status_code) == (404, 401)
    stranger = build_bot(TelegramSettings.model_validate({"token": "1:x", "api_url": api_url}))
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"chat_id": 1, "text": "x"}, "chat not found"),
        ({"chat_id": 4242, "text": " \n"}, "text is empty"),
        ({"chat_id": 4242, "text": "x" * 4097}, "too long"),
        ({"chat_id": 4242, "text": "🚀", "entities": [{"type": "italic", "offset": 0, "length": 3}]}, "ENTITY_BOUNDS"),
        (
            {"chat_id": 4242, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://x"}]]}},
            "Wrong HTTP URL",
        ),
        (
            {
                "chat_id": 4242,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://127.0.0.1:1/"}]]},
            },
            "BUTTON_URL_INVALID",
        ),
        (
            {"chat_id": 4242, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "app://x"}]]}},
            "Unsupported URL protocol",
        ),
        (
            {
                "chat_id": 4242,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        ({"chat_id": "nobody", "text": "x"}, "can't parse chat_id"),
    ],
)
async def test_what_telegram_would_not_send_is_refused(
    api_url: str, handset: Handset, parameters: Shape, complaint: str
) -> None:
    del handset
    async with httpx.AsyncClient(base_url=api_url, trust_env=False) as client:
        answer = await client.post(f"/bot{TOKEN}/sendMessage", json=parameters)
    assert answer.status_code == 400
    assert complaint in answer.json()["description"]


async def test_a_file_that_is_not_there_is_not_found(api_url: str) -> None:
    async with httpx.AsyncClient(base_url=api_url, trust_env=False) as client:
        answer = await client.get(f"/file/bot{TOKEN}/voice/file_9.oga")
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_a_webhook_and_its_removal_can_drop_what_waits(
    api_url: str, exchange: TelegramExchange, handset: Handset
) -> None:
    async with build_bot(settings(api_url)) as bot:
        await handset.send_text("one")
        await bot.delete_webhook(drop_pending_updates=True)
        assert not exchange.updates
        await handset.send_text("two")
        await bot.set_webhook("http://127.0.0.1:9/", drop_pending_updates=True)
        assert not exchange.updates


async def test_a_button_that_opens_a_link_tells_the_bot_nothing(api_url: str, handset: Handset) -> None:
    address = Address(Channel.TELEGRAM, str(handset.person.id))
    async with build_bot(settings(api_url)) as bot:
        links = (Link("Open", "https://example.com/"),)
        sent = await TelegramNotifier(bot).send(address, Reply("one", links=links))
    with pytest.raises(LookupError, match="tells the bot nothing"):
        await handset.press(int(sent), "Open")
    with pytest.raises(LookupError, match="no button"):
        await handset.press(int(sent), "Stop")


async def test_an_edit_that_changes_nothing_is_refused(api_url: str, handset: Handset) -> None:
    async with build_bot(settings(api_url)) as bot:
        message = await bot.send_message(handset.person.id, "same")
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("same", handset.person.id, message.message_id)


async def test_refusals_can_be_scripted(api_url: str, exchange: TelegramExchange) -> None:
    exchange.refuse_next("getMe", Refused(429, "Too Many Requests: retry after 7", retry_after=7))
    async with httpx.AsyncClient(base_url=api_url, trust_env=False) as client:
        first, second = await client.get(f"/bot{TOKEN}/getMe"), await client.get(f"/bot{TOKEN}/getMe")
    assert first.json()["parameters"] == {"retry_after": 7}
    assert second.json()["ok"] is True


async def test_a_handset_sees_everything_in_order(api_url: str, handset: Handset) -> None:
    address = Address(Channel.TELEGRAM, str(handset.person.id))
    async with build_bot(settings(api_url)) as bot:
        notifier = TelegramNotifier(bot)
        sent = await notifier.send(address, Reply("one"))
        await notifier.edit(address, sent, Reply("two"))
        await notifier.send(address, Reply("three"))
    seen = handset.everything()
    assert [(await anext(seen)).text for _ in range(3)] == ["one", "two", "three"]
    assert (await handset.next_message(lambda message: message.text == "three")).edited is False
    assert (await handset.next_edit()).text == "two"
    with pytest.raises(TimeoutError):
        await handset.next_message(timeout=0)
