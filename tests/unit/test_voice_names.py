import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.voice.branches import find_branch
from core.voice.names import closest, find_mentions, resolve, spoken
from core.voice.spoken_numbers import with_digits

REPOS = (
    "acme/wallet-frontend",
    "acme/wallet-backend",
    "acme/api-service",
    "acme/infra-terraform",
    "acme/pgbouncer-helm",
    "acme/recipe-box",
    "acme/recipe-box-api",
    "acme/crm",
    "acme/crm-mobile",
    "acme/dotfiles",
    "acme/ChessEngine",
)


@pytest.mark.parametrize(
    ("said", "repo"),
    [
        ("on the wallet front end please", "acme/wallet-frontend"),
        ("walletfrontend", "acme/wallet-frontend"),
        ("wallet dash frontend", "acme/wallet-frontend"),
        ("acme slash wallet dash frontend", "acme/wallet-frontend"),
        ("w a l l e t frontend", "acme/wallet-frontend"),
        ("A PI service", "acme/api-service"),
        ("Infra-Terror form", "acme/infra-terraform"),
        ("key G-bouncer helmet", "acme/pgbouncer-helm"),
        ("jess engine", "acme/ChessEngine"),
        ("dot files", "acme/dotfiles"),
        ("the recipe box API", "acme/recipe-box-api"),
        ("the recipe box", "acme/recipe-box"),
        ("the CRM", "acme/crm"),
        ("the CRM mobile", "acme/crm-mobile"),
    ],
)
def test_a_spoken_name_finds_its_repository(said: str, repo: str) -> None:
    assert [mention.names for mention in find_mentions(said, REPOS)] == [(repo,)]


@pytest.mark.parametrize("said", ["what's the weather in Berlin", "fix the failing build", "you", ""])
def test_no_name_is_found_where_none_was_said(said: str) -> None:
    assert find_mentions(said, REPOS) == ()


def test_a_shared_word_leaves_both_names_open() -> None:
    match = resolve("wallet", REPOS)
    assert match is not None
    assert set(match.names) == {"acme/wallet-frontend", "acme/wallet-backend"}


def test_one_name_under_two_owners_stays_open() -> None:
    (mention,) = find_mentions("the website", ("acme/website", "jkim/website"))
    assert mention.names == ("acme/website", "jkim/website")
    (mention,) = find_mentions("jkim slash website", ("acme/website", "jkim/website"))
    assert mention.names == ("jkim/website",)


def test_near_duplicates_are_not_guessed_between() -> None:
    names = ("acme/wallet-frontend-v2", "acme/wallet-frontend-v3")
    (mention,) = find_mentions("wallet frontend v4", names)
    assert set(mention.names) == set(names)


def test_the_closest_names_are_offered_first() -> None:
    assert closest("wallet front", REPOS)[0] == "acme/wallet-frontend"
    assert len(closest("something else", REPOS)) == 3


@given(st.text(max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    for mention in find_mentions(text, REPOS):
        assert 0 <= mention.start < mention.end <= len(text)


def test_names_are_spoken_as_words() -> None:
    assert spoken("acme/wallet-frontend") == "wallet frontend"
    assert spoken("ChessEngine") == "chess engine"


@pytest.mark.parametrize(
    ("said", "branch"),
    [
        ("branch feature slash checkout dash v two, and fix it", "feature/checkout-v2"),
        ("branch release slash two point four, and bump the SDK", "release/2.4"),
        ("auth service branch feature slash magic links and get it wired up", "feature/magic-links"),
        ("on hot fix slash night tariff, the window starts late", "hotfix/night-tariff"),
        ("do it on a branch called fix dash redo dash layer.", "fix-redo-layer"),
        ("base branch develop, task add rotation", "develop"),
        ("on the develop branch", "develop"),
        ("Cadence web, branch main: bump React", "main"),
        ("wallet back end on main upgrade the library", "main"),
        ("branch feature/checkout-v2 please", "feature/checkout-v2"),
    ],
)
def test_a_spoken_branch_is_written_as_git_writes_it(said: str, branch: str) -> None:
    found = find_branch(said)
    assert found is not None
    assert found.name == branch


@pytest.mark.parametrize(
    "said", ["fix the link on main menu", "update the dev dependencies", "raise the master volume"]
)
def test_ordinary_words_are_no_branch(said: str) -> None:
    assert find_branch(said) is None


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("agent three", "agent 3"),
        ("agent twenty two", "agent 22"),
        ("end agent to", "end agent 2"),
        ("agent for, is it still going?", "agent 4, is it still going?"),
        ("agent for infra terraform", "agent for infra terraform"),
    ],
)
def test_numbers_are_read_as_digits_where_that_is_safe(said: str, written: str) -> None:
    assert with_digits(said) == written
