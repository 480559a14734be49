"""What takes the place of accounts that are not there: a scripted model and a small forge, both clearly labelled."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from quart import Quart

from cadence.demo.scripted_model import scripted_model
from cadence.forge.app import create_forge
from cadence.forge.seed import seed_repo
from cadence.home import Home
from cadence.listening import check_free, free_port, serve_app
from cadence.simulated_fly.app import simulated_fly
from cadence.simulated_fly.machines import launch
from cadence.simulated_fly.state import Fly
from cadence.simulated_hetzner.app import simulated_hetzner
from cadence.simulated_hetzner.servers import boot
from cadence.simulated_hetzner.state import Hetzner

SIMULATED: Final = "fly-simulated"
SIMULATED_SERVERS: Final = "hetzner-simulated"
STAND_IN_KEY: Final = "scripted-stand-in"
SAMPLE_OWNER: Final = "local"
SAMPLE_REPO: Final = "wallet-frontend"


@asynccontextmanager
async def stand_ins(home: Home, environ: Mapping[str, str]) -> AsyncGenerator[dict[str, str], None]:
    """Serve what is missing; yields the settings that point to it."""
    settings: dict[str, str] = {}
    serving: list[asyncio.Task[None]] = []
    if not environ.get("ANTHROPIC_API_KEY"):
        bind = f"127.0.0.1:{free_port()}"
        # A script costs nobody anything, and so it shall say.
        serving.append(asyncio.create_task(_serve(scripted_model(counted=False), bind)))
        settings |= {"ANTHROPIC_API_KEY": STAND_IN_KEY, "ANTHROPIC_BASE_URL": f"http://{bind}"}
        # The script knows an agent's lines and no others.
        settings |= {"CADENCE_UNDERSTANDING": environ.get("CADENCE_UNDERSTANDING", "grammar")}
    if not (environ.get("GITHUB_TOKEN") or environ.get("GITHUB_APP_ID")):
        bind = environ.get("CADENCE_FORGE_BIND", "127.0.0.1:8766")
        check_free(bind, "CADENCE_FORGE_BIND")
        token = home.secrets().forge_token
        with resources.as_file(resources.files("cadence.demo") / "sample" / SAMPLE_REPO) as tree:
            await seed_repo(home.forge, SAMPLE_OWNER, SAMPLE_REPO, Path(tree))
        serving.append(asyncio.create_task(_serve(create_forge(home.forge, f"http://{bind}", token), bind)))
        settings |= {"GITHUB_TOKEN": token, "GITHUB_URL": f"http://{bind}", "GITHUB_API_URL": f"http://{bind}/api/v3"}
    if environ.get("CADENCE_HOST") == SIMULATED:
        bind, token = f"127.0.0.1:{free_port()}", token_urlsafe(16)
        serving.append(asyncio.create_task(_serve(simulated_fly(Fly("personal", token, launch)), bind)))
        settings |= {
            "FLY_API_TOKEN": token,
            "FLY_API_URL": f"http://{bind}/v1",
            "FLY_IMAGE": "here",
            "CADENCE_HOST": "fly",
        }
    if environ.get("CADENCE_HOST") == SIMULATED_SERVERS:
        bind, token = f"127.0.0.1:{free_port()}", token_urlsafe(16)
        serving.append(asyncio.create_task(_serve(simulated_hetzner(Hetzner(token, boot)), bind)))
        settings |= {"HCLOUD_TOKEN": token, "HCLOUD_ENDPOINT": f"http://{bind}/v1", "CADENCE_HOST": "hetzner"}
    try:
        yield settings
    finally:
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _serve(app: Quart, bind: str) -> None:
    await serve_app(app, bind, asyncio.Event().wait)
