"""Where an installation on one computer keeps its state and its secrets."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from cadence.folders import private_folder
from core.model.errors import Refusal


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made once, readable by this user alone, and never shown but for the local token's link."""

    secret_key: str
    local_token: str
    machine_token: str
    forge_token: str


@dataclass(frozen=True, slots=True)
class Home:
    """The state folder and what lies where in it."""

    path: Path

    @property
    def logs(self) -> Path:
        """One file a program."""
        return private_folder(self.path / "logs")

    @property
    def cache(self) -> Path:
        """What can be made again."""
        return private_folder(self.path / "cache")

    @property
    def forge(self) -> Path:
        """The repositories and pull requests of the local forge."""
        return private_folder(self.path / "forge")

    @property
    def machine(self) -> Path:
        """What the daemon on this computer keeps."""
        return private_folder(self.path / "machine")

    @property
    def lock(self) -> Path:
        """Held by the one ``cadence up`` of this home; holds its URL."""
        return self.path / "up.lock"

    def secrets(self) -> Secrets:
        """The installation's secrets, made at the first call."""
        file = self.path / "secrets.json"
        if not file.exists():
            made = Secrets(*(secrets.token_urlsafe(32) for _ in range(4)))
            unfinished = file.with_suffix(f".{os.getpid()}")
            unfinished.touch(mode=0o600)
            unfinished.write_text(json.dumps(asdict(made)), encoding="utf-8")
            unfinished.rename(file)
        return Secrets(**json.loads(file.read_text(encoding="utf-8")))

    def running_url(self) -> str | None:
        """Where the Cadence of this home answers, if one was ever started and is not just starting."""
        if not self.lock.exists():
            return None
        try:
            return json.loads(self.lock.read_text(encoding="utf-8"))["url"]
        except ValueError:
            return None


def open_home(environ: Mapping[str, str]) -> Home:
    """``CADENCE_HOME``, or the place where programs keep their state. Raises Refusal when it cannot be written."""
    try:
        return Home(private_folder(_state_folder(environ).absolute()))
    except Refusal as refusal:
        raise Refusal(f"{refusal} Set CADENCE_HOME to a folder that you can write to.") from None


def _state_folder(environ: Mapping[str, str]) -> Path:
    if given := environ.get("CADENCE_HOME"):
        return Path(given)
    if state := environ.get("XDG_STATE_HOME"):
        return Path(state) / "cadence"
    try:
        return Path.home() / ".local" / "state" / "cadence"
    except RuntimeError:
        raise Refusal("This user has no home folder.") from None
