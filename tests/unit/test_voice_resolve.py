import pytest

from core.model.command import Act
from core.voice.resolve import Close, resolve_agents, resolve_branch, resolve_repo
from tests.voice_world import BIRCH, CEDAR, MAPLE, REPOS, WORLD


@pytest.mark.parametrize(("said", "number"), [("the wallet front end", 0), ("A PI service", 2), ("mobile dash app", 4)])
def test_a_clear_name_is_taken(said: str, number: int) -> None:
    assert resolve_repo(said, WORLD) == REPOS[number]


def test_names_that_are_close_are_offered() -> None:
    assert resolve_repo("the wallet", WORLD) == Close((REPOS[0], REPOS[1]))


def test_a_name_that_nothing_bears_is_nobody() -> None:
    assert resolve_repo("the insurance portal", WORLD) is None


def test_agents_are_found_by_number_topic_and_what_can_be_done_to_them() -> None:
    assert resolve_agents("one and three", WORLD) == (MAPLE, BIRCH)
    assert resolve_agents("the login one", WORLD) == (BIRCH,)
    assert resolve_agents("all of them", WORLD, Act.RESUME) == (CEDAR,)
    assert resolve_agents("agent nine", WORLD) is None
    assert resolve_agents("it", WORLD) == Close((MAPLE, CEDAR, BIRCH))


@pytest.mark.parametrize(
    ("said", "branch"),
    [("feature slash login", "feature/login"), ("the develop branch", "develop"), ("on main", "main"), ("", None)],
)
def test_a_branch_is_written_as_git_writes_it(said: str, branch: str | None) -> None:
    assert resolve_branch(said) == branch
