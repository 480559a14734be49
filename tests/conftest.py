"""What every kind of test shares: a missing tool is a reason to skip on a laptop and a failure in CI."""

import asyncio
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

RequireTool = Callable[[str, str], Path]

_MISSING = " is missing; "


@pytest.fixture(scope="session")
def require_tool() -> RequireTool:
    """``require_tool("bwrap", "apt install bubblewrap")`` gives the tool's path."""

    def require(name: str, how_to_install: str) -> Path:
        found = shutil.which(name)
        if found is None:
            _go_without(name, how_to_install)
        return Path(found)

    return require


@pytest.fixture(scope="session")
def box() -> None:
    """For tests in which an agent works: not every machine lets programs isolate themselves."""
    from core.sandbox.daemon.self_test import try_isolation  # noqa: PLC0415 -- Unit tests do without the daemon.

    with ThreadPoolExecutor(1) as thread:
        # In a thread, because the tests' own loop may be running in this one.
        problem = thread.submit(asyncio.run, try_isolation(None)).result().report.problem
    if problem is not None:
        _go_without("a box for agents", problem)


@pytest.fixture(scope="session")
def require_root() -> None:
    """For tests that make networks and mounts of their own."""
    if os.geteuid() != 0:
        _go_without("root", "run the tests as root to try the walls from a network of their own")


def _go_without(name: str, remedy: str) -> NoReturn:
    reason = f"{name}{_MISSING}{remedy}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # Read from the reports: the tests may have run in other processes than this one.
    skipped: list[pytest.TestReport] = terminalreporter.getreports("skipped")
    reasons = {report.longrepr[2].removeprefix("Skipped: ") for report in skipped if isinstance(report.longrepr, tuple)}
    missing = sorted(reason for reason in reasons if _MISSING in reason)
    if missing:
        terminalreporter.section("tools that tests wanted and did not find")
        for reason in missing:
            terminalreporter.line(": ".join(reason.split(_MISSING, 1)))
