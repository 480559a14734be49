"""The facts that every Notifier keeps, asked of each of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest
import pytest_asyncio

from api.notifier import AppNotifier
from bots.telegram.bot import build_bot
from bots.telegram.notifier import TelegramNotifier
from bots.telegram.settings import TelegramSettings
from cadence.demo.telegram_exchange import Refused, TelegramExchange
from cadence.demo.telegram_handset import Handset
from cadence.demo.telegram_server import serve_telegram
from core.model.errors import DeliveryFailed, Undeliverable
from core.model.messages import Action, Address, Channel, Link, Reply
from core.replies.notifier import Notifier

TOKEN = "1000:contract"
REPLY = Reply(
    "Birch is done.",
    heard="start an agent",
    detail="1 file changed",
    links=(Link("Pull request", "https://forge.example/1"),),
    actions=(Action("Stop", "stop:7"),),
)


@dataclass(frozen=True, slots=True)
class Way:
    notifier: Notifier
    address: Address


@pytest.fixture
def exchange() -> TelegramExchange:
    return TelegramExchange(TOKEN)


@pytest_asyncio.fixture
async def telegram(exchange: TelegramExchange) -> AsyncIterator[Way]:
    async with (
        serve_telegram(exchange) as url,
        build_bot(TelegramSettings.model_validate({"token": TOKEN, "api_url": url})) as bot,
    ):
        yield Way(TelegramNotifier(bot), Address(Channel.TELEGRAM, str(Handset(exchange).person.id)))


async def _tell_nobody(_command: UUID, _reply: Reply) -> None:
    pytest.fail("an answer is no news")


@pytest.fixture(params=["app", "telegram"])
def way(request: pytest.FixtureRequest, telegram: Way) -> Way:
    return (
        telegram
        if request.param == "telegram"
        else Way(AppNotifier(_tell_nobody), Address(Channel.APP, str(UUID(int=1))))
    )


@pytest.mark.parametrize("reply", [REPLY, Reply("Hello."), Reply("Long.", detail="line\n" * 3000)])
async def test_a_reply_is_sent_and_has_a_name_by_which_it_can_be_edited(way: Way, reply: Reply) -> None:
    name = await way.notifier.send(way.address, reply)
    await way.notifier.edit(way.address, name, Reply("Birch is at 20 percent."))

    assert name


async def test_a_message_that_says_so_already_is_a_success(way: Way) -> None:
    name = await way.notifier.send(way.address, REPLY)
    for _ in range(2):
        await way.notifier.edit(way.address, name, REPLY)


@pytest.mark.parametrize(
    ("refusal", "failure"),
    [
        (Refused(403, "Forbidden: bot was blocked by the user"), Undeliverable),
        (Refused(400, "Bad Request: chat not found"), Undeliverable),
        (Refused(500, "Internal Server Error"), DeliveryFailed),
    ],
)
async def test_telegrams_refusals_have_our_names(
    exchange: TelegramExchange, telegram: Way, refusal: Refused, failure: type[Exception]
) -> None:
    name = await telegram.notifier.send(telegram.address, REPLY)
    exchange.refuse_next("sendMessage", refusal)
    exchange.refuse_next("editMessageText", refusal)
    with pytest.raises(failure):
        await telegram.notifier.send(telegram.address, REPLY)
    with pytest.raises(failure):
        await telegram.notifier.edit(telegram.address, name, Reply("Something new."))
