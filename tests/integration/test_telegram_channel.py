"""A real bot of the library's against the local Telegram server, through everything the channel promises."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from quart import Quart, request
from telegram import Bot

from bots.telegram.app import TelegramChannel
from bots.telegram.bot import build_bot
from bots.telegram.notifier import TelegramNotifier
from bots.telegram.recordings import TelegramRecordings
from bots.telegram.settings import TelegramSettings
from cadence.demo.telegram_exchange import Refused, TelegramExchange
from cadence.demo.telegram_handset import Handset
from cadence.demo.telegram_server import serve_on_loopback, serve_telegram
from core.model.errors import DeliveryFailed, ProviderError, Refusal, Undeliverable, UnusableRecording
from core.model.messages import Action, Address, AudioClip, Channel, InboundMessage, Link, Pressed, Reply, Spoken, Typed

TOKEN = "1000:integration"
VOICE = b"OggS" + bytes(2000)
STOP = Action("Stop", "stop:7")


class Inbox:
    """Stands where the inbox is: takes messages, and fails for a while like a database that is away."""

    def __init__(self) -> None:
        self.deliveries: list[InboundMessage] = []
        self.arrived: asyncio.Queue[InboundMessage] = asyncio.Queue()
        self.failures = 0

    async def accept(self, message: InboundMessage) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        self.deliveries.append(message)
        self.arrived.put_nowait(message)

    async def next(self) -> InboundMessage:
        async with asyncio.timeout(20):
            return await self.arrived.get()


@pytest.fixture
def exchange() -> TelegramExchange:
    return TelegramExchange(TOKEN)


@pytest.fixture
def handset(exchange: TelegramExchange) -> Handset:
    return Handset(exchange)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest_asyncio.fixture
async def settings(exchange: TelegramExchange) -> AsyncIterator[TelegramSettings]:
    async with serve_telegram(exchange) as url:
        yield TelegramSettings.model_validate({"token": TOKEN, "api_url": url, "webhook_secret": "hush-hush"})


@pytest_asyncio.fixture
async def bot(settings: TelegramSettings) -> AsyncIterator[Bot]:
    async with build_bot(settings) as bot:
        yield bot


@pytest.fixture
def notifier(bot: Bot) -> TelegramNotifier:
    return TelegramNotifier(bot)


@pytest.fixture
def address(handset: Handset) -> Address:
    return Address(Channel.TELEGRAM, str(handset.person.id))


@asynccontextmanager
async def polling(settings: TelegramSettings, inbox: Inbox) -> AsyncGenerator[None]:
    running = asyncio.create_task(TelegramChannel(settings, inbox.accept, build_bot(settings)).run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def hooked(settings: TelegramSettings, inbox: Inbox) -> AsyncGenerator[list[int]]:
    """A channel behind a webhook; yields the statuses it answered with."""
    channel, statuses, app = TelegramChannel(settings, inbox.accept, build_bot(settings)), list[int](), Quart(__name__)

    @app.post("/hook")
    async def hook() -> tuple[str, int]:  # pyright: ignore[reportUnusedFunction]
        header = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        statuses.append(await channel.handle_webhook(await request.body, header))
        return "", statuses[-1]

    async with serve_on_loopback(app) as url:
        await channel.announce_webhook(f"{url}/hook")
        yield statuses
        await channel.close()


async def test_a_voice_note_arrives_by_polling(settings: TelegramSettings, handset: Handset, inbox: Inbox) -> None:
    async with polling(settings, inbox):
        number = await handset.send_voice(VOICE, 3)
        message = await inbox.next()
        await handset.sees_typing()
    assert message.key.startswith(f"telegram:4242:{number}:")
    assert message.sender_id == "4242"
    assert message.reply_to == Address(Channel.TELEGRAM, "4242", str(number))
    assert isinstance(message.content, Spoken)
    assert (message.content.clip.media_type, message.content.clip.seconds) == ("audio/ogg", 3.0)


async def test_a_voice_note_arrives_by_webhook(settings: TelegramSettings, handset: Handset, inbox: Inbox) -> None:
    async with hooked(settings, inbox) as statuses:
        number = await handset.send_voice(VOICE, 3)
        message = await inbox.next()
        await handset.sees_typing()
    assert message.key.startswith(f"telegram:4242:{number}:")
    assert isinstance(message.content, Spoken)
    assert statuses == [200]


async def test_a_pressed_button_arrives_and_stops_spinning(
    settings: TelegramSettings, notifier: TelegramNotifier, address: Address, handset: Handset, inbox: Inbox
) -> None:
    sent = await notifier.send(address, Reply("On it.", actions=(STOP,)))
    async with polling(settings, inbox):
        press = await handset.press(int(sent), "Stop")
        message = await inbox.next()
        await handset.is_answered(press)
    assert message.key == f"telegram:callback:{press}"
    assert message.content == Pressed("stop:7")
    assert message.reply_to.thread == sent


async def test_an_edited_text_arrives_as_another_message(
    settings: TelegramSettings, handset: Handset, inbox: Inbox
) -> None:
    async with polling(settings, inbox):
        number = await handset.send_text("statsu")
        await inbox.next()
        await handset.edit_text(number, "status")
        message = await inbox.next()
    assert message.content == Typed("status")
    assert message.key.startswith(f"telegram:4242:{number}:")
    assert ":edit:" in message.key


async def test_a_crash_before_the_next_poll_delivers_again_under_the_same_key(
    settings: TelegramSettings, exchange: TelegramExchange, handset: Handset, inbox: Inbox
) -> None:
    await handset.send_voice(VOICE, 3)
    crashed = asyncio.Event()

    async def accept_and_crash(message: InboundMessage) -> None:
        await inbox.accept(message)
        crashed.set()
        await asyncio.Event().wait()

    dying = asyncio.create_task(TelegramChannel(settings, accept_and_crash, build_bot(settings)).run())
    await crashed.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    async with polling(settings, inbox):
        await inbox.next()
        await inbox.next()
        # An accepted update is given back to nobody: the next poll has told the server to forget it.
        await asyncio.wait_for(exchange.until(lambda: not exchange.updates), 10)
    first, again = inbox.deliveries
    assert first.key == again.key


async def test_a_message_that_could_not_be_accepted_is_polled_for_again(
    settings: TelegramSettings, handset: Handset, inbox: Inbox
) -> None:
    inbox.failures = 1
    async with polling(settings, inbox):
        await handset.send_text("one")
        await handset.send_text("two")
        contents = [(await inbox.next()).content for _ in range(2)]
    assert contents == [Typed("one"), Typed("two")]


async def test_a_message_that_could_not_be_accepted_is_posted_again(
    settings: TelegramSettings, handset: Handset, inbox: Inbox, exchange: TelegramExchange
) -> None:
    inbox.failures = 2
    async with hooked(settings, inbox) as statuses:
        await handset.send_text("status")
        await inbox.next()
        await asyncio.wait_for(exchange.until(lambda: not exchange.updates), 10)
    assert statuses == [503, 503, 200]


async def test_a_delivery_repeated_by_telegram_has_the_same_key(
    settings: TelegramSettings, bot: Bot, inbox: Inbox, handset: Handset, exchange: TelegramExchange
) -> None:
    await handset.send_voice(VOICE, 3)
    body = json.dumps(exchange.updates[0]).encode()
    channel = TelegramChannel(settings, inbox.accept, bot)
    assert [await channel.handle_webhook(body, "hush-hush") for _ in range(2)] == [200, 200]
    first, again = inbox.deliveries
    assert first.key == again.key
    await channel.close()


@pytest.mark.parametrize("header", [None, "", "hush", "hush-hush ", "hüsh-hush"])
async def test_a_delivery_with_a_wrong_secret_is_forbidden_and_accepted_by_nobody(
    settings: TelegramSettings, bot: Bot, inbox: Inbox, header: str | None
) -> None:
    channel = TelegramChannel(settings, inbox.accept, bot)
    assert await channel.handle_webhook(b'{"update_id": 1}', header) == 403
    assert inbox.deliveries == []


async def test_without_a_secret_there_is_no_webhook(settings: TelegramSettings, bot: Bot, inbox: Inbox) -> None:
    channel = TelegramChannel(settings.model_copy(update={"webhook_secret": None}), inbox.accept, bot)
    assert await channel.handle_webhook(b'{"update_id": 1}', "") == 403
    with pytest.raises(Refusal, match="TELEGRAM_WEBHOOK_SECRET"):
        await channel.announce_webhook("https://example.com/hook")


async def test_an_address_that_telegram_does_not_deliver_to_is_refused(
    settings: TelegramSettings, bot: Bot, inbox: Inbox
) -> None:
    channel = TelegramChannel(settings, inbox.accept, bot)
    with pytest.raises(Refusal, match="PUBLIC_URL"):
        await channel.announce_webhook("ftp://example.com/hook")


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b"7", b"null", b"{}", b'{"update_id": 1, "message": 5}', b"\xff\xfe", b"[" * 9999]
)
async def test_garbage_is_a_bad_request(settings: TelegramSettings, bot: Bot, inbox: Inbox, body: bytes) -> None:
    channel = TelegramChannel(settings, inbox.accept, bot)
    assert await channel.handle_webhook(body, "hush-hush") == 400


async def test_an_update_without_anything_for_us_is_taken_and_dropped(
    settings: TelegramSettings, bot: Bot, inbox: Inbox
) -> None:
    channel = TelegramChannel(settings, inbox.accept, bot)
    assert await channel.handle_webhook(b'{"update_id": 1}', "hush-hush") == 200
    assert inbox.deliveries == []


async def test_a_message_counts_even_if_nothing_can_be_shown_of_it(
    settings: TelegramSettings, exchange: TelegramExchange, handset: Handset, inbox: Inbox
) -> None:
    exchange.refuse_next("sendChatAction", Refused(400, "Bad Request: not enough rights"))
    async with polling(settings, inbox):
        await handset.send_text("one")
        await handset.send_text("two")
        await handset.sees_typing()
    assert [message.content for message in inbox.deliveries] == [Typed("one"), Typed("two")]


async def test_polling_takes_the_place_of_a_webhook_and_offers_commands(
    settings: TelegramSettings, exchange: TelegramExchange, bot: Bot, handset: Handset, inbox: Inbox
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/")
    await handset.send_text("status")
    async with polling(settings, inbox):
        await inbox.next()
    assert exchange.webhook is None
    assert [command["command"] for command in exchange.commands] == ["status", "link", "help"]


async def test_a_server_without_a_menu_is_polled_all_the_same(
    settings: TelegramSettings, exchange: TelegramExchange, handset: Handset, inbox: Inbox
) -> None:
    exchange.refuse_next("setMyCommands", Refused(404, "Not Found: method not found"))
    await handset.send_text("status")
    async with polling(settings, inbox):
        assert (await inbox.next()).content == Typed("status")


async def test_a_server_that_never_holds_the_line_is_not_pestered(settings: TelegramSettings, inbox: Inbox) -> None:
    asked: asyncio.Queue[float] = asyncio.Queue()
    impatient = Quart(__name__)

    @impatient.post("/bot<token>/<method>")
    async def answer(token: str, method: str) -> dict[str, object]:  # pyright: ignore[reportUnusedFunction]
        if method == "getUpdates":
            asked.put_nowait(asyncio.get_running_loop().time())
        bot = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Bot", "username": "a_bot"}
        return {"ok": True, "result": {"getMe": bot, "getUpdates": []}.get(method, True)}

    async with serve_on_loopback(impatient) as url, polling(settings.model_copy(update={"api_url": url}), inbox):
        first, second = await asked.get(), await asked.get()
    assert second - first > 0.4


async def test_polling_survives_conflicts_floods_and_failures(
    settings: TelegramSettings, exchange: TelegramExchange, handset: Handset, inbox: Inbox
) -> None:
    exchange.refuse_next("getMe", Refused(502, "Bad Gateway"))
    exchange.refuse_next("getUpdates", Refused(409, "Conflict: terminated by other getUpdates request"))
    exchange.refuse_next("getUpdates", Refused(429, "Too Many Requests: retry after 1", retry_after=1))
    await handset.send_text("status")
    async with polling(settings, inbox):
        assert (await inbox.next()).content == Typed("status")


async def test_a_token_that_telegram_does_not_know_is_refused_without_being_repeated(
    settings: TelegramSettings, inbox: Inbox
) -> None:
    stranger = TelegramSettings.model_validate({"token": "1000:stranger", "api_url": settings.api_url})
    with pytest.raises(Refusal, match="TELEGRAM_BOT_TOKEN") as refused:
        await TelegramChannel(stranger, inbox.accept, build_bot(stranger)).run()
    assert "1000:stranger" not in str(refused.value)


async def test_no_log_line_holds_the_token(
    settings: TelegramSettings,
    handset: Handset,
    inbox: Inbox,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    async with polling(settings, inbox):
        await handset.send_text("status")
        await inbox.next()
        await handset.sees_typing()
    assert TOKEN not in caplog.text + capsys.readouterr().out


async def test_a_reply_shows_what_was_heard_and_offers_its_links_and_actions(
    notifier: TelegramNotifier, address: Address, handset: Handset
) -> None:
    asked = await handset.send_text("fix it")
    reply = Reply(
        "On it.",
        heard="fix <it> & *go*",
        detail="Task: `x`\n1. one",
        links=(Link("Pull request", "https://github.com/ada/app/pull/1"),),
        actions=(Action("Pause", "pause:7"), STOP),
    )
    sent = await notifier.send(Address(Channel.TELEGRAM, address.conversation, str(asked)), reply)
    shown = await handset.next_message()
    assert str(shown.message_id) == sent
    assert shown.answers == asked
    assert shown.text == "I heard: fix <it> & *go*\n\nOn it.\n\nTask: `x`\n1. one"
    assert [(entity.kind, entity.of(shown.text)) for entity in shown.entities] == [
        ("italic", "I heard: fix <it> & *go*")
    ]
    assert [[button.label for button in row] for row in shown.rows] == [["Pull request"], ["Pause", "Stop"]]
    assert shown.button("Pull request").url == "https://github.com/ada/app/pull/1"


async def test_a_link_that_telegram_puts_on_no_button_is_written_out(
    notifier: TelegramNotifier, address: Address, handset: Handset
) -> None:
    links = (Link("Watch", "http://127.0.0.1:8765/agents/1"), Link("Mail", "mailto:ada@example.com"))
    sent = await notifier.send(address, Reply("On it.", links=links, actions=(STOP,)))
    await notifier.edit(address, sent, Reply("Working.", links=links, actions=(STOP,)))
    shown, edited = await handset.next_message(), await handset.next_edit()
    written = "Watch: http://127.0.0.1:8765/agents/1\nMail: mailto:ada@example.com"
    assert (shown.text, edited.text) == (f"On it.\n\n{written}", f"Working.\n\n{written}")
    assert [button.label for button in shown.buttons + edited.buttons] == ["Stop", "Stop"]


async def test_a_long_reply_becomes_several_messages_the_last_with_the_buttons(
    notifier: TelegramNotifier, address: Address, handset: Handset
) -> None:
    lines = [f"line {number} " + "x" * 90 for number in range(100)]
    links = (Link("Watch", "http://localhost/1"),)
    sent = await notifier.send(address, Reply("Long.", detail="\n".join(lines), links=links, actions=(STOP,)))
    pages = [await handset.next_message() for _ in range(3)]
    assert "\n".join(page.text for page in pages) == "\n".join(["Long.", "", *lines, "", "Watch: http://localhost/1"])
    assert [len(page.buttons) for page in pages] == [0, 0, 1]
    assert str(pages[-1].message_id) == sent


async def test_links_that_no_longer_fit_when_written_out_get_a_message_of_their_own(
    notifier: TelegramNotifier, address: Address, handset: Handset
) -> None:
    links = (Link("Watch", "http://localhost/1"),)
    await notifier.send(address, Reply("x" * 2000 + " " + "y" * 2090, links=links, actions=(STOP,)))
    first, second = await handset.next_message(), await handset.next_message()
    assert f"{first.text}\n\n{second.text}" == "x" * 2000 + " " + "y" * 2090 + "\n\nWatch: http://localhost/1"
    assert (len(first.buttons), len(second.buttons)) == (0, 1)


async def test_an_edit_shows_as_much_as_one_message_holds(
    notifier: TelegramNotifier, address: Address, handset: Handset
) -> None:
    sent = await notifier.send(address, Reply("Working.", actions=(STOP,)))
    await notifier.edit(address, sent, Reply("x" * 5000))
    edited = await handset.next_edit()
    assert edited.text == "x" * 4095 + "…"
    assert edited.buttons == ()


async def test_saying_the_same_again_is_a_success(
    notifier: TelegramNotifier, address: Address, handset: Handset
) -> None:
    sent = await notifier.send(address, Reply("Working.", heard="go"))
    await notifier.edit(address, sent, Reply("Working.", heard="go"))
    await notifier.edit(address, sent, Reply("Done.", heard="go"))
    assert (await handset.next_edit()).text == "I heard: go\n\nDone."


TEXT = st.text(max_size=60)


@given(texts=st.tuples(TEXT, TEXT, TEXT))
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_text_arrives_as_it_was_meant(
    notifier: TelegramNotifier, address: Address, exchange: TelegramExchange, texts: tuple[str, str, str]
) -> None:
    text, heard, detail = texts
    sent = await notifier.send(address, Reply(f"<{text}>", heard=f"_{heard}&", detail=f"`{detail}*"))
    shown = exchange.messages[int(address.conversation), int(sent)]
    assert shown.text == f"I heard: _{kept(heard)}&\n\n<{kept(text)}>\n\n`{kept(detail)}*"
    assert [entity.of(shown.text) for entity in shown.entities] == [f"I heard: _{kept(heard)}&"]


def kept(text: str) -> str:
    """The text as Telegram keeps it: without carriage returns and direction marks, control characters as spaces."""
    dropped = {"\r", *map(chr, range(0x2028, 0x202F))}
    spaced = {chr(number) for number in range(0x20)} - {"\n", "\r"}
    return "".join(" " if character in spaced else character for character in text if character not in dropped)


async def test_a_flood_says_how_long_to_wait(
    notifier: TelegramNotifier, address: Address, exchange: TelegramExchange
) -> None:
    exchange.refuse_next("sendMessage", Refused(429, "Too Many Requests: retry after 17", retry_after=17))
    with pytest.raises(DeliveryFailed) as failed:
        await notifier.send(address, Reply("On it."))
    assert failed.value.retry_after == 17.0


async def test_a_person_who_blocked_the_bot_is_undeliverable(
    notifier: TelegramNotifier, address: Address, handset: Handset
) -> None:
    handset.block()
    with pytest.raises(Undeliverable, match="blocked"):
        await notifier.send(address, Reply("On it."))


async def test_a_chat_that_does_not_exist_is_undeliverable(notifier: TelegramNotifier) -> None:
    with pytest.raises(Undeliverable, match="not found"):
        await notifier.send(Address(Channel.TELEGRAM, "1"), Reply("On it."))


async def test_a_group_that_became_a_supergroup_gets_its_reply_there(
    notifier: TelegramNotifier, address: Address, exchange: TelegramExchange, handset: Handset
) -> None:
    moved = Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", moved_to=handset.person.id)
    exchange.refuse_next("sendMessage", moved)
    exchange.refuse_next("editMessageText", moved)
    sent = await notifier.send(Address(Channel.TELEGRAM, "-77"), Reply("On it."))
    assert str((await handset.next_message()).message_id) == sent
    with pytest.raises(Undeliverable, match="supergroup"):
        await notifier.edit(address, sent, Reply("Done."))


async def test_an_edit_of_a_deleted_message_is_undeliverable(
    notifier: TelegramNotifier, address: Address, handset: Handset
) -> None:
    sent = await notifier.send(address, Reply("On it."))
    handset.delete(int(sent))
    with pytest.raises(Undeliverable, match="not found"):
        await notifier.edit(address, sent, Reply("Done."))


@pytest.mark.parametrize(
    "refusal", [Refused(400, "Bad Request: can't parse"), Refused(500, "Internal Server Error"), Refused(502, "Bad")]
)
async def test_any_other_refusal_is_worth_another_try(
    notifier: TelegramNotifier, address: Address, exchange: TelegramExchange, refusal: Refused
) -> None:
    exchange.refuse_next("sendMessage", refusal)
    with pytest.raises(DeliveryFailed):
        await notifier.send(address, Reply("On it."))


async def test_a_telegram_that_cannot_be_reached_is_worth_another_try() -> None:
    away = build_bot(TelegramSettings.model_validate({"token": TOKEN, "api_url": "http://127.0.0.1:9"}))
    with pytest.raises(DeliveryFailed) as failed:
        await TelegramNotifier(away).send(Address(Channel.TELEGRAM, "1"), Reply("On it."))
    assert TOKEN not in str(failed.value)
    with pytest.raises(ProviderError):
        await TelegramRecordings(away).fetch(AudioClip("audio/ogg", reference="x"))


async def sent_clip(exchange: TelegramExchange, data: bytes, size: int | None = None) -> AudioClip:
    return AudioClip("audio/ogg", seconds=3.0, reference=exchange.keep(data, "oga", size))


async def test_a_recording_is_downloaded(bot: Bot, exchange: TelegramExchange) -> None:
    clip = await TelegramRecordings(bot).fetch(await sent_clip(exchange, VOICE))
    assert (clip.data, clip.size, clip.media_type, clip.seconds) == (VOICE, len(VOICE), "audio/ogg", 3.0)


async def test_a_recording_said_to_have_thirty_megabytes_is_refused_unasked(bot: Bot) -> None:
    with pytest.raises(UnusableRecording, match="20 megabytes"):
        await TelegramRecordings(bot).fetch(AudioClip("audio/ogg", size=30_000_000, reference="never asked for"))


async def test_a_recording_that_telegram_finds_too_big_is_refused(bot: Bot, exchange: TelegramExchange) -> None:
    with pytest.raises(UnusableRecording, match="20 megabytes"):
        await TelegramRecordings(bot).fetch(await sent_clip(exchange, VOICE, size=30_000_000))


async def test_a_recording_larger_than_it_claims_is_refused_while_it_is_downloaded(
    bot: Bot, exchange: TelegramExchange
) -> None:
    with pytest.raises(UnusableRecording, match="20 megabytes"):
        await TelegramRecordings(bot).fetch(await sent_clip(exchange, bytes(30_000_000), size=1000))


async def test_a_clip_that_names_no_file_is_a_providers_failure(bot: Bot) -> None:
    with pytest.raises(ProviderError, match="named no file"):
        await TelegramRecordings(bot).fetch(AudioClip("audio/ogg"))


async def test_a_recording_that_is_gone_is_a_providers_failure(bot: Bot, exchange: TelegramExchange) -> None:
    with pytest.raises(ProviderError, match="does not give"):
        await TelegramRecordings(bot).fetch(AudioClip("audio/ogg", reference="gone"))
    exchange.refuse_next("getFile", Refused(429, "Too Many Requests: retry after 3", retry_after=3))
    with pytest.raises(ProviderError) as failed:
        await TelegramRecordings(bot).fetch(AudioClip("audio/ogg", reference="gone"))
    assert failed.value.retry_after == 3.0


async def test_a_download_that_is_refused_is_a_providers_failure_without_the_token(
    settings: TelegramSettings, exchange: TelegramExchange
) -> None:
    elsewhere = settings.model_copy(update={"file": f"{settings.api_url}/nowhere"})
    gone = settings.model_copy(update={"file": "http://127.0.0.1:9"})
    clip = await sent_clip(exchange, VOICE)
    for wrong in (elsewhere, gone):
        async with build_bot(wrong) as bot:
            with pytest.raises(ProviderError) as failed:
                await TelegramRecordings(bot).fetch(clip)
        assert TOKEN not in str(failed.value)
