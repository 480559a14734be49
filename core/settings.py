"""Every setting there is, with the names people expect. ``cadence up`` needs none of them."""

from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.model.errors import Refusal

HostName = Literal["local", "fly", "hetzner"]
_CONFIG = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class CoreSettings(BaseSettings):
    """What every process of the control plane needs."""

    model_config = _CONFIG

    database_url: str = Field(alias="DATABASE_URL")
    redis_url: str = Field(alias="REDIS_URL")
    public_url: str | None = Field(default=None, alias="PUBLIC_URL")
    bind: str = Field(default="127.0.0.1:8765", alias="CADENCE_BIND")
    secret_key: SecretStr = Field(alias="CADENCE_SECRET_KEY", min_length=32)
    local_token: SecretStr | None = Field(default=None, alias="CADENCE_LOCAL_TOKEN")
    time_zone: str | None = Field(default=None, alias="CADENCE_TIME_ZONE")
    owner_name: str = Field(default="owner", alias="CADENCE_OWNER")
    old_secret_keys: str = Field(default="", alias="CADENCE_OLD_SECRET_KEYS")
    cors_origins: str = Field(default="", alias="CADENCE_CORS_ORIGINS")
    proxies: int = Field(default=0, ge=0, alias="CADENCE_PROXIES")
    requests_a_minute: int = Field(default=600, ge=1, alias="CADENCE_REQUESTS_A_MINUTE")
    cache: Path | None = Field(default=None, alias="CADENCE_CACHE")

    @property
    def code_folder(self) -> Path:
        """Where the worker keeps copies of repositories, to find the files of tasks in them."""
        return (self.cache or Path.home() / ".cache" / "cadence") / "code"

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, url: str | None) -> str | None:
        return url.rstrip("/") if url else None

    @property
    def origins(self) -> frozenset[str]:
        """Whose pages may use the API in a browser."""
        return frozenset(origin.strip().rstrip("/") for origin in self.cors_origins.split(",") if origin.strip())

    @property
    def keys(self) -> tuple[SecretStr, ...]:
        """The installation's key, and those before it, which still open what they have closed."""
        old = (SecretStr(key.strip()) for key in self.old_secret_keys.split(",") if key.strip())
        return (self.secret_key, *old)

    def url_for(self, host: str) -> str:
        """Our address as somebody knows it who reached us under the Host ``host``."""
        known = self.public_url is not None and urlsplit(self.public_url).netloc == host
        return self.public_url if known and self.public_url else f"http://{host}"


def load_core_settings() -> CoreSettings:
    """The settings from the environment. Raises Refusal that names what is missing or wrong."""
    try:
        return CoreSettings()  # pyright: ignore[reportCallIssue] (the fields come from the environment)
    except ValidationError as error:
        names = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise Refusal(f"Set these correctly, or use `cadence up`, which needs no settings: {names}.") from None


class AgentSettings(BaseSettings):
    """What agents are started with."""

    model_config = _CONFIG

    model: str = Field(default="claude-sonnet-5-5", alias="CADENCE_AGENT_MODEL")
    default_repo: str | None = Field(default=None, alias="CADENCE_DEFAULT_REPO")
    free_a_month: int = Field(default=5, ge=0, alias="CADENCE_FREE_AGENTS_A_MONTH")
    models: Path | None = Field(default=None, alias="CADENCE_MODELS")
    run_budget: float = Field(default=5.0, ge=0, alias="CADENCE_RUN_BUDGET")
    day_budget: float = Field(default=20.0, ge=0, alias="CADENCE_DAY_BUDGET")
    month_budget: float = Field(default=100.0, ge=0, alias="CADENCE_MONTH_BUDGET")
    park_after_minutes: float = Field(default=10, gt=0, alias="CADENCE_PARK_AFTER_MINUTES")
    free_at_once: int = Field(default=2, ge=1, alias="CADENCE_FREE_AGENTS_AT_ONCE")


class AnthropicSettings(BaseSettings):
    """The models that agents think with."""

    model_config = _CONFIG

    api_key: SecretStr | None = Field(default=None, alias="ANTHROPIC_API_KEY")
    base_url: str = Field(default="https://api.anthropic.com", alias="ANTHROPIC_BASE_URL")


