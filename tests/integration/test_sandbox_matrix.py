"""The whole matrix from inside a box: every row, as the agent and as the box's own root, at every stage of its life.

Unlike the tests of single parts, nothing of ours is replaced here: the box, the gate and its resolver are the real
ones, in a network of their own whose every address answers.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RequireTool
from tests.integration.escape_rows import EMPTY_FOR_ROOT, REFUSED
from tests.integration.matrix_world import REBINDING, STAGES
from tests.integration.tunnel_rows import HOST, HOSTS, INSIDE, INWARD, PUBLIC, REACHED, REQUESTS, hello

ALERT = "15030300020231"


@pytest.fixture(scope="module")
def outcome(box: None, require_root: None, require_tool: RequireTool) -> dict[str, Any]:  # noqa: ARG001
    """What came of everything, tried once."""
    require_tool("ip", "apt install iproute2")
    with tempfile.TemporaryDirectory(prefix="cadence-matrix-") as folder:
        Path(folder).chmod(0o755)
        world = [sys.executable, "-m", "tests.integration.matrix_world", folder]
        played = subprocess.run(["unshare", "-n", "-m", *world], capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stderr
    return json.loads(played.stdout)


@pytest.fixture(params=["agent", "root"])
def level(request: pytest.FixtureRequest, outcome: dict[str, Any]) -> dict[str, Any]:
    return outcome["levels"][request.param]["stages"]


@pytest.fixture(params=[stage for stage in STAGES if stage != "without a gate"])
def stage(request: pytest.FixtureRequest, level: dict[str, Any]) -> dict[str, Any]:
    return level[request.param]


def test_without_a_box_everything_outside_can_be_reached(outcome: dict[str, Any]) -> None:
    assert [door for door, opens in outcome["control"].items() if not opens] == []


def statuses(stage: dict[str, Any], rows: Iterable[str]) -> dict[str, str]:
    return {row: stage["asked"][row][0] for row in rows}


def test_a_hosts_on_the_list_are_reached(stage: dict[str, Any]) -> None:
    assert set(statuses(stage, REACHED).values()) == {"200 Connection established"}
    assert all(bytes.fromhex(stage["asked"][row][1]).startswith(b"heard ") for row in REACHED)


def test_b_c_whoever_is_not_on_the_list_is_refused(stage: dict[str, Any]) -> None:
    wanted = {row: f"403 {reason}" for row, _, reason in HOSTS}

    assert statuses(stage, wanted) == wanted


def test_d_who_says_another_name_inside_gets_nothing_through(stage: dict[str, Any]) -> None:
    assert {row: stage["asked"][row][1] for row in INSIDE if stage["asked"][row][1] not in {"", ALERT}} == {}
    assert len([said for _, _, said in stage["arrived"] if said]) == len(REACHED)


def test_e_names_that_lead_inward_are_not_followed(stage: dict[str, Any]) -> None:
    rows = [*(f"e {address}" for address in INWARD), "e10"]

    assert set(statuses(stage, rows).values()) == {"403 resolves-to-denied-range"}


def test_e11_a_name_that_changes_its_mind_never_leads_inward(stage: dict[str, Any]) -> None:
    said = list(statuses(stage, [f"e11 {turn}" for turn in range(REBINDING)]).values())

    assert said.count("403 resolves-to-denied-range") == REBINDING // 2
    assert said.count("200 Connection established") == REBINDING // 2


def test_f_whatever_is_no_plain_connect_is_refused(stage: dict[str, Any]) -> None:
    assert [row for row, status in statuses(stage, REQUESTS).items() if not status.startswith("4")] == []


def test_g_the_gateway_opens_two_calls_to_the_runs_own_key(stage: dict[str, Any]) -> None:
    assert statuses(stage, ["g1", "g2", "g3", "g3 by another name"]) == {
        "g1": "401",
        "g2": "403",
        "g3": "403",
        "g3 by another name": "403",
    }
    assert stage["asked"]["g control"] == ["200", "{}"]


def test_nothing_else_arrives_and_no_other_name_is_asked_for(stage: dict[str, Any]) -> None:
    said = {bytes.fromhex(said)[:3] for _, _, said in stage["arrived"] if said}

    assert {(address, port) for address, port, _ in stage["arrived"]} == {(PUBLIC, 443)}
    assert said == {hello(HOST)[:3]}
    assert [name for name in stage["asked_for"] if not name.endswith("allowed.example")] == []


@pytest.mark.parametrize("when", STAGES)
def test_n_nothing_leads_out_of_the_box(outcome: dict[str, Any], when: str) -> None:
    for level, empty in (("agent", set[str]()), ("root", EMPTY_FOR_ROOT)):
        tried = outcome["levels"][level]["stages"][when]["escape"]
        assert set(tried) == set(REFUSED)
        assert {row: came for row, came in tried.items() if came not in REFUSED[row] and row not in empty} == {}


def test_n15_without_its_gate_the_box_reaches_nothing(level: dict[str, Any]) -> None:
    stage = level["without a gate"]

    assert {came for came, _ in stage["asked"].values()} <= {"ConnectionRefusedError", "URLError"}
    assert (stage["arrived"], stage["asked_for"]) == ([], [])
