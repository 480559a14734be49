"""Who may speak for a person: keys of their own programs, sessions on their devices, and accounts at GitHub."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from asyncpg import Record

from core.store.connection import Connection

Scope = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A key that a person has made. Without ``expires_at`` it is good until it is revoked."""

    id: UUID
    person_id: UUID
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in on a device."""

    id: UUID
    person_id: UUID
    created_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class AccessTable:
    """The tables ``access_tokens``, ``sessions``, ``spent_refreshes``, ``sign_ins`` and ``github_accounts``."""

    connection: Connection

    async def make_token(
        self,
        token_id: UUID,
        person_id: UUID,
        token_hash: bytes,
        *,
        name: str,
        scope: Scope,
        good_for: timedelta | None,
    ) -> AccessToken:
        """Keep a new key by its hash."""
        row = await self.connection.fetchrow(
            "insert into access_tokens (id, person_id, name, hash, scope, expires_at)"
            " values ($1, $2, $3, $4, $5, now() + $6::interval) returning *",
            token_id,
            person_id,
            name,
            token_hash,
            scope,
            good_for,
        )
        if row is None:
            raise LookupError(token_id)
        return _token(row)

    async def tokens(self, person_id: UUID) -> list[AccessToken]:
        """A person's keys, newest first."""
        rows = await self.connection.fetch(
            "select * from access_tokens where person_id = $1 order by created_at desc, id", person_id
        )
        return [_token(row) for row in rows]

    async def revoke_token(self, person_id: UUID, token_id: UUID) -> bool:
        """Have a person's key open nothing any more. False when they have no such key."""
        status = await self.connection.execute(
            "delete from access_tokens where person_id = $1 and id = $2", person_id, token_id
        )
        return status == "DELETE 1"

    async def token_used(self, token_hash: bytes) -> AccessToken | None:
        """The key with this hash, if it is still good; that it was used is noted once a minute."""
        row = await self.connection.fetchrow(
            "select * from access_tokens where hash = $1 and (expires_at is null or expires_at > now())", token_hash
        )
        if row is None:
            return None
        await self.connection.execute(
            "update access_tokens set used_at = now()"
            " where id = $1 and (used_at is null or used_at < now() - interval '1 minute')",
            row["id"],
        )
        return _token(row)

    async def grants(self, person_id: UUID) -> frozenset[UUID]:
        """A person's keys and sessions that are still good."""
        rows = await self.connection.fetch(
            "select id from access_tokens where person_id = $1 and (expires_at is null or expires_at > now())"
            " union all select id from sessions where person_id = $1 and expires_at > now()",
            person_id,
        )
        return frozenset(row["id"] for row in rows)

    async def begin_session(self, session_id: UUID, person_id: UUID, refresh_hash: bytes, good_for: timedelta) -> None:
        """Somebody has signed in. Sessions that have run out are forgotten."""
        await self.connection.execute("delete from sessions where expires_at < now()")
        await self.connection.execute(
            "insert into sessions (id, person_id, refresh_hash, expires_at) values ($1, $2, $3, now() + $4)",
            session_id,
            person_id,
            refresh_hash,
            good_for,
        )

    async def session(self, session_id: UUID) -> Session | None:
        """A session that has neither ended nor run out."""
        row = await self.connection.fetchrow("select * from sessions where id = $1 and expires_at > now()", session_id)
        return None if row is None else Session(row["id"], row["person_id"], row["created_at"], row["used_at"])

    async def refresh(self, refresh_hash: bytes, next_hash: bytes, good_for: timedelta) -> Session | None:
        """Trade a refresh token for the next one. One that comes back was stolen, and ends its session."""
        row = await self.connection.fetchrow(
            "update sessions set refresh_hash = $2, used_at = now(), expires_at = now() + $3"
            " where refresh_hash = $1 and expires_at > now() returning *",
            refresh_hash,
            next_hash,
            good_for,
        )
        if row is None:
            await self.connection.execute(
                "delete from sessions using spent_refreshes"
                " where spent_refreshes.hash = $1 and sessions.id = spent_refreshes.session_id",
                refresh_hash,
            )
            return None
        await self.connection.execute(
            "insert into spent_refreshes (hash, session_id) values ($1, $2)", refresh_hash, row["id"]
        )
        return Session(row["id"], row["person_id"], row["created_at"], row["used_at"])

    async def end_sessions(self, person_id: UUID) -> int:
        """Sign a person out everywhere; how many sessions that were."""
        status = await self.connection.execute("delete from sessions where person_id = $1", person_id)
        return int(status.removeprefix("DELETE "))

    async def begin_sign_in(self, state_hash: bytes, verifier: str, good_for: timedelta) -> None:
        """Remember a sign-in that has been begun, and forget those that nobody has finished."""
        await self.connection.execute("delete from sign_ins where expires_at < now()")
        await self.connection.execute(
            "insert into sign_ins (state_hash, verifier, expires_at) values ($1, $2, now() + $3)",
            state_hash,
            verifier,
            good_for,
        )

    async def finish_sign_in(self, state_hash: bytes) -> str | None:
        """The verifier of a sign-in that was begun here; it can be finished once."""
        return await self.connection.fetchval(
            "delete from sign_ins where state_hash = $1 and expires_at > now() returning verifier", state_hash
        )

    async def keep_github(self, person_id: UUID, github_id: int, login: str, token: bytes) -> None:
        """Keep a person's account at GitHub, with its token as encrypted by the caller."""
        await self.connection.execute(
            "insert into github_accounts (person_id, github_id, login, token) values ($1, $2, $3, $4)"
            " on conflict (person_id) do update set github_id = excluded.github_id, login = excluded.login,"
            " token = excluded.token, signed_in_at = now()",
            person_id,
            github_id,
            login,
            token,
        )

    async def renew_github(self, renewed: Callable[[bytes], bytes]) -> None:
        """Keep every token for GitHub as ``renewed`` has encrypted it anew."""
        rows = await self.connection.fetch("select person_id, token from github_accounts for update")
        for row in rows:
            await self.connection.execute(
                "update github_accounts set token = $2 where person_id = $1", row["person_id"], renewed(row["token"])
            )

    async def github_token(self, person_id: UUID) -> bytes | None:
        """A person's token for GitHub, as it was encrypted; None when they have not signed in there."""
        return await self.connection.fetchval("select token from github_accounts where person_id = $1", person_id)

    async def of_github(self, github_id: int) -> UUID | None:
        """The person behind an account at GitHub; who else asks for it waits until the transaction ends."""
        await self.connection.execute(
            "select pg_advisory_xact_lock(hashtextextended('github ' || $1, 0))", str(github_id)
        )
        return await self.connection.fetchval("select person_id from github_accounts where github_id = $1", github_id)


def _token(row: Record) -> AccessToken:
    return AccessToken(
        row["id"], row["person_id"], row["name"], row["scope"], row["created_at"], row["expires_at"], row["used_at"]
    )
