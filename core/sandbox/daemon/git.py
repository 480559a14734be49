"""Runs git for the daemon: on its own mirrors only, deaf to any configuration but the one given here."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.commands import Completed, run_command
from core.model.errors import CadenceError

_INHERITED: Final = (
    "PATH", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "GIT_SSL_CAINFO",
)  # fmt: skip

_HARDENED: Final = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.attributesFile": "/dev/null",
    "credential.helper": "",
    "fetch.fsckObjects": "true",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "protocol.ext.allow": "never",
}


class GitFailed(CadenceError):
    """A git command did not succeed; ``str(error)`` is what git said."""


@dataclass(frozen=True, slots=True)
class GitRemote:
    """A repository, and the token that opens it: on the control plane for one run, or on the code host."""

    url: str
    token: str
    scheme: str = "Bearer"

    def config(self) -> dict[str, str]:
        """The setting that sends the token to this address and to no other."""
        return {f"http.{self.url}.extraHeader": f"Authorization: {self.scheme} {self.token}"}


def _environment(config: dict[str, str]) -> dict[str, str]:
    """Settings travel by environment: an argument could be seen by everybody on the machine."""
    env = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    env |= {
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": str(len(config)),
    }
    for index, (name, value) in enumerate(config.items()):
        env |= {f"GIT_CONFIG_KEY_{index}": name, f"GIT_CONFIG_VALUE_{index}": value}
    return env


async def run_git(
    folder: Path, *arguments: str, remote: GitRemote | None = None, stdin: bytes = b"", index: Path | None = None
) -> Completed:
    """Run a git command in ``folder``, however it ends. ``index`` is used in the place of the folder's own."""
    environment = _environment(_HARDENED | ({} if remote is None else remote.config()))
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    return await run_command("git", *arguments, stdin=stdin, environment=environment, folder=folder)


async def git(folder: Path, *arguments: str, remote: GitRemote | None = None) -> str:
    """Run a git command in ``folder`` and return what it printed. Raise GitFailed when it fails."""
    completed = await run_git(folder, *arguments, remote=remote)
    if completed.status != 0:
        raise GitFailed(completed.complaints.decode(errors="replace").strip())
    return completed.printed.decode(errors="replace")
