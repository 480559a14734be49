from collections.abc import AsyncGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pkt_line import PushRefused, check_push

MINE = "refs/heads/cadence/1"
OLD, NEW, NOTHING = "1" * 40, "2" * 40, "0" * 40


def packet(line: str) -> bytes:
    return f"{len(line) + 4:04x}{line}".encode()


def push(*commands: str, pack: bytes = b"PACK...") -> bytes:
    first, *rest = commands
    lines = [f"{first}\0 report-status side-band-64k agent=git/2", *rest]
    return b"".join(packet(line) for line in lines) + b"0000" + pack


async def in_pieces(data: bytes, size: int) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def passed(data: bytes, size: int = 7) -> bytes:
    body = await check_push(in_pieces(data, size), MINE)
    return b"".join([chunk async for chunk in body])


@pytest.mark.parametrize("size", [1, 3, 64, 4096])
async def test_a_push_of_the_runs_own_branch_goes_on_unchanged(size: int) -> None:
    data = push(f"{OLD} {NEW} {MINE}", pack=b"PACK" * 100)

    assert await passed(data, size) == data


@pytest.mark.parametrize(
    "commands",
    [
        (f"{OLD} {NEW} refs/heads/main",),
        (f"{OLD} {NEW} refs/tags/v1",),
        (f"{OLD} {NEW} {MINE}", f"{OLD} {NEW} refs/heads/main"),
        (f"{OLD} {NEW} {MINE}/../main",),
        (f"{OLD} {NEW} {MINE}x",),
        (f"{OLD} {NOTHING} {MINE}",),
        ("shallow " + OLD,),
        ("push-cert",),
    ],
)
async def test_any_other_push_is_refused_before_a_byte_goes_on(commands: tuple[str, ...]) -> None:
    with pytest.raises(PushRefused):
        await passed(push(*commands))


async def test_a_push_that_never_says_what_it_wants_is_refused() -> None:
    with pytest.raises(PushRefused, match="ends before"):
        await passed(push(f"{OLD} {NEW} {MINE}")[:60])


async def test_an_endless_list_of_refs_is_refused() -> None:
    with pytest.raises(PushRefused, match="too many"):
        await passed(packet(f"{OLD} {NEW} {MINE}") * 1000, 4096)


@given(st.binary(max_size=300))
async def test_nonsense_is_refused_or_goes_on_unchanged(data: bytes) -> None:
    try:
        assert await passed(data) == data
    except PushRefused:
        return
    # Whatever goes on either named our branch alone or named nothing at all.
    assert data.startswith(b"0000") or MINE.encode() in data
