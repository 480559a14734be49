"""The rows A to F of the test matrix: what may be asked of a tunnel, and what must come of it.

An id is that of the matrix; where several attempts belong to one row, a word tells them apart.
"""

import ssl
from collections.abc import Sequence
from contextlib import suppress

PUBLIC = "203.0.113.7"
ALLOWED = frozenset({"api.allowed.example", "other.allowed.example"})
HOST = "api.allowed.example"


def hello(name: str | None) -> bytes:
    """What a real client says first."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with suppress(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


def in_pieces(data: bytes, size: int) -> bytes:
    """The same handshake in many small records."""
    body = data[5:]
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(data[:3] + len(chunk).to_bytes(2, "big") + chunk for chunk in chunks)


def with_extension(data: bytes, kind: int, content: bytes) -> bytes:
    """The same hello with one more extension."""
    extra = kind.to_bytes(2, "big") + len(content).to_bytes(2, "big") + content
    body = bytearray(data[9:])
    at = 2 + 32
    at += 1 + body[at]
    at += 2 + int.from_bytes(body[at : at + 2], "big")
    at += 1 + body[at]
    length = int.from_bytes(body[at : at + 2], "big") + len(extra)
    body[at : at + 2] = length.to_bytes(2, "big")
    body += extra
    handshake = b"\x01" + len(body).to_bytes(3, "big") + bytes(body)
    return data[:3] + len(handshake).to_bytes(2, "big") + handshake


def name_extension(*names: str) -> bytes:
    entries = b"".join(b"\x00" + len(name).to_bytes(2, "big") + name.encode() for name in names)
    return len(entries).to_bytes(2, "big") + entries


REACHED = {"a1": f"{HOST}:443", "a2": "API.Allowed.Example:443", "a3": f"{HOST}.:443"}

HOSTS = [
    ("b1", "evil.example:443", "host-not-allowed"),
    ("b2", "api.allowed.example:22", "port-not-allowed"),
    ("b3", "api.allowed.example:8443", "port-not-allowed"),
    ("b4", "api.allowed.example:80", "port-not-allowed"),
    ("b5", "api.allowed.example.evil.example:443", "host-not-allowed"),
    ("b6", "evilapi.allowed.example:443", "host-not-allowed"),
    ("b7", "api.allowed.example@evil.example:443", "not-a-hostname"),
    ("b8", "[api.allowed.example]:443", "not-a-hostname"),
    ("b9", "[evil.example]:443", "not-a-hostname"),
    ("b10", "evil.example.:443", "host-not-allowed"),
    ("b11", "api%2eallowed%2eexample:443", "not-a-hostname"),
    ("b12 too long", "a" * 254 + ".example:443", "not-a-hostname"),
    ("b12 empty label", "api..allowed.example:443", "not-a-hostname"),
    ("b12 tab", "api.allowed.example\t:443", "connect-only"),
    ("b12 space", "api.allowed.example :443", "connect-only"),
    ("b12 not ascii", "api.allowed.ex\xe4mple:443", "connect-only"),
    ("b12 nul", "evil\0.allowed.example:443", "connect-only"),
    ("c1", "198.51.100.9:443", "not-a-hostname"),
    ("c2", "203.0.113.7:443", "not-a-hostname"),
    ("c3", "[2001:db8::1]:443", "not-a-hostname"),
    ("c4", "[::ffff:203.0.113.7]:443", "not-a-hostname"),
    ("c5", "3405803783:443", "not-a-hostname"),
    ("c6", "0xcb007107:443", "not-a-hostname"),
    ("c7", "0313.0.0161.07:443", "not-a-hostname"),
    ("c8", "127.1:443", "not-a-hostname"),
    ("c9", "203.0.113.7.:443", "not-a-hostname"),
    ("c10", "169.254.169.254:443", "not-a-hostname"),
    ("c11", "[fdaa::3]:4280", "not-a-hostname"),
    ("c12", "_api.internal:443", "not-a-hostname"),
    ("c13", "localhost:443", "not-a-hostname"),
    ("c13 own port", "127.0.0.1:8377", "not-a-hostname"),
]

INSIDE = {
    "d1": hello("evil.example"),
    "d2": hello("other.allowed.example"),
    "d3": hello(None),
    "d4": b"SSH-2.0-OpenSSH_9.7\r\n",
    "d5": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "d7": in_pieces(hello("evil.example"), 1),
    "d8": with_extension(hello("api.allowed.example"), 0, name_extension("evil.example")),
    "d8 in one": with_extension(hello(None), 0, name_extension("api.allowed.example", "evil.example")),
    "d9": b"\x16\x03\x01\x40\x00" + b"\x01\x00\xff\xff" + b"\x00" * 16380,
    "d10": with_extension(hello("api.allowed.example"), 0xFE0D, b"\x00" * 32),
    "a name that is no ASCII": with_extension(hello(None), 0, b"\x00\x06\x00\x00\x03\xff\xfe\xfd"),
    "lengths that lie": hello("api.allowed.example")[:60] + b"\xff" * (len(hello("api.allowed.example")) - 60),
}

INWARD: Sequence[str] = """
    10.0.0.5 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 127.0.0.1 0.0.0.0 100.64.0.1 198.18.0.1 224.0.0.1
    255.255.255.255 168.63.129.16 192.0.0.8
    ::1 :: ::ffff:10.0.0.1 ::ffff:203.0.113.7 64:ff9b::a00:1 64:ff9b:1::1 2002:a00:1:: 2001:0:53aa:64c:0:0:f5ff:fffe
    fdaa::3 fc00::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 100::1
""".split()

LINE = "CONNECT api.allowed.example:443 HTTP/1.1\r\n"
REQUESTS = {
    "f1": "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "f2": "GET https://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "f3": "GET ftp://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "f4": "GET / HTTP/1.1\r\nHost: api.allowed.example\r\n\r\n",
    "f5": LINE + "\r\nGET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "f6": LINE.replace("\r\n", "\n") + "\n\r\n\r\n",
    "f7": "CONNECT api.allowed.example:443 evil.example:443 HTTP/1.1\r\n\r\n",
    "f8": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "f9": "CONNECT api.allowed.example:443\r\n\r\n",
    "f10": "CONNECT api.allowed.example:443 HTTP/2.0\r\n\r\n",
    "f11": LINE + "X: " + "a" * 20_000 + "\r\n\r\n",
    "f12": "connect api.allowed.example:443 HTTP/1.1\r\n\r\n",
    "f13": "CONNECT api.allowed.example:443 HTTP/1.1 \r\n\r\n",
    "f14": "CONNECT  api.allowed.example:443 HTTP/1.1\r\n\r\n",
    "f15": "CONNECT api.allowed.example HTTP/1.1\r\n\r\n",
    "f16": "CONNECT api.allowed.example: HTTP/1.1\r\n\r\n",
    "f17": "CONNECT api.allowed.example:0443x HTTP/1.1\r\n\r\n",
    "f18": "GET cache_object://localhost/mgr:info HTTP/1.0\r\n\r\n",
}
