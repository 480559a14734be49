"""Settings become objects: the only module that names a provider."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from core.agents.authors import Authors
from core.agents.budget import Budgets
from core.agents.caretaker import Caretaker
from core.agents.desk import AgentDesk
from core.agents.directory import Directory, RepoShelf
from core.agents.intake import Intake
from core.agents.librarian import Librarian
from core.agents.models import Models, load_models
from core.agents.orchestrator import Orchestrator
from core.agents.placement import TieredHost, hosts_by_plan
from core.agents.pool import FlyPool
from core.agents.quota import Quota
from core.agents.reports import Reports
from core.agents.rights import Rights
from core.agents.scheduler import Scheduler
from core.agents.servers import HetznerServers
from core.agents.sweep import Sweep
from core.bell import Bell
from core.github.app import AppKey, GitHubApp
from core.github.github import GitHub
from core.github.host import CodeHost
from core.jobs import JobBell, open_broker
from core.model.errors import Refusal
from core.model.messages import Channel
from core.model.ring import JobRing, MachineRing, RelayRing, Ring, WatchRing
from core.pipeline import CommandPipeline, Recordings
from core.reception import Reception
from core.redaction.known import secrets_in
from core.redaction.redactor import Redactor
from core.replies.notifier import Notifier
from core.replies.relay import ReplyRelay, topic_of
from core.sandbox.daemon.mirrors import Mirrors
from core.sandbox.fly.api import open_fly
from core.sandbox.fly.machine import FlyMachineKind
from core.sandbox.hetzner.api import open_hetzner
from core.sandbox.hetzner.choice import Need
from core.sandbox.hetzner.cloud_init import Source
from core.sandbox.hetzner.kind import ServerKind
from core.sandbox.host import Host
from core.sandbox.local import LocalHost
from core.sandbox.tokens import RunTokens
from core.senses import open_interpreter
from core.settings import (
    AgentSettings,
    CoreSettings,
    FlySettings,
    GitHubSettings,
    HetznerSettings,
    HostName,
    UnderstandingSettings,
)
from core.store.database import Database, open_database
from core.vault import Vault
from core.voice.dialogue import Dialogue
from core.voice.interpreter import Interpreter
from core.voice.transcriber import Transcriber
from core.watch import watch_topic

_log = structlog.get_logger(__name__)
_RING_SECONDS: Final = 2.0
_REDIS_CONNECTIONS: Final = 20


def machine_topic(machine_id: object) -> str:
    """The bell's topic for a machine's socket, in whichever process it is."""
    return f"machine:{machine_id}"


@dataclass(frozen=True, slots=True)
class Core:
    """What every process of the control plane is made of."""

    settings: CoreSettings
    database: Database
    bell: Bell
    code_host: CodeHost
    shelf: RepoShelf
    authors: Authors
    tokens: RunTokens
    models: Models
    agent_model: str
    intake: Intake
    redact: Redactor
    interpreter: Interpreter
    librarian: Librarian
    vault: Vault
    pool: FlyPool | None = None
    servers: HetznerServers | None = None
    rights: Rights | None = None

    @property
    def budgets(self) -> Budgets:
        """What agents may spend."""
        return _budgets(AgentSettings())

    @property
    def host(self) -> Host:
        """Where agents run, by the plan of their people unless the settings say otherwise."""
        there_are: dict[HostName, Host] = {"local": LocalHost()}
        if self.pool is not None:
            there_are["fly"] = self.pool
        if self.servers is not None:
            there_are["hetzner"] = self.servers
        return TieredHost(self.database, hosts_by_plan(there_are, HetznerSettings().host))

    @property
    def orchestrator(self) -> Orchestrator:
        """The jobs."""
        return Orchestrator(
            self.database, self.host, self.code_host, self.settings.public_url, self.redact, self.librarian
        )

    @property
    def sweep(self) -> Sweep:
        """The gap-closer."""
        return Sweep(self.database, self.orchestrator, timedelta(minutes=AgentSettings().park_after_minutes))

    @property
    def desk(self) -> AgentDesk:
        """Who carries commands out."""
        agents = AgentSettings()
        quota = Quota(agents.free_a_month, agents.free_at_once)
        return AgentDesk(self.database, self.agent_model, quota, self.budgets, self.models)

    @property
    def scheduler(self) -> Scheduler:
        """Who begins what is due."""
        return Scheduler(self.database, self.desk)

    @property
    def caretaker(self) -> Caretaker:
        """Who looks after pull requests."""
        github = GitHubSettings()
        return Caretaker(
            self.database, self.code_host, github.check_rounds, github.mention, github.left_alone, self.librarian
        )

    def relay(self, channel: Channel, notifier: Notifier) -> ReplyRelay:
        """A channel's way out."""
        return ReplyRelay(channel, self.database, self.bell, notifier, self.redact)

    @property
    def directory(self) -> Directory:
        """Who may use what."""
        return Directory(self.database, self.shelf, AgentSettings().default_repo, self.rights)

    def reception(self, channel: Channel, recordings: Recordings, transcriber: Transcriber) -> Reception:
        """A channel's way in."""
        pipeline = CommandPipeline(
            directory=self.directory,
            recordings=recordings,
            transcriber=transcriber,
            dialogue=Dialogue(self.interpreter),
            desk=self.desk,
        )
        return Reception(channel, self.database, pipeline)


