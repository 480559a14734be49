"""N18: the second layer alone. Were the gate itself taken over, this is what it would still reach."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.sandbox.daemon.firewall import raise_firewall
from tests.conftest import RequireTool
from tests.integration.firewall_world import ADDRESSES, CONTROL_PLANE, PORTS, RESOLVER

OUT_ON_THE_INTERNET = ("203.0.113.7", "2001:db8::1")


@pytest.fixture(scope="module")
def world(require_root: None, require_tool: RequireTool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:  # noqa: ARG001
    for tool, package in (("ip", "iproute2"), ("nft", "nftables")):
        require_tool(tool, f"apt install {package}")
    resolver = tmp_path_factory.mktemp("etc") / "resolv.conf"
    resolver.write_text(f"nameserver {RESOLVER}\n")
    play = f"mount --bind {resolver} /etc/resolv.conf && exec {sys.executable} -m tests.integration.firewall_world"
    played = subprocess.run(["unshare", "-n", "-m", "sh", "-c", play], capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stderr
    return json.loads(played.stdout)


def test_without_the_rules_everything_is_reached(world: dict[str, Any]) -> None:
    everything = [f"{address} {port}" for address in ADDRESSES for port in PORTS]

    assert world["before"] == {"daemon": everything, "agent": everything}


def test_the_rules_can_be_put_in_place_again_and_again(world: dict[str, Any]) -> None:
    assert world["problems"] == [None, None]


def test_the_daemon_reaches_names_https_and_the_control_plane_and_nothing_inside(world: dict[str, Any]) -> None:
    wanted = {f"{RESOLVER} 53", f"{CONTROL_PLANE} 9000", *(f"{address} 443" for address in OUT_ON_THE_INTERNET)}

    assert set(world["after"]["daemon"]) == wanted


def test_an_agent_that_has_left_its_box_reaches_nothing(world: dict[str, Any]) -> None:
    assert world["after"]["agent"] == []


async def test_a_machine_without_nft_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert await raise_firewall(10003, "wss://127.0.0.1:1/ws/daemon") == "no firewall: No such file or directory"
