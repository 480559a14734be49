import logging

import pytest

from bots.telegram.bot import build_bot
from bots.telegram.settings import TelegramSettings
from core.model.errors import Refusal


def settings(**given: object) -> TelegramSettings:
    return TelegramSettings.model_validate(given)


def test_the_environment_is_read_under_the_names_people_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", " 1000:from-environment\n")
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "hush")
    monkeypatch.setenv("CADENCE_TELEGRAM_USERS", "4242, 4343,")
    read = TelegramSettings()
    assert read.token is not None
    assert read.token.get_secret_value() == "1000:from-environment"
    assert read.api_url == "http://127.0.0.1:8081"
    assert read.file_url == "http://127.0.0.1:8081/file"
    assert read.webhook_secret is not None
    assert read.webhook_secret.get_secret_value() == "hush"
    assert read.owners == {"4242", "4343"}


def test_nothing_has_to_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "")
    read = TelegramSettings()
    assert (read.token, read.webhook_secret, read.owners) == (None, None, frozenset())


def test_a_bot_talks_to_the_given_api_and_file_addresses() -> None:
    given = settings(token="1000:abc", api_url="https://api.example/", file="https://files.example/")
    bot = build_bot(given)
    assert bot.base_url == "https://api.example/bot1000:abc"
    assert bot.base_file_url == "https://files.example/bot1000:abc"


@pytest.mark.parametrize("token", [None, "", "abc", "1000:", "1000:abc/../x", "1000:abc\r\nHost: evil"])
def test_what_cannot_be_a_token_is_refused_without_being_repeated(token: str | None) -> None:
    with pytest.raises(Refusal, match="TELEGRAM_BOT_TOKEN") as refused:
        build_bot(settings(token=token))
    assert not token or token not in str(refused.value)


def test_the_token_stays_out_of_the_libraries_logs_at_info() -> None:
    build_bot(settings(token="1000:abc"))
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert not logging.getLogger("telegram.Bot").isEnabledFor(logging.DEBUG)
