import json

import pytest

from core.agents.models import load_models
from core.agents.prices import UsageMeter

MODELS = load_models()
START = {"type": "message_start", "message": {"usage": {"input_tokens": 1000, "cache_read_input_tokens": 5000}}}
DELTA = {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 200}}
STREAM = b"".join(b"event: x\ndata: " + json.dumps(frame).encode() + b"\n\n" for frame in (START, DELTA))


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_a_streamed_answer_costs_its_input_cache_and_output_however_it_is_cut(size: int) -> None:
    meter = UsageMeter(MODELS.price("claude-sonnet-5-5"))
    for start in range(0, len(STREAM), size):
        meter.feed(STREAM[start : start + size])

    assert meter.dollars() == pytest.approx((1000 * 2 + 5000 * 0.1 + 200 * 10) / 1_000_000)


def test_a_whole_answer_costs_the_same() -> None:
    meter = UsageMeter(MODELS.price("claude-haiku-5-5"))
    meter.feed(json.dumps({"usage": {"input_tokens": 10, "output_tokens": 20}}).encode())

    assert meter.dollars() == pytest.approx((10 * 0.1 + 20 * 0.5) / 1_000_000)


def test_an_unknown_model_is_never_taken_for_a_cheap_one() -> None:
    known, unknown = UsageMeter(MODELS.price("claude-sonnet-5-5")), UsageMeter(MODELS.price("claude-next"))
    known.feed(STREAM)
    unknown.feed(STREAM)

    assert unknown.dollars() > known.dollars()


def test_an_answer_that_is_no_json_costs_nothing() -> None:
    meter = UsageMeter(MODELS.price("claude-sonnet-5-5"))
    meter.feed(b'data: {"usage": \ndata: "usage"\n{"usage": {"input_tokens": "many"}}\n')

    assert meter.dollars() == 0


def test_a_long_prompt_costs_what_the_table_says_of_long_ones() -> None:
    short, long = UsageMeter(MODELS.price("claude-haiku-5-5")), UsageMeter(MODELS.price("claude-haiku-5-5"))
    short.feed(json.dumps({"usage": {"input_tokens": 100_000}}).encode())
    long.feed(json.dumps({"usage": {"input_tokens": 1000, "cache_read_input_tokens": 100_000}}).encode())

    assert short.dollars() == pytest.approx(0.1 * 0.1)
    assert long.dollars() == pytest.approx((1000 * 0.5 + 100_000 * 0.01) / 1_000_000)
