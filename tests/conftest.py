"""What every kind of test shares: a missing tool is a reason to skip on a laptop and a failure in CI."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

RequireTool = Callable[[str, str], Path]

_MISSING = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_MISSING] = {}


@pytest.fixture(scope="session")
def require_tool(pytestconfig: pytest.Config) -> RequireTool:
    """``require_tool("bwrap", "apt install bubblewrap")`` gives the tool's path."""

    def require(name: str, how_to_install: str) -> Path:
        found = shutil.which(name)
        if found is None:
            pytestconfig.stash[_MISSING][name] = how_to_install
            reason = f"{name} is missing; {how_to_install}"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
        return Path(found)

    return require


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash[_MISSING]
    if missing:
        terminalreporter.section("tools that tests wanted and did not find")
        for name, how_to_install in sorted(missing.items()):
            terminalreporter.line(f"{name}: {how_to_install}")
