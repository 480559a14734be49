import json

import pytest

from core.agents.prices import UsageMeter

START = {"type": "message_start", "message": {"usage": {"input_tokens": 1000, "cache_read_input_tokens": 5000}}}
DELTA = {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 200}}
STREAM = b"".join(b"event: x\ndata: " + json.dumps(frame).encode() + b"\n\n" for frame in (START, DELTA))


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_a_streamed_answer_costs_its_input_cache_and_output_however_it_is_cut(size: int) -> None:
    meter = UsageMeter("claude-sonnet-5-5")
    for start in range(0, len(STREAM), size):
        meter.feed(STREAM[start : start + size])

    assert meter.dollars() == pytest.approx((1000 * 2 + 5000 * 0.1 + 200 * 10) / 1_000_000)


def test_a_whole_answer_costs_the_same() -> None:
    meter = UsageMeter("claude-haiku-5-5")
    meter.feed(json.dumps({"usage": {"input_tokens": 10, "output_tokens": 20}}).encode())

    assert meter.dollars() == pytest.approx((10 * 0.1 + 20 * 0.5) / 1_000_000)


def test_an_unknown_model_is_never_taken_for_a_cheap_one() -> None:
    known, unknown = UsageMeter("claude-sonnet-5-5"), UsageMeter("claude-next")
    known.feed(STREAM)
    unknown.feed(STREAM)

    assert unknown.dollars() > known.dollars()


def test_an_answer_that_is_no_json_costs_nothing() -> None:
    meter = UsageMeter("claude-sonnet-5-5")
    meter.feed(b'data: {"usage": \ndata: "usage"\n{"usage": {"input_tokens": "many"}}\n')

    assert meter.dollars() == 0
