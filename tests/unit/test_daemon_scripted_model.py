"""The stand-in answers in the shapes of the Messages API."""

import gzip
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cadence.demo.scripted_model import scripted_model

_SPEC = Path(__file__).parents[1] / "payloads/anthropic/messages-openapi3.json.gz"


@pytest.mark.parametrize("brief", ["Fix the login redirect bug", "Anything else"])
async def test_an_answer_is_labelled_and_has_the_shape_of_a_message(brief: str) -> None:
    spec = json.loads(gzip.decompress(_SPEC.read_bytes()))
    schema = {"$ref": "#/components/schemas/Message", "components": spec["components"]}
    asked = {"model": "m", "tools": [{"name": "Bash"}], "messages": [{"role": "user", "content": brief}]}
    response = await scripted_model().test_client().post("/v1/messages", json=asked)
    message = json.loads(await response.get_data())
    found = [f"{list(e.path)}: {e.message[:120]}" for e in Draft202012Validator(schema).iter_errors(message)]
    assert found == []
    assert message["content"][0]["text"].startswith("[scripted stand-in]")
