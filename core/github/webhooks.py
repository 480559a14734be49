"""What GitHub tells us by webhook, read down to the few things that matter to an agent's pull request."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

_FAILED: Final = frozenset({"failure", "timed_out", "startup_failure"})
_CHECKS: Final = ("check_run", "check_suite", "workflow_run")
# Whoever may push to the repository anyway.
_TRUSTED: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


@dataclass(frozen=True, slots=True)
class ChecksFailed:
    """A check of a branch has come to a bad end."""

    repo: str
    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Somebody who may decide wants something changed, or has a comment."""

    repo: str
    branch: str
    pull: int
    review: int
    reviewer: str
    text: str


@dataclass(frozen=True, slots=True)
class Commented:
    """Somebody who may decide has written under a pull request."""

    repo: str
    pull: int
    comment: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class PullChanged:
    """A pull request was merged, closed, or opened again: ``state`` is what it is now."""

    repo: str
    branch: str
    state: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """The default branch has moved."""

    repo: str
    branch: str


Delivery = ChecksFailed | Reviewed | Commented | PullChanged | Pushed


class _Named(BaseModel):
    full_name: str
    default_branch: str = ""


class _User(BaseModel):
    login: str
    type: str = "User"


class _Suite(BaseModel):
    head_branch: str | None = None


class _Check(BaseModel):
    head_sha: str
    head_branch: str | None = None
    conclusion: str | None = None
    check_suite: _Suite = _Suite()


class _Ref(BaseModel):
    ref: str


class _Pull(BaseModel):
    number: int
    head: _Ref
    merged: bool = False


class _Review(BaseModel):
    id: int
    state: str
    body: str | None = None
    user: _User | None = None
    author_association: str = "NONE"


class _Comment(BaseModel):
    id: int
    body: str
    user: _User | None = None
    author_association: str = "NONE"


class _Issue(BaseModel):
    number: int
    pull_request: dict[str, Any] | None = None


class _Payload(BaseModel):
    action: str = ""
    repository: _Named
    check_run: _Check | None = None
    check_suite: _Check | None = None
    workflow_run: _Check | None = None
    pull_request: _Pull | None = None
    review: _Review | None = None
    comment: _Comment | None = None
    issue: _Issue | None = None
    ref: str = ""


def signed_by_github(secret: str, body: bytes, header: str | None) -> bool:
    """True when ``header`` (X-Hub-Signature-256) is the signature of these very bytes."""
    expected = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest((header or "").encode(), expected.encode())


def read_delivery(event: str, payload: dict[str, Any]) -> Delivery | None:
    """What a delivery tells; None for what does not matter to us, and for what we cannot read."""
    try:
        told = _Payload.model_validate(payload)
    except ValidationError:
        return None
    match event:
        case "check_run" | "check_suite" | "workflow_run":
            return _checks(told)
        case "pull_request":
            return _pull(told)
        case "pull_request_review":
            return _review(told)
        case "issue_comment":
            return _comment(told)
        case "push" if told.ref == f"refs/heads/{told.repository.default_branch}":
            return Pushed(told.repository.full_name, told.repository.default_branch)
        case _:
            return None


def _checks(told: _Payload) -> ChecksFailed | None:
    check = told.check_run or told.check_suite or told.workflow_run
    if check is None or told.action != "completed" or check.conclusion not in _FAILED:
        return None
    branch = check.head_branch or check.check_suite.head_branch
    return ChecksFailed(told.repository.full_name, branch, check.head_sha) if branch else None


def _pull(told: _Payload) -> PullChanged | None:
    pull = told.pull_request
    if pull is None or told.action not in {"closed", "reopened"}:
        return None
    closed = "merged" if pull.merged else "closed"
    return PullChanged(told.repository.full_name, pull.head.ref, closed if told.action == "closed" else "open")


def _review(told: _Payload) -> Reviewed | None:
    """A single comment on a line is a review, too: its own event brings nothing new."""
    review, pull = told.review, told.pull_request
    wanted = review is not None and told.action == "submitted" and review.state in {"changes_requested", "commented"}
    if review is None or pull is None or not wanted or not _is_trusted(review.user, review.author_association):
        return None
    reviewer = review.user.login if review.user else ""
    return Reviewed(
        told.repository.full_name, pull.head.ref, pull.number, review.id, reviewer, (review.body or "").strip()
    )


def _comment(told: _Payload) -> Commented | None:
    issue, comment = told.issue, told.comment
    if issue is None or comment is None or issue.pull_request is None or told.action != "created":
        return None
    if not _is_trusted(comment.user, comment.author_association):
        return None
    author = comment.user.login if comment.user else ""
    return Commented(told.repository.full_name, issue.number, comment.id, author, comment.body.strip())


def _is_trusted(user: _User | None, association: str) -> bool:
    return user is not None and user.type == "User" and association in _TRUSTED
