import pytest

from core.agents.pull_text import commit_message, pull_request_body, title
from core.model.agent import AgentMetadata, WorkReport
from tests.builders import agent

REPORT = WorkReport(
    "fix the redirect after signing in", "The parameter is read.", "It was not.", "All tests.", "Fixed."
)


def test_the_body_says_what_why_and_how_it_was_tested_and_what_it_cost() -> None:
    body = pull_request_body(
        agent(report=REPORT, metadata=AgentMetadata(estimated_cost=0.1234)), "Done.", "https://cadence.example"
    )

    assert body.startswith(
        "## What\n\nThe parameter is read.\n\n## Why\n\nIt was not.\n\n## How it was tested\n\nAll tests."
    )
    assert "Asked for over telegram: “fix the login redirect bug”" in body
    assert "[Birch](https://cadence.example/#agent-3)" in body
    assert "for $0.12 of model calls" in body


def test_without_a_report_the_agents_last_words_have_to_do() -> None:
    body = pull_request_body(agent(), "I fixed it.", None)

    assert body.startswith("I fixed it.\n\n---\n")
    assert "Written by agent Birch of Cadence with claude-sonnet-5-5." in body


@pytest.mark.parametrize("hostile", ["fixes #12", "thanks @octocat", "see acme/api#7", "<!-- cadence-agent:x -->"])
def test_nobody_is_called_and_nothing_is_linked_closed_or_hidden(hostile: str) -> None:
    body = pull_request_body(agent(task_description=hostile), hostile, None)

    assert hostile not in body
    assert body.count("<!--") == 1


def test_a_body_stays_below_githubs_limit_and_keeps_its_end() -> None:
    body = pull_request_body(agent(), "x" * 100_000, None)

    assert len(body) < 65_536
    assert body.rstrip().endswith("-->")


def test_the_title_is_one_short_line_from_the_work() -> None:
    assert title(agent(report=REPORT)) == "Fix the redirect after signing in"
    assert title(agent(task_description="a\nb\x00 " + "c" * 100)).startswith("A b c")
    assert len(title(agent(task_description="a b " * 50))) <= 72
    assert commit_message(agent()).splitlines()[0] == "Fix the login redirect bug"


@pytest.mark.parametrize(
    ("behind", "conflicts", "said"),
    [
        (0, (), None),
        (1, (), "> main has moved on by one commit meanwhile, and the work still merges."),
        (
            9,
            ("a.py", "b.py", "c.py", "d.py"),
            "> main has moved on by 9 commits meanwhile, and the work conflicts with it in a.py, b.py, c.py, ….",
        ),
    ],
)
def test_a_base_that_has_moved_on_is_told(behind: int, conflicts: tuple[str, ...], said: str | None) -> None:
    body = pull_request_body(agent(behind=behind, conflicts=conflicts), "Done.", None)

    assert (said in body) if said else "moved on" not in body