@asynccontextmanager
async def open_core(settings: CoreSettings) -> AsyncGenerator[Core, None]:
    """Connect to everything a process of the control plane needs."""
    # Whoever rings waits for a free connection rather than being refused one.
    connections = BlockingConnectionPool.from_url(
        settings.redis_url, max_connections=_REDIS_CONNECTIONS, socket_connect_timeout=2, health_check_interval=15
    )
    redis = Redis.from_pool(connections)
    bell = Bell(redis)
    with open_broker(settings.redis_url) as broker:
        async with (
            redis,
            _code_host(GitHubSettings()) as code_host,
            open_database(settings.database_url, make_ring(bell, JobBell(broker))) as database,
            _open_pool(database, settings, FlySettings()) as pool,
            open_interpreter(UnderstandingSettings()) as interpreter,
        ):
            models = load_models(AgentSettings().models)
            vault = Vault(settings.keys)
            rights = Rights(database, vault, _as_owner_of)
            redact = Redactor(secrets_in(os.environ))
            yield Core(
                settings,
                database,
                bell,
                code_host,
                RepoShelf(code_host),
                Authors(code_host),
                RunTokens(settings.secret_key),
                models,
                models.current(AgentSettings().model),
                Intake(Reports(database, _budgets(AgentSettings()), redact)),
                redact,
                interpreter,
                Librarian(database, code_host, Mirrors(settings.code_folder), rights),
                vault,
                pool,
                _servers(database, settings, HetznerSettings()),
                rights,
            )


@asynccontextmanager
async def _open_pool(
    database: Database, settings: CoreSettings, fly: FlySettings
) -> AsyncGenerator[FlyPool | None, None]:
    if not fly.used or fly.token is None:
        yield None
        return
    if not fly.image:
        raise Refusal("Set FLY_IMAGE to the digest of the agents' image: `fly deploy --build-only --push` makes it.")
    if settings.public_url is None and fly.api_url.startswith("https://"):
        raise Refusal("Set PUBLIC_URL: machines at Fly have to reach this Cadence.")
    socket_url = f"{(settings.public_url or f'http://{settings.bind}').replace('http', 'ws', 1)}/ws/daemon"
    kind = FlyMachineKind(fly.image, fly.environment, socket_url)
    async with open_fly(fly.api_url, fly.token.get_secret_value(), fly.org) as api:
        yield FlyPool(database, api, kind, fly.regions.split(","), fly.pool_size)


def _servers(database: Database, settings: CoreSettings, hetzner: HetznerSettings) -> HetznerServers | None:
    """Servers at Hetzner, if they are to be used. Raises Refusal with the settings that are missing."""
    if not hetzner.used or hetzner.token is None:
        return None
    hetzner.check(settings.public_url)
    source = Source(hetzner.source_url, hetzner.source_sha256)
    need = Need(hetzner.cores, hetzner.memory, hetzner.disk, hetzner.architecture)
    url = settings.public_url or f"http://{settings.bind}"
    kind = ServerKind(hetzner.environment, url, source, hetzner.image, need, hetzner.locations.split(","))
    return HetznerServers(
        database,
        open_hetzner(hetzner.endpoint, hetzner.token.get_secret_value()),
        kind,
        settings.secret_key,
        timedelta(days=hetzner.grace_days),
        timedelta(minutes=hetzner.patience_minutes),
        everybody=hetzner.host == "hetzner",
    )


def _budgets(settings: AgentSettings) -> Budgets:
    return Budgets(settings.run_budget, settings.day_budget, settings.month_budget)


def _as_owner_of(token: str) -> GitHub:
    settings = GitHubSettings()
    return GitHub(settings.url, settings.api_url, token)


def _code_host(settings: GitHubSettings) -> GitHub | GitHubApp:
    if settings.app_id is not None and settings.app_key is not None:
        return GitHubApp(settings.url, settings.api_url, AppKey(settings.app_id, settings.app_key))
    if settings.token is None:
        raise Refusal(
            "No code host: set GITHUB_TOKEN (or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY), or use `cadence up`."
        )
    return GitHub(settings.url, settings.api_url, settings.token.get_secret_value())


def make_ring(bell: Bell, jobs: JobBell) -> Callable[[Ring], Awaitable[None]]:
    """What the database calls after a commit."""

    async def pull(ring: Ring) -> None:
        match ring:
            case RelayRing(channel):
                await bell.ring(topic_of(channel))
            case MachineRing(machine_id):
                await bell.ring(machine_topic(machine_id))
            case JobRing(job, agent_id):
                await jobs.ring(job, agent_id)
            case WatchRing(person_id):
                await bell.ring(watch_topic(person_id))
            case _:
                assert_never(ring)

    async def ring(ring: Ring) -> None:
        try:
            # A Redis that hangs must not hold up those who have committed already.
            async with asyncio.timeout(_RING_SECONDS):
                await pull(ring)
        except (RedisError, OSError) as error:
            # What was committed stays committed; whoever should have heard this looks for it within seconds.
            _log.warning("ring_lost", ring=repr(ring), error=type(error).__name__)

    return ring
