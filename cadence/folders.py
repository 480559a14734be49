"""Folders that belong to us alone, and a short one for sockets."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from core.model.errors import Refusal

# The kernel takes 107 bytes on Linux and 103 on macOS for the path of a unix socket.
_LONGEST_SOCKET = 103
_LONGEST_NAME = len("/.s.PGSQL.5432.lock")


def private_folder(path: Path) -> Path:
    """Make the folder if need be and keep everyone else out of it. Raises Refusal when that cannot be had."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"Cadence cannot make the folder {path}: {error.strerror}. Choose another folder.") from None
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise Refusal(f"{path} belongs to another user. Start Cadence as that user or choose another folder.")
    if not os.access(path, os.W_OK | os.X_OK):
        raise Refusal(f"Cadence cannot write to {path}. Make it writable or choose another folder.")
    if status.st_mode & 0o077:
        _close(path)
    return path


def _close(path: Path) -> None:
    """Keep others out, but never of a folder that held something before us: it may be everybody's, like /tmp."""
    if any(path.iterdir()):
        raise Refusal(f"{path} is open to other users and not empty. Choose a folder that is for Cadence alone.")
    path.chmod(0o700)


def socket_folder(state_dir: Path) -> Path:
    """A folder for sockets: in the state folder, or beside the temporary files when that path is too long."""
    folder = state_dir.absolute() / "run"
    if len(os.fsencode(folder)) + _LONGEST_NAME <= _LONGEST_SOCKET:
        return private_folder(folder)
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return private_folder(Path(tempfile.gettempdir()) / f"cadence-{os.geteuid()}-{digest}")
