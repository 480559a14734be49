from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from core.sandbox.tokens import RunClaim, RunTokens

TOKENS = RunTokens(SecretStr("k" * 32))


@given(st.uuids(), st.integers(min_value=0, max_value=10_000))
def test_a_token_says_what_it_was_issued_for(agent_id: UUID, leg: int) -> None:
    assert TOKENS.read(TOKENS.issue(agent_id, leg)) == RunClaim(agent_id, leg)


@given(st.text())
def test_a_string_that_we_did_not_issue_says_nothing(text: str) -> None:
    assert TOKENS.read(text) is None


def test_a_token_is_good_for_its_life_and_no_longer() -> None:
    now = 1_000_000.0
    tokens = RunTokens(SecretStr("k" * 32), life=60, clock=lambda: now)
    token = tokens.issue(uuid4(), 1)

    now += 59
    assert tokens.read(token) is not None
    now += 1
    assert tokens.read(token) is None


def test_the_life_of_a_token_cannot_be_lengthened() -> None:
    tokens = RunTokens(SecretStr("k" * 32), life=60, clock=lambda: 1_000_000.0)

    assert tokens.read(tokens.issue(uuid4(), 1).replace("_1000060_", "_2000060_")) is None


def test_a_token_cannot_be_moved_to_another_leg() -> None:
    agent_id = uuid4()
    token = TOKENS.issue(agent_id, 1)

    assert TOKENS.read(token.replace("_1_", "_2_")) is None


def test_a_token_of_another_installation_says_nothing() -> None:
    assert RunTokens(SecretStr("x" * 32)).read(TOKENS.issue(uuid4(), 1)) is None
