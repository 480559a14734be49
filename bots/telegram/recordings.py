"""Brings recordings in from Telegram, and no more of them than is wanted."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

import httpx
from telegram import Bot, File
from telegram.error import BadRequest, RetryAfter, TelegramError

from bots.telegram.bot import in_seconds, is_loopback
from bots.telegram.failures import is_too_big
from core.model.errors import ProviderError, UnusableRecording
from core.model.messages import AudioClip

# Telegram lets a bot download no more than this.
MAX_BYTES: Final = 20_000_000
_TIMEOUT = httpx.Timeout(15.0)


@dataclass(frozen=True, slots=True)
class TelegramRecordings:
    """Downloads what a clip's ``reference`` stands for."""

    bot: Bot
    max_bytes: int = MAX_BYTES

    async def fetch(self, clip: AudioClip) -> AudioClip:
        """The clip with its ``data``. Raises UnusableRecording when it is too large, ProviderError otherwise."""
        self._weigh(clip.size)
        if clip.reference is None:
            raise ProviderError("Telegram named no file for this recording.")
        file = await self._locate(clip.reference)
        self._weigh(file.file_size)
        if not file.file_path:
            raise ProviderError("Telegram does not say where the recording is.")
        data = await self._download(file.file_path)
        return replace(clip, data=data, size=len(data))

    def _weigh(self, size: int | None) -> None:
        if size is not None and size > self.max_bytes:
            raise UnusableRecording(
                f"That recording is too large for me: {self.max_bytes // 1_000_000} megabytes is the most I can take. "
                "Please send a shorter one."
            )

    async def _locate(self, reference: str) -> File:
        try:
            return await self.bot.get_file(reference)
        except BadRequest as error:
            if is_too_big(error):
                self._weigh(self.max_bytes + 1)
            raise ProviderError(f"Telegram does not give the recording out: {error.message}") from error
        except RetryAfter as error:
            raise ProviderError("Telegram asks us to slow down.", retry_after=in_seconds(error.retry_after)) from error
        except TelegramError as error:
            raise ProviderError(f"Telegram could not be reached ({type(error).__name__}).") from error

    async def _download(self, url: str) -> bytes:
        data = bytearray()
        try:
            async with (
                httpx.AsyncClient(timeout=_TIMEOUT, trust_env=not is_loopback(url)) as client,
                client.stream("GET", url) as response,
            ):
                _expect_file(response)
                async for chunk in response.aiter_bytes():
                    data += chunk
                    self._weigh(len(data))
        except httpx.HTTPError as error:
            # The URL holds the token, so nothing of the error but its type is repeated.
            raise ProviderError(f"The recording could not be downloaded ({type(error).__name__}).") from None
        return bytes(data)


def _expect_file(response: httpx.Response) -> None:
    if response.status_code != HTTPStatus.OK:
        raise ProviderError(f"Telegram answered {response.status_code} instead of the recording.")
