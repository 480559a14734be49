import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cadence.cli import app
from cadence.evals.gold import Expected, GoldLine
from cadence.evals.predictions import Prediction
from cadence.evals.scoring import Score, score

WORLD = {
    "repos": ["acme/wallet-frontend", "acme/api-service"],
    "agents": [
        {"id": "ag_1f3c", "number": 1, "repo": "acme/wallet-frontend", "task": "fix the login", "status": "running"},
        {"id": "ag_77aa", "number": 2, "repo": "acme/api-service", "task": "rate limiting", "status": "paused"},
    ],
    "default_repo": None,
}


def line(said: str, expected: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": said, "transcript": said, "context": WORLD, "expected": expected}


def scored(expected: dict[str, Any], prediction: dict[str, Any]) -> Score:
    gold = GoldLine.model_validate(line("x", expected))
    return score([(gold, Prediction("x", **prediction), Expected.model_validate(expected))])


def run(gold: list[dict[str, Any]], folder: Path) -> tuple[str, list[dict[str, Any]]]:
    (folder / "gold.jsonl").write_text("\n".join(map(json.dumps, gold)), encoding="utf-8")
    arguments = ["eval", "intents", "--gold", str(folder / "gold.jsonl"), "--out", str(folder / "out.jsonl")]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output, [json.loads(text) for text in (folder / "out.jsonl").read_text().splitlines()]


def test_predictions_are_in_the_corpora_s_words(tmp_path: Path) -> None:
    _, (pause, create, which) = run(
        [
            line("pause agent one"),
            line("api service, branch feature slash limits: raise the limit"),
            line("start an agent to raise the limit"),
        ],
        tmp_path,
    )
    assert (pause["intent"], pause["agent_ids"], pause["needs_clarification"]) == ("pause_agent", ["ag_1f3c"], False)
    assert (create["intent"], create["repo"], create["branch"]) == (
        "create_agent",
        "acme/api-service",
        "feature/limits",
    )
    assert create["task"] == "raise the limit"
    assert (which["intent"], which["repo"], which["needs_clarification"]) == ("create_agent", None, True)


def test_a_stop_asks_first(tmp_path: Path) -> None:
    _, (stop,) = run([line("kill the login agent")], tmp_path)
    assert (stop["intent"], stop["agent_ids"], stop["needs_confirmation"]) == ("stop_agent", ["ag_1f3c"], True)


def test_labels_are_scored_and_their_absence_is_not(tmp_path: Path) -> None:
    labelled, _ = run([line("pause agent one", {"intent": "pause_agent", "agent_ids": ["ag_1f3c"]})], tmp_path)
    assert "100.0%" in labelled
    bare, _ = run([line("pause agent one")], tmp_path)
    assert "frame" not in bare


@pytest.mark.parametrize(
    ("expected", "prediction", "held"),
    [
        ({"intent": "unknown"}, {"intent": "stop_agent"}, False),
        ({"intent": "unknown"}, {"intent": "create_agent", "needs_clarification": True}, True),
        (
            {"intent": "pause_agent", "agent_ids": ["ag_77aa"]},
            {"intent": "pause_agent", "agent_ids": ("ag_1f3c",)},
            False,
        ),
        (
            {"intent": "stop_agent", "needs_clarification": True},
            {"intent": "stop_agent", "agent_ids": ("ag_1f3c",)},
            False,
        ),
    ],
)
def test_harm_is_told_from_mistakes(expected: dict[str, Any], prediction: dict[str, Any], *, held: bool) -> None:
    (danger,) = scored(expected, prediction).dangers
    assert danger.held is held


@pytest.mark.parametrize(
    ("expected", "prediction"),
    [
        ({"intent": "pause_agent", "agent_ids": ["ag_1f3c"]}, {"intent": "unknown"}),
        ({"intent": "resume_agent", "agent_ids": ["ag_77aa"]}, {"intent": "resume_agent", "agent_ids": ("ag_1f3c",)}),
        ({"intent": "stop_agent"}, {"intent": "stop_agent", "needs_clarification": True}),
    ],
)
def test_a_mistake_that_stops_nothing_is_no_harm(expected: dict[str, Any], prediction: dict[str, Any]) -> None:
    assert scored(expected, prediction).dangers == ()


def test_an_overview_may_name_all_agents_or_none() -> None:
    for agents in (None, ("ag_1f3c", "ag_77aa"), ("ag_1f3c",)):
        assert scored({"intent": "check_status"}, {"intent": "check_status", "agent_ids": agents}).ratios["frame"].right
    wrong = scored({"intent": "check_status"}, {"intent": "check_status", "agent_ids": ("ag_77aa",)})
    assert not wrong.ratios["frame"].right


def test_a_branch_counts_whatever_joins_its_words() -> None:
    expected = {"intent": "create_agent", "repo": "acme/api-service", "branch": "feature/magic-links"}
    prediction = {"intent": "create_agent", "repo": "acme/api-service", "branch": "feature/magic_links"}
    assert scored(expected, prediction).ratios["branch"].share == 1
