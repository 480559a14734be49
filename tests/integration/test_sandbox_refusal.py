"""N17: a machine on which something is missing refuses agents and says what helps. It never runs one without a box."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_ASK = """
import asyncio, json
from core.sandbox.daemon.self_test import try_isolation
found = asyncio.run(try_isolation(None))
print(json.dumps([found.report.passed, found.report.problem, found.jail is None]))
"""


def ask_after(tmp_path: Path, *, namespaces: str, crippling: str) -> tuple[bool, str, bool]:
    """What the machine finds out about itself in namespaces in which something was broken first."""
    unusable = tmp_path / "unusable"
    unusable.touch(mode=0o644)
    script = f"{crippling.format(unusable=unusable)} && exec {sys.executable} -c '{_ASK}'"
    asked = subprocess.run(
        ["unshare", *namespaces.split(), "sh", "-ec", script], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    passed, problem, jailed = json.loads(asked.stdout.splitlines()[-1])
    return passed, problem, jailed


@pytest.mark.usefixtures("box", "require_root")
@pytest.mark.parametrize(
    ("namespaces", "crippling", "remedy"),
    [
        ("-m -U -r", "echo 0 > /proc/sys/user/max_user_namespaces", "sudo sysctl -w user.max_user_namespaces"),
        ("-m", "mount --bind {unusable} $(readlink -f $(command -v git))", "sudo apt install git"),
    ],
    ids=["no user namespaces", "no git"],
)
def test_n17_without_what_a_box_needs_no_agent_is_taken(
    tmp_path: Path,
    namespaces: str,
    crippling: str,
    remedy: str,
) -> None:
    passed, problem, without_jail = ask_after(tmp_path, namespaces=namespaces, crippling=crippling)

    assert (passed, without_jail) == (False, True)
    assert remedy in problem
