"""Deliveries as GitHub's own examples have them (npm @octokit/webhooks-examples 7.6.1, MIT)."""

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from core.github.webhooks import (
    ChecksFailed,
    Commented,
    Delivery,
    PullChanged,
    Pushed,
    Reviewed,
    read_delivery,
    signed_by_github,
)

RECORDED: dict[str, Any] = json.loads(
    gzip.decompress((Path(__file__).parents[1] / "payloads/github/webhooks.json.gz").read_bytes())
)
# Of each event the recorded delivery that tells something.
EXAMPLES = {
    **{
        event: RECORDED[event][0]
        for event in ("check_suite", "issue_comment", "pull_request_review", "push", "workflow_run")
    },
    "check_run": RECORDED["check_run"][1],
    "pull_request": RECORDED["pull_request"][3],
}
SECRET, BODY = "It's a Secret to Everybody", b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
REPO = "Codertocat/Hello-World"


def example(event: str, **changes: object) -> dict[str, Any]:
    """GitHub's example of an event; a change's name is the way to a value, with two underscores a step."""
    payload: dict[str, Any] = copy.deepcopy(EXAMPLES[event])
    for path, value in changes.items():
        *way, last = path.split("__")
        target = payload
        for step in way:
            target = target[step]
        target[last] = value
    return payload


@pytest.mark.parametrize(
    ("secret", "body", "header", "good"),
    [
        (SECRET, BODY, SIGNATURE, True),
        (SECRET, BODY + b" ", SIGNATURE, False),
        ("another", BODY, SIGNATURE, False),
        (SECRET, BODY, SIGNATURE.removeprefix("sha256="), False),
        (SECRET, BODY, "sha256=é", False),
        (SECRET, BODY, None, False),
    ],
)
def test_only_githubs_own_signature_is_good(secret: str, body: bytes, header: str | None, good: bool) -> None:  # noqa: FBT001
    assert signed_by_github(secret, body, header) is good


@pytest.mark.parametrize(
    ("event", "payload", "told"),
    [
        (
            "check_run",
            example("check_run"),
            ChecksFailed(REPO, "changes", EXAMPLES["check_run"]["check_run"]["head_sha"]),
        ),
        ("check_run", example("check_run", check_run__conclusion="success"), None),
        ("check_run", example("check_run", action="created"), None),
        (
            "check_suite",
            example("check_suite", check_suite__conclusion="timed_out"),
            ChecksFailed(REPO, "changes", EXAMPLES["check_suite"]["check_suite"]["head_sha"]),
        ),
        ("check_suite", example("check_suite"), None),
        ("check_suite", example("check_suite", check_suite__conclusion="cancelled"), None),
        ("pull_request", example("pull_request", pull_request__merged=True), PullChanged(REPO, "changes", "merged")),
        ("pull_request", example("pull_request", pull_request__merged=False), PullChanged(REPO, "changes", "closed")),
        ("pull_request", example("pull_request", action="reopened"), PullChanged(REPO, "changes", "open")),
        ("pull_request", example("pull_request", action="labeled"), None),
        (
            "pull_request_review",
            example("pull_request_review", review__body="Use tabs."),
            Reviewed(REPO, "changes", 2, EXAMPLES["pull_request_review"]["review"]["id"], "Codertocat", "Use tabs."),
        ),
        ("pull_request_review", example("pull_request_review", review__state="approved"), None),
        ("pull_request_review", example("pull_request_review", review__author_association="NONE"), None),
        ("pull_request_review", example("pull_request_review", review__user__type="Bot"), None),
        (
            "issue_comment",
            example("issue_comment", issue__pull_request={"url": "x"}),
            Commented(
                REPO,
                1,
                EXAMPLES["issue_comment"]["comment"]["id"],
                "Codertocat",
                EXAMPLES["issue_comment"]["comment"]["body"],
            ),
        ),
        ("issue_comment", example("issue_comment"), None),
        (
            "issue_comment",
            example("issue_comment", issue__pull_request={"url": "x"}, comment__author_association="CONTRIBUTOR"),
            None,
        ),
        ("push", example("push", ref="refs/heads/master"), Pushed(REPO, "master")),
        ("push", example("push", ref="refs/heads/other"), None),
        ("star", example("push"), None),
        ("check_run", {"action": "completed"}, None),
    ],
)
def test_a_delivery_is_read_down_to_what_matters(event: str, payload: dict[str, Any], told: Delivery | None) -> None:
    assert read_delivery(event, payload) == told
