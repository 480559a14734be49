"""Says which files of a repository are worth finding, and what they are for. What is left out has a reason."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.model.code import Kind

LARGEST: Final = 512 * 1024
_HEAD: Final = 1536
_NUL_HEAD: Final = 8192
_LONGEST_MEAN_LINE: Final = 300

_VENDORED: Final = re.compile(
    r"(^|/)(node_modules|bower_components|vendor|vendored|third[_-]party|site-packages|__snapshots__|\.yarn|Pods)/",
    re.IGNORECASE,
)
_LOCKS: Final = re.compile(
    r"(^|/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock"
    r"|pdm\.lock|Pipfile\.lock|Cargo\.lock|go\.sum|Gemfile\.lock|composer\.lock|flake\.lock|requirements[^/]*\.lock)$"
)
_GENERATED_NAMES: Final = re.compile(
    r"\.(min\.(js|css|mjs)|map|snap|po|pot|pb\.go|lock)$|_pb2(_grpc)?\.pyi?$", re.IGNORECASE
)
_BINARY: Final = re.compile(
    r"\.(png|jpe?g|gif|webp|ico|bmp|tiff?|svg|pdf|zip|gz|bz2|xz|zst|tar|7z|jar|war|class|so|dylib|dll|exe|a|o|wasm|woff2?"
    r"|ttf|otf|eot|mp[34]|wav|ogg|flac|mov|avi|webm|bin|dat|db|sqlite3?|parquet|npy|npz|onnx|pt|pyc|psd)$",
    re.IGNORECASE,
)
_SECRET: Final = re.compile(
    r"(^|/)(\.env(\.(?!example$|sample$|template$|dist$)[^/]+)?|\.netrc|\.pgpass|\.npmrc|\.pypirc|\.htpasswd"
    r"|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?|secrets?\.(ya?ml|json|toml)|[^/]*\.(pem|key|p12|pfx|jks|keystore|kdbx))$",
    re.IGNORECASE,
)
_MADE: Final = re.compile(
    rb"@generated|Code generated .{0,120}DO NOT EDIT|AUTO-?GENERATED (FILE|CODE|BY)", re.IGNORECASE
)

_TEST: Final = re.compile(
    r"(^|/)(tests?|__tests__|testing|spec|specs|testdata|fixtures|e2e|__mocks__|mocks)/"
    r"|(^|/)(test_[^/]*|conftest)\.py$|_test\.(go|py|rs|exs?|c|cc|cpp)$|[._-](test|spec|e2e|bench)\.[a-z]+$"
    r"|(^|/)[^/]*(Tests?|Spec|IT)\.(java|kt|cs|scala|swift)$|(^|/)(tests|test_helpers?)\.rs$|(^|/)runtime-tests?/"
    r"|_spec\.rb$|(^|/)(benches|benchmarks?)/",
)
_DOCS: Final = re.compile(
    r"(^|/)(docs?|documentation|website|changelogs?)/|\.(md|mdx|rst|adoc|txt)$"
    r"|(^|/)(README|CHANGELOG|CHANGES|NEWS|LICENSE|AUTHORS|CONTRIBUTING)[^/]*$",
    re.IGNORECASE,
)
_EXAMPLE: Final = re.compile(
    r"(^|/)(examples?|samples?|demos?|scripts?|migrations?|locales?|i18n|cookbook|extras|templates?/project)/",
    re.IGNORECASE,
)
_CONFIG: Final = re.compile(
    r"(^|/)\.[^/]+(/|$)|\.(json|ya?ml|toml|ini|cfg|conf|lock|properties|xml|gradle|mod|nix)$"
    r"|(^|/)(Dockerfile|Makefile|Jenkinsfile|CODEOWNERS)[^/]*$|\.config\.[cm]?[jt]s$|(^|/)(setup|noxfile|tasks)\.py$"
)


def why_not(path: str, size: int, marks: Mapping[str, bool] = MappingProxyType({})) -> str | None:
    """The reason for which a file is left out before it is read; None when it is worth reading.

    What the repository says of it itself (``marks``) counts for more than its name, unless that is a secret's.
    """
    generated = _LOCKS.search(path) or _GENERATED_NAMES.search(path)
    reasons = (
        ("secret", _SECRET.search(path)),
        ("vendored", marks.get("vendored", _VENDORED.search(path))),
        ("generated", marks.get("generated", generated)),
        ("binary", _BINARY.search(path)),
        ("too large", size > LARGEST),
        ("empty", size == 0),
    )
    return next((reason for reason, holds in reasons if holds), None)


def why_not_content(content: bytes) -> str | None:
    """The reason for which a file is left out after a look at it."""
    if b"\0" in content[:_NUL_HEAD]:
        return "binary"
    if _MADE.search(content[:_HEAD]):
        return "generated"
    if len(content) > _LONGEST_MEAN_LINE * (content.count(b"\n") + 1):
        return "minified"
    return None


def kind_of(path: str, marks: Mapping[str, bool] = MappingProxyType({})) -> Kind:
    """What a file is for."""
    if marks.get("documentation"):
        return Kind.DOCS
    kinds = ((_TEST, Kind.TEST), (_EXAMPLE, Kind.EXAMPLE), (_DOCS, Kind.DOCS), (_CONFIG, Kind.CONFIG))
    return next((kind for pattern, kind in kinds if pattern.search(path)), Kind.CODE)
