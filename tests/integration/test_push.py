"""News reaches the browsers that have subscribed, and nobody between us and them can read it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.news import BrowserNews
from api.notifier import AppNotifier
from api.push import Pusher, PushKey
from core.model.messages import Address, Channel, Reply
from core.replies.relay import ReplyRelay
from tests.integration.api_world import BEARER, KEY, MALLORYS, ApiWorld, api_world

PUSH = "https://updates.push.services.mozilla.com/wpush/v2"
NEW = {"repo": "local/wallet-frontend", "taskDescription": "fix the login redirect bug"}


def text_of(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """A subscription with the keys that only the browser has."""

    name: str = "phone"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"0123456789abcdef"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, str]:
        return {"endpoint": f"{PUSH}/{self.name}", "p256dh": text_of(self.point), "auth": text_of(self.secret)}

    def read(self, body: bytes) -> bytes:
        """As RFC 8291 has a browser do it."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), point)
        material = derived(shared, self.secret, b"WebPush: info\x00" + self.point + sender, 32)
        key = derived(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = derived(material, salt, b"Content-Encoding: nonce\x00", 12)
        opened = AESGCM(key).decrypt(nonce, sealed, None)
        assert opened.endswith(b"\x02")
        return opened[:-1]


def derived(material: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=purpose).derive(material)


@dataclass
class PushService(httpx.AsyncBaseTransport):
    status: int = 201
    got: list[httpx.Request] = field(default_factory=list[httpx.Request])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        return httpx.Response(self.status)


@dataclass
class World:
    api: ApiWorld
    service: PushService
    relay: ReplyRelay

    async def agent(self) -> tuple[dict[str, Any], Address]:
        """An agent of the owner's, with where its news goes."""
        _, agent = await self.api.ask("POST", "/api/agents", NEW)
        async with self.api.database.transaction() as tx:
            (known,) = await tx.agents.named(UUID(agent["userId"]), [UUID(agent["id"])])
        return agent, known.reply_to

    async def say(self, address: Address, text: str, once: str) -> None:
        async with self.api.database.transaction() as tx:
            await tx.replies.promise(address, Reply(text), once=once)
        await self.relay.deliver_due()


@pytest_asyncio.fixture
async def world(database_url: str, redis_url: str, tmp_path: Path) -> AsyncGenerator[World]:
    service = PushService()
    async with api_world(database_url, redis_url, tmp_path) as api, httpx.AsyncClient(transport=service) as http:
        news = BrowserNews(api.database, Pusher(http, PushKey(KEY), "https://cadence.example"))
        yield World(api, service, ReplyRelay(Channel.APP, api.database, api.bell, AppNotifier(news.tell), str))


async def test_news_reaches_the_browser_and_only_the_browser_can_read_it(world: World) -> None:
    browser = Browser()
    await world.api.ask("POST", "/api/devices", browser.subscription)
    agent, address = await world.agent()
    await world.say(address, "The pull request is open.", "done:1")
    (request,) = world.service.got

    assert json.loads(browser.read(request.content)) == {
        "title": f"{agent['name']} on local/wallet-frontend",
        "body": "The pull request is open.",
        "agentId": agent["id"],
    }
    assert b"pull request" not in request.content
    assert (request.headers["Content-Encoding"], request.headers["TTL"]) == ("aes128gcm", "86400")


def test_the_browser_of_these_tests_reads_what_the_standard_has_written() -> None:
    scalar = int.from_bytes(raw_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    key = ec.derive_private_key(scalar, ec.SECP256R1())
    browser = Browser(key=key, secret=raw_of("BTBZMqHH6r4Tts7J_aSIgg"))
    # RFC 8291, section 5.
    body = raw_of(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
        "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )

    assert browser.read(body) == b"When I grow up, I want to be a watermelon"


async def test_a_push_service_can_tell_who_sends(world: World) -> None:
    browser = Browser()
    await world.api.ask("POST", "/api/devices", browser.subscription)
    _, listed = await world.api.ask("GET", "/api/devices")
    _, address = await world.agent()
    await world.say(address, "Done.", "done:1")
    scheme, _, said = world.service.got[0].headers["Authorization"].partition(" ")
    token, public = (part.partition("=")[2] for part in said.split(", "))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw_of(public))
    claims = jwt.decode(token, key, algorithms=["ES256"], audience="https://updates.push.services.mozilla.com")

    assert scheme == "vapid"
    assert public == listed["applicationServerKey"]
    assert claims["sub"] == "https://cadence.example"


async def test_what_somebody_waits_for_is_no_news(world: World) -> None:
    await world.api.ask("POST", "/api/devices", Browser().subscription)
    _, address = await world.agent()
    await world.say(address, "On it.", f"answer:{address.conversation}")

    assert world.service.got == []


async def test_news_of_mine_is_told_to_my_browsers_alone(world: World) -> None:
    await world.api.ask("POST", "/api/devices", Browser("hers").subscription, MALLORYS)
    await world.api.ask("POST", "/api/devices", Browser("mine").subscription, BEARER)
    await world.api.ask("POST", "/api/devices", Browser("mine too").subscription | {"endpoint": f"{PUSH}/too"}, BEARER)
    _, address = await world.agent()
    await world.say(address, "Done.", "done:1")

    assert [request.url.path.rpartition("/")[2] for request in world.service.got] == ["mine", "too"]


@pytest.mark.parametrize(("status", "left"), [(410, 0), (404, 0), (500, 1), (429, 1)])
async def test_a_browser_that_has_unsubscribed_is_forgotten(world: World, status: int, left: int) -> None:
    await world.api.ask("POST", "/api/devices", Browser().subscription)
    world.service.status = status
    _, address = await world.agent()
    await world.say(address, "Done.", "done:1")
    _, listed = await world.api.ask("GET", "/api/devices")
    async with world.api.database.transaction() as tx:
        waiting = await tx.connection.fetchval("select count(*) from replies where sent_version = 0")

    assert len(listed["devices"]) == left
    assert waiting == 0


@pytest.mark.parametrize(
    "endpoint",
    ["https://169.254.169.254/latest", "https://internal.example/x", "https://fcm.googleapis.com.evil.example/x"],
)
async def test_nothing_is_sent_to_what_is_no_push_service(world: World, endpoint: str) -> None:
    status, _ = await world.api.ask("POST", "/api/devices", Browser().subscription | {"endpoint": endpoint})

    assert status == 409
