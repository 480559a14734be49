"""The serving process: the API, the daemons' socket, and every channel that has credentials."""

import asyncio
import gc
import os
import signal
from collections.abc import Coroutine
from importlib.metadata import version
from pathlib import Path

import httpx
import structlog
from quart import Quart

from api.agents import agent_routes
from api.app import create_app
from api.auth import LocalSignIn
from api.belongings import device_routes, repo_routes, schedule_routes
from api.callers import Callers
from api.code_gateway import code_gateway_routes
from api.codebase import codebase_routes
from api.commands import command_routes
from api.daemon import daemon_routes
from api.enrolment import enrolment_routes
from api.gateway import Porter
from api.git_gateway import git_gateway_routes
from api.github_oauth import GitHubOAuth
from api.health import health_routes
from api.home import home_routes
from api.limits import RateLimit
from api.links import link_routes
from api.live import live_routes
from api.llm_gateway import Till, llm_gateway_routes
from api.me import me_routes
from api.news import BrowserNews
from api.notifier import AppNotifier, AppRecordings
from api.push import Pusher, PushKey
from api.sessions import SessionTokens
from api.sign_in import sign_in_routes
from api.snapshot_gateway import snapshot_routes
from api.tokens import token_routes
from api.webhooks import GitHubWebhook, webhook_routes
from bots.telegram.app import TelegramChannel
from bots.telegram.bot import build_bot
from bots.telegram.notifier import TelegramNotifier
from bots.telegram.recordings import TelegramRecordings
from bots.telegram.settings import TelegramSettings
from cadence.clock import owners_time_zone
from cadence.connections import describe_connections
from cadence.listening import serve_app
from cadence.owner import introduce_owner
from core.model.errors import Refusal
from core.model.messages import Channel
from core.reception import Reception
from core.senses import open_transcriber
from core.settings import AnthropicSettings, CoreSettings, GitHubSettings, HearingSettings
from core.voice.transcriber import Transcriber
from core.watch import Watch
from core.wiring import Core, open_core

_log = structlog.get_logger(__name__)
Loop = Coroutine[None, None, None]


async def run_serve(core_settings: CoreSettings, cache: Path) -> None:
    """Serve until SIGTERM or SIGINT; what is being handled then is handled again at the next start."""
    telegram = TelegramSettings()
    async with (
        open_core(core_settings) as core,
        open_transcriber(HearingSettings(), cache) as transcriber,
        httpx.AsyncClient(timeout=httpx.Timeout(600, connect=10)) as http,
    ):
        zone = owners_time_zone(core_settings.time_zone)
        await introduce_owner(core.database, core_settings.owner_name, telegram.owners, zone)
        async with core.database.transaction() as tx:
            await tx.access.renew_github(core.vault.renew)
        pusher = Pusher(http, PushKey(core_settings.secret_key), core_settings.public_url or "https://localhost")
        app_reception = core.reception(Channel.APP, AppRecordings(), transcriber)
        loops: list[Loop] = [
            app_reception.run(),
            core.relay(Channel.APP, AppNotifier(BrowserNews(core.database, pusher).tell)).run(),
        ]
        channel = _telegram(core, transcriber, telegram, loops)
        watch = Watch(core.database, core.bell)
        app = _routes(core, app_reception, channel, http, watch)
        await _run(app, core_settings, loops, watch)


def _routes(
    core: Core, reception: Reception, telegram: TelegramChannel | None, http: httpx.AsyncClient, watch: Watch
) -> Quart:
    settings, porter = core.settings, Porter(core.database, core.tokens)
    local, tokens = LocalSignIn(settings.local_token), SessionTokens(settings.secret_key)
    per_minute = settings.requests_a_minute
    # Behind one address there may be several people.
    strangers = RateLimit(core.bell.redis, "address", 2 * per_minute)
    callers = Callers(local, core.database, tokens, RateLimit(core.bell.redis, "person", per_minute), strangers)
    return create_app(
        [
            home_routes(local, core.database, describe_connections(os.environ), telegram and telegram.address),
            agent_routes(core.desk, core.directory),
            live_routes(core.database, watch),
            command_routes(reception, core.database, core.bell),
            me_routes(core.database, core.desk.quota, core.budgets),
            token_routes(core.database),
            link_routes(core.database),
            repo_routes(core.directory),
            codebase_routes(core.librarian.engine, core.directory, core.bell),
            schedule_routes(core.database, core.directory),
            device_routes(core.database, PushKey(settings.secret_key)),
            sign_in_routes(core.database, tokens, _github_oauth(http), core.vault),
            daemon_routes(core),
            enrolment_routes(core.database, core.settings),
            llm_gateway_routes(porter, http, AnthropicSettings(), Till(core.database, core.models, core.budgets)),
            git_gateway_routes(porter, http, core.code_host),
            snapshot_routes(porter, core.database),
            code_gateway_routes(porter, core.librarian.engine),
            webhook_routes(telegram.handle_webhook if telegram else None, _github_webhook(core)),
            health_routes(core.database),
        ],
        callers,
        version=version("cadence"),
        origins=settings.origins,
    )


def _github_oauth(http: httpx.AsyncClient) -> GitHubOAuth | None:
    github = GitHubSettings()
    if github.client_id is None or github.client_secret is None:
        return None
    return GitHubOAuth(http, github.url, github.api_url, github.client_id, github.client_secret, github.open_to)


def _github_webhook(core: Core) -> GitHubWebhook | None:
    secret = GitHubSettings().webhook_secret
    return None if secret is None else GitHubWebhook(secret, core.database, core.shelf)


def _telegram(
    core: Core, transcriber: Transcriber, settings: TelegramSettings, loops: list[Loop]
) -> TelegramChannel | None:
    if settings.token is None:
        return None
    bot = build_bot(settings)
    reception = core.reception(Channel.TELEGRAM, TelegramRecordings(bot), transcriber)
    channel = TelegramChannel(settings, reception.accept, bot)
    public_url = core.settings.public_url if settings.webhook_secret else None
    receiving = channel.run() if public_url is None else _announce(channel, f"{public_url}/webhooks/telegram")
    loops += [
        _until_refused("telegram", receiving),
        reception.run(),
        core.relay(Channel.TELEGRAM, TelegramNotifier(bot)).run(),
    ]
    return channel


async def _until_refused(channel: str, receiving: Loop) -> None:
    """A channel whose credentials are no good must not take the others down with it."""
    try:
        await receiving
    except Refusal as refusal:
        _log.error("channel_off", channel=channel, reason=str(refusal))


async def _announce(channel: TelegramChannel, url: str) -> None:
    """Have Telegram deliver to us, for as long as this is not cancelled."""
    try:
        await channel.announce_webhook(url)
        await asyncio.Event().wait()
    finally:
        await channel.close()


async def _run(app: Quart, settings: CoreSettings, loops: list[Loop], watch: Watch) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    # What has been imported stays for good: looking through all of it again and again held everybody up for 0.1 s.
    gc.freeze()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each) for each in loops]

        async def stop() -> None:
            await stopping.wait()
            await watch.close()

        await serve_app(app, settings.bind, stop, proxies=settings.proxies)
        for task in tasks:
            task.cancel()
