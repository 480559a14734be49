from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.agents.models import load_models
from core.model.errors import Refusal


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("opus", "claude-opus-5-5"),
        ("claude-sonnet-4-20250514", "claude-sonnet-5-5"),
        ("claude-opus-4-20250514", "claude-opus-5-5"),
        ("claude-from-tomorrow", "claude-from-tomorrow"),
    ],
)
def test_a_model_is_found_by_its_id_by_its_alias_and_by_what_it_replaces(named: str, meant: str) -> None:
    assert load_models().current(named) == meant


def test_a_retired_model_is_said_once_in_the_log() -> None:
    with capture_logs() as logs:
        load_models().current("claude-opus-4-20250514")

    assert [entry["event"] for entry in logs] == ["model_retired"]


def test_a_file_of_ones_own_adds_models_and_changes_prices(tmp_path: Path) -> None:
    own = tmp_path / "models.toml"
    own.write_text(
        "[models.claude-sonnet-4-5]\ninput = 1\noutput = 2\ncache_read = 0\ncache_write = 0\n"
        "[aliases]\nbest = 'claude-sonnet-4-5'\n"
    )
    models = load_models(own)

    assert models.current("best") == "claude-sonnet-4-5"
    assert models.price("claude-sonnet-4-5").output == 2
    assert models.price("claude-opus-5-5").output == 20


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[models", "no TOML"),
        ("[models.x]\ninput = 1\n", r"models\.x\.output"),
        ("[models.x]\ninput = -1\noutput = 1\ncache_read = 1\ncache_write = 1\n", r"models\.x\.input"),
        ("[prices]\n", "prices"),
    ],
)
def test_a_bad_file_is_refused_with_the_place_that_is_wrong(tmp_path: Path, text: str, problem: str) -> None:
    own = tmp_path / "models.toml"
    own.write_text(text)
    with pytest.raises(Refusal, match=problem):
        load_models(own)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        load_models(tmp_path / "missing.toml")
