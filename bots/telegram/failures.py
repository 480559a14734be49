"""Sorts Telegram's refusals into those that pass and those that stay."""

from collections.abc import Generator
from contextlib import contextmanager

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bots.telegram.bot import in_seconds
from core.model.errors import DeliveryFailed, Undeliverable

# What the Bot API says about chats and messages that will not come back.
_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_write_forbidden",
    "not enough rights",
    "have no rights",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message thread not found",
    "topic_closed",
)


@contextmanager
def delivering() -> Generator[None]:
    """Lets no exception of the library out: DeliveryFailed when it may work later, Undeliverable when it never will."""
    try:
        yield
    except RetryAfter as error:
        raise DeliveryFailed("Telegram asks us to slow down.", retry_after=in_seconds(error.retry_after)) from error
    except (Forbidden, ChatMigrated) as error:
        raise Undeliverable(f"Telegram will not deliver this: {error.message}") from error
    except BadRequest as error:
        if _says(error, *_GONE):
            raise Undeliverable(f"Telegram will not deliver this: {error.message}") from error
        raise DeliveryFailed(f"Telegram refused the message: {error.message}") from error
    except TelegramError as error:
        # The type says enough, and its text could hold a URL, which holds the token.
        raise DeliveryFailed(f"Telegram could not be reached ({type(error).__name__}).") from error


def says_so_already(error: BadRequest) -> bool:
    """The message to edit has that text and these buttons."""
    return _says(error, "message is not modified")


def refuses_link_button(error: BadRequest) -> bool:
    """Telegram does not put this URL on a button: a loopback address, a host without a dot."""
    return _says(error, "button_url_invalid") or (_says(error, "button url") and _says(error, "invalid"))


def is_too_big(error: BadRequest) -> bool:
    """The file is larger than a bot may download."""
    return _says(error, "file is too big")


def _says(error: BadRequest, *phrases: str) -> bool:
    said = error.message.lower()
    return any(phrase in said for phrase in phrases)
