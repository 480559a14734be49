"""What the Telegram channel is configured with."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class TelegramSettings(BaseSettings):
    """The bot, where its API is, and who may use it without linking first.

    ``owners`` are the Telegram user ids that belong to the owner of this installation.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    token: SecretStr | None = Field(default=None, alias="TELEGRAM_BOT_TOKEN")
    api_url: str = Field(default="https://api.telegram.org", alias="TELEGRAM_API_URL")
    file: str | None = Field(default=None, alias="TELEGRAM_FILE_URL")
    webhook_secret: SecretStr | None = Field(default=None, alias="TELEGRAM_WEBHOOK_SECRET")
    owners: Annotated[frozenset[str], NoDecode] = Field(default=frozenset(), alias="CADENCE_TELEGRAM_USERS")

    @field_validator("owners", mode="before")
    @classmethod
    def _separated_by_commas(cls, users: str | frozenset[str]) -> set[str] | frozenset[str]:
        return {user.strip() for user in users.split(",") if user.strip()} if isinstance(users, str) else users

    @field_validator("token", "webhook_secret", mode="before")
    @classmethod
    def _blank_is_absent(cls, secret: object) -> object:
        return (secret.strip() or None) if isinstance(secret, str) else secret

    @field_validator("api_url", "file")
    @classmethod
    def _without_slash(cls, url: str | None) -> str | None:
        return url.rstrip("/") if url else url

    @property
    def file_url(self) -> str:
        """Where recordings are downloaded from: ``TELEGRAM_FILE_URL``, or the API's own place for them."""
        return self.file or f"{self.api_url}/file"
