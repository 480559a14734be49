from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.agents.names import free_name


@given(st.lists(st.uuids(), max_size=150))
def test_a_new_agent_never_bears_a_taken_name(seeds: list[UUID]) -> None:
    taken: set[str] = set()
    for seed in seeds:
        taken.add(free_name(taken, seed))

    assert len(taken) == len(seeds)
