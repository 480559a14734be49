"""Saves what a run knows and has not pushed, and brings it back on whichever machine goes on with it.

An archive is packed and unpacked by the box, as the agent's user: to us and to the control plane it is a string of
bytes. It holds the session's transcript and task list, and a bundle with one commit on top of the agent's own that has
the work tree as it was.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx
import stamina
import structlog

from core.model.errors import CadenceError
from core.sandbox.daemon.box_spec import Bind
from core.sandbox.daemon.jail import AGENT_HOME, REPO, Boxed
from core.sandbox.daemon.workspace import Workspace

_log = structlog.get_logger(__name__)

_ARCHIVE: Final = "/incoming.snapshot"
_LARGEST: Final = 32 << 20
_PATIENCE_SECONDS: Final = 60.0
_TIMEOUT: Final = httpx.Timeout(60, connect=10)

# The index is a copy, so that an agent in the middle of something notices nothing. tar's status 1 is a transcript that
# has grown while it was read, which does no harm.
_SAVE: Final = f"""set -eu
cd {REPO}
quietly="-c core.hooksPath=/dev/null -c commit.gpgSign=false"
export GIT_INDEX_FILE=/tmp/index
cp .git/index /tmp/index 2>/dev/null || true
git $quietly add --all >&2
commit=$(git commit-tree "$(git write-tree)" -p HEAD -m snapshot)
git update-ref refs/cadence/snapshot "$commit"
git bundle create --quiet /tmp/work.bundle refs/cadence/snapshot "^$1"
cd {AGENT_HOME}/.claude
set -- projects
[ ! -d tasks ] || set -- projects tasks
tar -cz -C /tmp work.bundle -C {AGENT_HOME}/.claude "$@" || [ $? -eq 1 ]
"""
# $1: the work branch; $2: its head on the code host, which has to be kept, or nothing; $3: the session.
# The last line proves it: the work tree is what it was. It prints how many files are not committed.
_RESTORE: Final = f"""set -eu
mkdir /tmp/snapshot
tar -xz -C /tmp/snapshot -f {_ARCHIVE}
[ -n "$(find /tmp/snapshot/projects -name "$3.jsonl" -size +0)" ]
cd {REPO}
quietly="-c core.hooksPath=/dev/null -c commit.gpgSign=false"
git $quietly fetch --quiet /tmp/snapshot/work.bundle refs/cadence/snapshot:refs/cadence/snapshot
head=$(git rev-parse refs/cadence/snapshot^)
tree=$(git rev-parse 'refs/cadence/snapshot^{{tree}}')
if [ -z "$2" ] || git merge-base --is-ancestor "$2" "$head"; then
  git $quietly checkout --quiet -B "$1" "$head"
  git $quietly read-tree --reset -u "$tree"
  git $quietly reset --quiet --mixed
  cp .git/index /tmp/index
  GIT_INDEX_FILE=/tmp/index git $quietly add --all >&2
  [ "$(GIT_INDEX_FILE=/tmp/index git write-tree)" = "$tree" ]
elif git merge-base --is-ancestor "$head" "$2"; then
  git $quietly checkout --quiet -B "$1" "$2"
  if [ "$tree" != "$(git rev-parse "$head^{{tree}}")" ]; then
    git $quietly cherry-pick --no-commit refs/cadence/snapshot >&2
    git $quietly reset --quiet --mixed
  fi
else
  echo "the branch has gone another way" >&2
  exit 1
fi
cp -R /tmp/snapshot/projects {AGENT_HOME}/.claude/
[ ! -d /tmp/snapshot/tasks ] || cp -R /tmp/snapshot/tasks {AGENT_HOME}/.claude/
git status --porcelain | wc -l
"""


class NotRestored(CadenceError):
    """What an earlier leg has saved cannot be used; the message is a sentence for the person."""


@dataclass(slots=True)
class Snapshots:
    """One run's. No two are packed at once."""

    workspace: Workspace
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def save(self) -> bool:
        """Keep what the agent knows and has not pushed. False, and a line in the log, when that could not be done."""
        async with self._turn:
            archive = self.workspace.folder / "outgoing.snapshot"
            try:
                await self._send(await self._packed(archive))
            except (CadenceError, httpx.HTTPError, OSError) as problem:
                _log.warning(
                    "snapshot_not_saved", agent_id=str(self.workspace.task.agent_id), error=str(problem)[-2000:]
                )
                return False
            finally:
                archive.unlink(missing_ok=True)
        return True

    async def save_regularly(self, seconds: float, steps: Callable[[], int]) -> None:
        """Save every so often, whenever the agent has taken steps since; until cancelled."""
        saved = steps()
        while True:
            await asyncio.sleep(seconds)
            taken = steps()
            if taken != saved and await self.save():
                saved = taken

    async def restore(self, session: str) -> int:
        """Bring back what was saved last and check it; how many changed files are not committed.

        Raises NotRestored when that is not possible; the workspace has to be set up anew then.
        """
        archive = self.workspace.folder / "incoming.snapshot"
        try:
            archive.write_bytes(await self._fetch())
            archive.chmod(0o644)
            return int(await self._unpack(archive, session))
        except (CadenceError, httpx.HTTPError, ValueError) as problem:
            _log.warning("not_restored", agent_id=str(self.workspace.task.agent_id), error=str(problem)[-2000:])
            raise NotRestored("Its memory and its unpublished work could not be brought back.") from problem
        finally:
            archive.unlink(missing_ok=True)

    async def _packed(self, archive: Path) -> bytes:
        boxed = Boxed(("/bin/sh", "-c", _SAVE, "save", self.workspace.start), self.workspace.binds)
        with archive.open("wb") as output:
            result = await self.workspace.jail.run(self.workspace.folder / "save", boxed, output)
        if result.status != 0:
            raise CadenceError(result.errors.strip())
        return _checked(archive)

    async def _unpack(self, archive: Path, session: str) -> str:
        command = ("/bin/sh", "-c", _RESTORE, "restore")
        given = (self.workspace.task.work_branch, self.workspace.pushed or "", session)
        boxed = Boxed((*command, *given), (*self.workspace.binds, Bind(str(archive), _ARCHIVE)))
        result = await self.workspace.jail.run(self.workspace.folder / "restore", boxed)
        if result.status != 0:
            raise CadenceError(result.errors.strip())
        return result.output

    async def _send(self, archive: bytes) -> None:
        async for attempt in stamina.retry_context(
            on=_may_pass, attempts=None, timeout=_PATIENCE_SECONDS, wait_initial=0.5, wait_max=8.0
        ):
            with attempt:
                await self._request("PUT", archive)

    async def _fetch(self) -> bytes:
        async for attempt in stamina.retry_context(
            on=_may_pass, attempts=None, timeout=_PATIENCE_SECONDS, wait_initial=0.5, wait_max=8.0
        ):
            with attempt:
                return await self._request("GET", None)
        raise AssertionError("stamina either returns or raises")

    async def _request(self, method: str, body: bytes | None) -> bytes:
        task = self.workspace.task
        async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
            headers = {"Authorization": f"Bearer {task.token}"}
            response = await client.request(method, task.snapshot_url, content=body, headers=headers)
            response.raise_for_status()
            return response.content


def _checked(archive: Path) -> bytes:
    packed = archive.read_bytes()
    if len(packed) > _LARGEST:
        raise CadenceError("The snapshot is too large to be kept.")
    return packed


def _may_pass(error: Exception) -> bool:
    """The control plane may be restarting; what it has refused it refuses again."""
    match error:
        case httpx.HTTPStatusError(response=response):
            return response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        case _:
            return isinstance(error, httpx.TransportError)