class GitHubSettings(BaseSettings):
    """The code host. ``GITHUB_API_URL`` follows from ``GITHUB_URL`` unless it is given."""

    model_config = _CONFIG

    url: str = Field(default="https://github.com", alias="GITHUB_URL")
    api: str | None = Field(default=None, alias="GITHUB_API_URL")
    token: SecretStr | None = Field(default=None, alias="GITHUB_TOKEN")
    app_id: str | None = Field(default=None, alias="GITHUB_APP_ID")
    app_key: SecretStr | None = Field(default=None, alias="GITHUB_APP_PRIVATE_KEY")
    webhook_secret: SecretStr | None = Field(default=None, alias="GITHUB_WEBHOOK_SECRET")
    client_id: str | None = Field(default=None, alias="GITHUB_CLIENT_ID")
    client_secret: SecretStr | None = Field(default=None, alias="GITHUB_CLIENT_SECRET")
    users: str = Field(default="", alias="CADENCE_GITHUB_USERS")
    mention: str = Field(default="@cadence", min_length=2, alias="GITHUB_MENTION")
    check_rounds: int = Field(default=3, ge=0, alias="CADENCE_CHECK_ROUNDS")
    leave_alone: str = Field(default="", alias="CADENCE_LEAVE_ALONE")

    @property
    def open_to(self) -> frozenset[str]:
        """The accounts that may sign in, in small letters; ``*`` is everybody, and nobody may where none is named."""
        return frozenset(name.strip().lower() for name in self.users.split(",") if name.strip())

    @property
    def left_alone(self) -> frozenset[str]:
        """Repositories (``owner/name``, or ``owner/*``) whose pull requests are not looked after."""
        return frozenset(name.strip().lower() for name in self.leave_alone.split(",") if name.strip())

    @property
    def api_url(self) -> str:
        """The REST API's base."""
        if self.api:
            return self.api.rstrip("/")
        base = self.url.rstrip("/")
        return "https://api.github.com" if base == "https://github.com" else f"{base}/api/v3"


class FlySettings(BaseSettings):
    """Machines at Fly.io, one for each run. ``CADENCE_HOST`` says where agents run, whoever they belong to."""

    model_config = _CONFIG

    token: SecretStr | None = Field(default=None, alias="FLY_API_TOKEN")
    api_url: str = Field(default="https://api.machines.dev/v1", alias="FLY_API_URL")
    org: str = Field(default="personal", alias="FLY_ORG")
    regions: str = Field(default="fra,iad", pattern=r"^[a-z]{3}(,[a-z]{3})*$", alias="FLY_REGIONS")
    image: str = Field(default="", alias="FLY_IMAGE")
    pool_size: int = Field(default=2, ge=0, alias="FLY_POOL_SIZE")
    environment: str = Field(default="home", pattern=r"^[a-z0-9]{1,12}$", alias="CADENCE_ENVIRONMENT")
    host: HostName | None = Field(default=None, alias="CADENCE_HOST")

    @property
    def used(self) -> bool:
        """Whether any agent runs there."""
        return self.token is not None and self.host in {None, "fly"}


class HetznerSettings(BaseSettings):
    """Servers at Hetzner, one for each person on the pro plan. ``locations`` are asked in their order."""

    model_config = _CONFIG

    token: SecretStr | None = Field(default=None, alias="HCLOUD_TOKEN")
    endpoint: str = Field(default="https://api.hetzner.cloud/v1", alias="HCLOUD_ENDPOINT")
    locations: str = Field(default="fsn1,nbg1,hel1", pattern=r"^[a-z0-9]+(,[a-z0-9]+)*$", alias="HCLOUD_LOCATIONS")
    image: str = Field(default="debian-13", alias="HCLOUD_IMAGE")
    cores: int = Field(default=2, ge=1, alias="HCLOUD_MIN_CORES")
    memory: float = Field(default=4, gt=0, alias="HCLOUD_MIN_MEMORY_GB")
    disk: float = Field(default=40, gt=0, alias="HCLOUD_MIN_DISK_GB")
    architecture: Literal["x86", "arm"] = Field(default="x86", alias="HCLOUD_ARCHITECTURE")
    source_url: str = Field(default="", pattern=r"^(https://\S+)?$", alias="CADENCE_SOURCE_URL")
    source_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$", alias="CADENCE_SOURCE_SHA256")
    grace_days: float = Field(default=7, ge=0, alias="CADENCE_GRACE_DAYS")
    patience_minutes: float = Field(default=15, gt=0, alias="CADENCE_SERVER_PATIENCE_MINUTES")
    environment: str = Field(default="home", pattern=r"^[a-z0-9]{1,12}$", alias="CADENCE_ENVIRONMENT")
    host: HostName | None = Field(default=None, alias="CADENCE_HOST")

    @property
    def used(self) -> bool:
        """Whether any agent runs there."""
        return self.token is not None and self.host in {None, "hetzner"}

    def check(self, public_url: str | None) -> None:
        """Raises Refusal with what a real Hetzner needs besides. A simulated one has no https, and needs none of it."""
        if self.endpoint.startswith("http://"):
            return
        if not (public_url or "").startswith("https://"):
            raise Refusal("Set PUBLIC_URL, with https: servers at Hetzner have to reach this Cadence.")
        if not (self.source_url and self.source_sha256):
            raise Refusal("Set CADENCE_SOURCE_URL and CADENCE_SOURCE_SHA256: servers at Hetzner install it from there.")


