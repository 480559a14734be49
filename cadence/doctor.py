"""``cadence doctor``: what is there, what is missing, and the one command or link that fixes it."""

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.markup import escape

from cadence.bill import price_up
from cadence.called import own_name
from cadence.home import open_home
from core.model.errors import CadenceError, Refusal
from core.sandbox.daemon.self_test import try_isolation
from core.sandbox.hetzner.api import open_hetzner
from core.settings import HearingSettings, HetznerSettings
from core.voice.weights import find_weights


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``fix`` is None when nothing needs to be done."""

    what: str
    state: str
    fix: str | None = None
    needed: bool = False


async def run_doctor(console: Console) -> None:
    """Print every finding; raises SystemExit(1) when something that everything needs is missing."""
    findings = [
        *_computer(),
        await _running(),
        await _isolation(),
        _hearing(),
        *_accounts(os.environ),
        await _servers(),
    ]
    for finding in findings:
        mark = "[green]✓[/]" if finding.fix is None else "[red]✗[/]" if finding.needed else "[yellow]·[/]"
        console.print(f"{mark} {escape(finding.what)}: {escape(finding.state)}", soft_wrap=True, highlight=False)
        if finding.fix is not None:
            console.print(f"    → {escape(finding.fix)}", soft_wrap=True, highlight=False)
    if any(finding.needed and finding.fix for finding in findings):
        raise SystemExit(1)


def _computer() -> Iterable[Finding]:
    yield Finding("Python", platform.python_version() + f" ({sys.executable})")
    git = shutil.which("git")
    yield Finding("git", git or "missing", None if git else "apt install git", needed=True)
    try:
        home = open_home(os.environ)
    except CadenceError as error:
        yield Finding("State folder", "cannot be used", str(error), needed=True)
        return
    yield Finding("State folder", str(home.path))


async def _running() -> Finding:
    """Ask, for a Cadence that was killed leaves its address behind."""
    try:
        url = open_home(os.environ).running_url()
    except Refusal:
        url = None
    if url is not None:
        async with httpx.AsyncClient(base_url=url, timeout=5, trust_env=False) as http:
            with suppress(httpx.HTTPError):
                (await http.get("/healthz")).raise_for_status()
                return Finding("cadence up", f"answers at {url}")
    return Finding("cadence up", "not running", "make up")


async def _isolation() -> Finding:
    """Try the box that agents run in."""
    report = (await try_isolation(None)).report
    return Finding("Box for agents", report.isolation, None if report.passed else report.problem, needed=True)


def _hearing() -> Finding:
    settings = HearingSettings()
    models = {"openai": f"OpenAI, {settings.openai_model}", "deepgram": f"Deepgram, {settings.deepgram_model}"}
    keys = {"openai": settings.openai_key, "deepgram": settings.deepgram_key}
    cloud = [name for name in settings.order if name in models]
    if cloud:
        missing = [f"{name.upper()}_API_KEY" for name in cloud if not keys[name]]
        fix = f"set {' and '.join(missing)}, or leave CADENCE_TRANSCRIBER unset" if missing else None
        here = ["this computer"] if "local" in settings.order else []
        return Finding("Hearing", ", then ".join([*(models[name] for name in cloud), *here]), fix)
    try:
        weights = find_weights(settings.whisper, settings.cache or open_home(os.environ).cache, settings.whisper_dir)
    except CadenceError as error:
        return Finding("Hearing", "no model", str(error))
    return Finding("Hearing", f"Whisper {settings.whisper} on this computer ({_short(weights)})")


def _short(path: Path) -> str:
    return f"…/{path.parent.name}/{path.name}"


def _accounts(environ: Mapping[str, str]) -> Iterable[Finding]:
    yield _account(
        environ,
        "Claude",
        ("ANTHROPIC_API_KEY",),
        "a scripted stand-in answers: set ANTHROPIC_API_KEY, from https://platform.claude.com/settings/keys",
    )
    yield _account(
        environ,
        "GitHub",
        ("GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY") if environ.get("GITHUB_APP_ID") else ("GITHUB_TOKEN",),
        "a small forge on this computer is used: set GITHUB_TOKEN, from"
        " https://github.com/settings/personal-access-tokens (contents and pull requests: read and write)",
    )
    yield _account(
        environ,
        "Telegram",
        ("TELEGRAM_BOT_TOKEN",),
        f"set TELEGRAM_BOT_TOKEN, from https://t.me/BotFather; then `{own_name()} link` (see docs/telegram.md)",
    )
    yield Finding("Slack", "not built yet", "a later version brings it; nothing to set")
    yield Finding("Phone", "not built yet", "a later version brings it; nothing to set")


async def _servers() -> Finding:
    """What people's own servers cost, by Hetzner's own list."""
    hetzner = HetznerSettings()
    if not hetzner.used or hetzner.token is None:
        return Finding("Hetzner", "not connected", "only for servers of people's own: set HCLOUD_TOKEN")
    try:
        bill = await price_up(open_hetzner(hetzner.endpoint, hetzner.token.get_secret_value()), hetzner)
    except CadenceError as error:
        return Finding("Hetzner", "cannot be used", str(error))
    return Finding("Hetzner", bill)


def _account(environ: Mapping[str, str], name: str, settings: tuple[str, ...], fix: str) -> Finding:
    missing = [setting for setting in settings if not environ.get(setting)]
    return Finding(name, "not connected" if missing else "set", fix if missing else None)
