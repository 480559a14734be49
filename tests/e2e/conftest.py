"""One running installation for the tests that do not hurt it."""

import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import RequireTool
from tests.e2e.app_world import AppWorld, app_world
from tests.e2e.running import Installation, installed, up
from tests.integration.conftest import (
    database_names,
    database_url,
    postgres_server,
    redis_server,
    redis_url,
    server_folder,
)

# pytest finds fixtures here.
__all__ = ["database_names", "database_url", "postgres_server", "redis_server", "redis_url", "server_folder"]


@pytest.fixture(scope="session")
def tools(require_tool: RequireTool) -> None:
    require_tool("git", "apt install git")
    require_tool("unshare", "apt install util-linux")


@pytest_asyncio.fixture(loop_scope="session")
async def fresh(tools: None) -> AsyncGenerator[Installation, None]:  # noqa: ARG001 (skips when a tool is missing)
    """An installation that is not running yet."""
    with tempfile.TemporaryDirectory(prefix="cadence-e2e-") as folder:
        async with installed(Path(folder)) as installation:
            yield installation


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cadence(tools: None) -> AsyncGenerator[Installation, None]:  # noqa: ARG001 (see above)
    """A running one, shared."""
    with tempfile.TemporaryDirectory(prefix="cadence-e2e-") as folder:
        async with installed(Path(folder)) as installation, up(installation):
            yield installation


@pytest_asyncio.fixture
async def world(
    require_tool: RequireTool, database_url: str, redis_url: str, tmp_path: Path
) -> AsyncGenerator[AppWorld]:
    """The app on a database of its own, in a real browser."""
    chromium = require_tool("chromium", "apt install chromium")
    async with app_world(database_url, redis_url, tmp_path, chromium) as world:
        yield world