class UnderstandingSettings(BaseSettings):
    """Who reads commands. Short orders, and everything while a provider is away, are read by the grammar."""

    model_config = _CONFIG

    interpreter: Literal["grammar", "anthropic", "openai"] | None = Field(default=None, alias="CADENCE_UNDERSTANDING")
    seconds: float = Field(default=4.0, gt=0, alias="CADENCE_UNDERSTANDING_SECONDS")
    anthropic_key: SecretStr | None = Field(default=None, alias="ANTHROPIC_API_KEY")
    anthropic_url: str = Field(default="https://api.anthropic.com", alias="ANTHROPIC_BASE_URL")
    anthropic_model: str = Field(default="claude-haiku-5-5", alias="CADENCE_UNDERSTANDING_MODEL")
    openai_key: SecretStr | None = Field(default=None, alias="OPENAI_API_KEY")
    openai_url: str = Field(default="https://api.openai.com/v1", alias="OPENAI_BASE_URL")
    openai_model: str = Field(default="gpt-5-mini", alias="OPENAI_UNDERSTANDING_MODEL")

    @property
    def choice(self) -> Literal["grammar", "anthropic", "openai"]:
        """The one that is named, else Claude where there is a key, else the grammar."""
        return self.interpreter or ("anthropic" if self.anthropic_key else "grammar")


Provider = Literal["openai", "deepgram", "local"]


class HearingSettings(BaseSettings):
    """Who turns speech into words. Without a key it is Whisper on this computer."""

    model_config = _CONFIG

    transcriber: str | None = Field(default=None, alias="CADENCE_TRANSCRIBER")
    patience: float = Field(default=8.0, gt=0, alias="CADENCE_TRANSCRIBER_PATIENCE")
    whisper: Literal["base", "tiny.en"] = Field(default="base", alias="CADENCE_WHISPER_MODEL")
    whisper_dir: Path | None = Field(default=None, alias="CADENCE_WHISPER_DIR")
    cache: Path | None = Field(default=None, alias="CADENCE_CACHE")
    openai_key: SecretStr | None = Field(default=None, alias="OPENAI_API_KEY")
    openai_url: str = Field(default="https://api.openai.com/v1", alias="OPENAI_BASE_URL")
    openai_model: str = Field(default="gpt-transcribe", alias="OPENAI_STT_MODEL")
    openai_price: float = Field(default=0.006, ge=0, alias="OPENAI_STT_DOLLARS_A_MINUTE")
    deepgram_key: SecretStr | None = Field(default=None, alias="DEEPGRAM_API_KEY")
    deepgram_url: str = Field(default="https://api.deepgram.com", alias="DEEPGRAM_BASE_URL")
    deepgram_model: str = Field(default="nova-3", alias="DEEPGRAM_MODEL")
    deepgram_price: float = Field(default=0.0043, ge=0, alias="DEEPGRAM_DOLLARS_A_MINUTE")
    deepgram_live_price: float = Field(default=0.0077, ge=0, alias="DEEPGRAM_LIVE_DOLLARS_A_MINUTE")

    @field_validator("transcriber")
    @classmethod
    def _only_known(cls, names: str | None) -> str | None:
        unknown = {name.strip() for name in names.split(",")} - set(get_args(Provider)) if names else set[str]()
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))}: choose from {', '.join(get_args(Provider))}")
        return names or None

    @property
    def order(self) -> tuple[Provider, ...]:
        """Who is asked, one after the other: those that are named, else those with a key and then this computer."""
        if self.transcriber:
            named = {name.strip() for name in self.transcriber.split(",")}
            return tuple(sorted((name for name in get_args(Provider) if name in named), key=self.transcriber.index))
        keys: dict[Provider, SecretStr | None] = {"openai": self.openai_key, "deepgram": self.deepgram_key}
        return (*(name for name, key in keys.items() if key), "local")
