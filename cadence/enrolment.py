"""How a server becomes known: it makes a key of its own, and trades its enrolment, once, for being let in."""

import os
import secrets
from pathlib import Path
from typing import Final

import httpx
import stamina
import structlog
from pydantic import BaseModel, ValidationError

from core.model.errors import ProviderError, Refusal
from core.sandbox.tokens import hash_token

_log = structlog.get_logger(__name__)
_SERVER: Final = "server.json"


class Given(BaseModel):
    """Where to dial, and as which machine."""

    url: str
    token: str
    machine: str


class _Enrolment(BaseModel):
    enrol_at: str
    enrolment: str
    machine: str


class _Admitted(BaseModel):
    url: str


async def enrol(file: Path, state_dir: Path) -> Given:
    """What this server dials with. The key is on disk before it is told to anybody, so a crash costs nothing.

    Raises Refusal when there is neither a key nor an enrolment that is taken.
    """
    known = _known(state_dir)
    if known is not None:
        return known
    enrolment, token = _read(file), _key(state_dir)
    given = Given(url=await _ask(enrolment, hash_token(token)), token=token, machine=enrolment.machine)
    _write(state_dir / _SERVER, given.model_dump_json())
    _log.info("enrolled", machine=given.machine)
    return given


def _known(state_dir: Path) -> Given | None:
    file = state_dir / _SERVER
    return Given.model_validate_json(file.read_bytes()) if file.is_file() else None


def _read(file: Path) -> _Enrolment:
    try:
        return _Enrolment.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise Refusal(f"{file} is no enrolment: {type(error).__name__}.") from None


async def _ask(enrolment: _Enrolment, token_hash: bytes) -> str:
    async with httpx.AsyncClient(timeout=30) as http:
        async for attempt in stamina.retry_context(on=ProviderError, attempts=None, timeout=None, wait_max=15.0):
            with attempt:
                try:
                    answer = await http.post(
                        enrolment.enrol_at,
                        headers={"Authorization": f"Bearer {enrolment.enrolment}"},
                        json={"token_hash": token_hash.hex()},
                    )
                except httpx.HTTPError as problem:
                    raise ProviderError(f"The control plane is not there: {type(problem).__name__}.") from problem
                if answer.is_client_error:
                    raise Refusal(f"The control plane refuses this enrolment ({answer.status_code}).")
                if not answer.is_success:
                    raise ProviderError(f"The control plane answered {answer.status_code}.")
                return _Admitted.model_validate_json(answer.content).url
    raise AssertionError("stamina either returns or raises")


def _key(state_dir: Path) -> str:
    path = state_dir / "key"
    if not path.is_file():
        _write(path, secrets.token_urlsafe(32))
    return path.read_text()


def _write(path: Path, text: str) -> None:
    """All of it or nothing, and for nobody else to read."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
