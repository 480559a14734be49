"""Builds the one client through which the channel, its notifier and its recordings talk to Telegram."""

import ipaddress
import logging
import os
import re
from datetime import timedelta
from urllib.parse import urlsplit

from telegram import Bot
from telegram.request import HTTPXRequest

from bots.telegram.settings import TelegramSettings
from core.model.errors import Refusal

_CONNECTIONS = 16
_PATIENCE_SECONDS = 15.0


def build_bot(settings: TelegramSettings) -> Bot:
    """A client that has not talked to anybody yet. Raises Refusal when there is no token that could be one."""
    token = settings.token.get_secret_value() if settings.token else ""
    if not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
        raise Refusal("Set TELEGRAM_BOT_TOKEN to the token that BotFather gave you: digits, a colon, letters.")
    _keep_token_out_of_logs()
    # Without this the library warns each time it reads a duration, and in its own code.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    return Bot(
        token,
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.file_url}/bot",
        request=_request(settings.api_url, _CONNECTIONS),
        get_updates_request=_request(settings.api_url, 2),
    )


def in_seconds(period: float | timedelta) -> float:
    """A period as the library gives it, in seconds."""
    return period.total_seconds() if isinstance(period, timedelta) else float(period)


def is_loopback(url: str) -> bool:
    """True for an address on this computer, which no proxy could reach for us."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _request(api_url: str, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=5.0,
        read_timeout=_PATIENCE_SECONDS,
        write_timeout=_PATIENCE_SECONDS,
        pool_timeout=_PATIENCE_SECONDS,
        httpx_kwargs={"trust_env": not is_loopback(api_url)},
    )


def _keep_token_out_of_logs() -> None:
    # The token is part of every URL, and these two log URLs below WARNING.
    for name in ("httpx", "telegram.Bot"):
        logging.getLogger(name).setLevel(logging.WARNING)
