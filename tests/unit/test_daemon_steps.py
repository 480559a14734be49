"""How steps are told."""

import pytest

from core.sandbox.daemon.steps import summarize


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("Read", {"file_path": "/workspace/repo/src/login.py"}, "reads src/login.py"),
        ("Bash", {"command": "python3 -m unittest\nls"}, "runs python3 -m unittest …"),
        ("TaskUpdate", {}, "goes over its plan"),
        ("NewTool", {}, "uses NewTool"),
    ],
)
def test_a_step_is_told_in_a_few_words(tool: str, given: dict[str, object], said: str) -> None:
    assert summarize(tool, given) == said
