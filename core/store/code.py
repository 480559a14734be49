"""What was read of repositories, a person's own: nobody's index answers for somebody else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.model.code import Blob, Chunk, CodeRequest, IndexState, Kind, PastCommit, Snapshot, Stack, TrackedFile
from core.model.context import Dependency
from core.store.connection import Connection


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The tables ``code_*``. An index is only ever reached through the person it belongs to."""

    connection: Connection

    async def index(self, person_id: UUID, project: str, repo_name: str) -> IndexState:
        """The person's index of a project, which is made if there is none. ``repo_name`` is its name now."""
        row = await self.connection.fetchrow(
            "insert into code_indexes (person_id, project, repo_name) values ($1, $2, $3) on conflict"
            " (person_id, project) do update set repo_name = excluded.repo_name returning *",
            person_id,
            project,
            repo_name,
        )
        return _state(row)

    async def find(self, person_id: UUID, repo_name: str) -> IndexState | None:
        """The person's index of the repository of that name that was synced last."""
        row = await self.connection.fetchrow(
            "select * from code_indexes where person_id = $1 and lower(repo_name) = lower($2) and version > 0"
            " order by synced_at desc limit 1",
            person_id,
            repo_name,
        )
        return None if row is None else _state(row)

    async def every(self, person_id: UUID) -> list[IndexState]:
        """All of a person's indexes that answer, the latest first."""
        rows = await self.connection.fetch(
            "select * from code_indexes where person_id = $1 and version > 0 order by synced_at desc", person_id
        )
        return [_state(row) for row in rows]

    async def count_files(self, index_id: int) -> int:
        """How many files can be found."""
        return await self.connection.fetchval("select count(*) from code_files where index_id = $1", index_id)

    async def on_branch(self, index_id: int, branch: str) -> None:
        """The branch that the index is of now."""
        await self.connection.execute("update code_indexes set branch = $2 where id = $1", index_id, branch)

    async def stalest(self, older_than: timedelta) -> tuple[str, str] | None:
        """The repository and branch that nobody has looked at for longest, if that is longer than this."""
        row = await self.connection.fetchrow(
            "select repo_name, branch from code_indexes where version > 0 and branch is not null"
            " and synced_at < now() - $1::interval order by synced_at limit 1",
            older_than,
        )
        return None if row is None else (row["repo_name"], row["branch"])

    async def touch(self, repo_name: str) -> None:
        """It was looked at; there may have been nothing new."""
        await self.connection.execute(
            "update code_indexes set synced_at = now() where lower(repo_name) = lower($1)", repo_name
        )

    async def ask(self, request_id: UUID, person_id: UUID, repo_name: str, branch: str) -> None:
        """Somebody wants a repository to be read. Asked again, nothing changes."""
        await self.connection.execute(
            "insert into code_requests (id, person_id, repo_name, branch) values ($1, $2, $3, $4)"
            " on conflict do nothing",
            request_id,
            person_id,
            repo_name,
            branch,
        )

    async def request(self, request_id: UUID) -> CodeRequest | None:
        """What somebody wanted, whoever it was."""
        row = await self.connection.fetchrow("select * from code_requests where id = $1", request_id)
        if row is None:
            return None
        done = row["done_at"] is not None
        return CodeRequest(row["id"], row["person_id"], row["repo_name"], row["branch"], done, row["failure"])

    async def settle(self, request_id: UUID, failure: str | None) -> None:
        """It has been read, or could not be."""
        await self.connection.execute(
            "update code_requests set done_at = now(), failure = $2 where id = $1", request_id, failure
        )

    async def readers(self, repo_name: str) -> list[UUID]:
        """Everybody who has an index of the repository of that name."""
        rows = await self.connection.fetch(
            "select distinct person_id from code_indexes where lower(repo_name) = lower($1) and version > 0", repo_name
        )
        return [row["person_id"] for row in rows]

    async def forget(self, person_id: UUID, repo_name: str) -> None:
        """The person may not see the repository any more: everything that was read of it for them goes."""
        await self.connection.execute(
            "delete from code_indexes where person_id = $1 and lower(repo_name) = lower($2)", person_id, repo_name
        )

    async def known(self, index_id: int, analysis: int, shas: Sequence[str]) -> set[str]:
        """Those of the contents that were read before."""
        rows = await self.connection.fetch(
            "select sha from code_blobs where index_id = $1 and analysis = $2 and sha = any($3)",
            index_id,
            analysis,
            list(map(bytes.fromhex, shas)),
        )
        return {row["sha"].hex() for row in rows}

    async def keep(self, index_id: int, analysis: int, blobs: Sequence[Blob]) -> None:
        """Keep what was read. Somebody who was quicker has read the same."""
        await self.connection.executemany(
            "insert into code_blobs (index_id, sha, analysis, language, words, sequence, chunks)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            [
                (
                    index_id, bytes.fromhex(blob.sha), analysis, blob.language, "\n".join(blob.words), blob.sequence,
                    [[chunk.start, chunk.end, chunk.first, *chunk.symbols] for chunk in blob.chunks],
                )
                for blob in blobs
            ],
        )  # fmt: skip

    async def publish(
        self,
        index_id: int,
        commit: str | None,
        files: Iterable[TrackedFile],
        history: Iterable[PastCommit],
        *,
        left_out: Mapping[str, int],
        stack: Stack,
    ) -> None:
        """From now on answers are of this commit. Readers see all of it or nothing."""
        await self.connection.execute(
            "update code_indexes set commit = $2, version = version + 1, left_out = $3, synced_at = now(),"
            " language = $4, framework = $5, dependencies = $6 where id = $1",
            index_id,
            commit,
            dict(left_out),
            stack.language,
            stack.framework,
            [[each.name, each.version] for each in stack.dependencies],
        )
        rows = [(file.path, bytes.fromhex(file.sha), int(file.kind)) for file in files]
        await self._replace_files(index_id, rows)
        await self._replace_history(index_id, tuple(history))

    async def _replace_files(self, index_id: int, rows: Sequence[tuple[str, bytes, int]]) -> None:
        paths, shas, kinds = zip(*rows, strict=True) if rows else ((), (), ())
        await self.connection.execute(
            "delete from code_files where index_id = $1 and path <> all($2::text[])", index_id, list(paths)
        )
        await self.connection.execute(
            "insert into code_files (index_id, path, sha, kind) select $1, * from unnest($2::text[], $3::bytea[],"
            " $4::smallint[]) on conflict (index_id, path) do update set sha = excluded.sha, kind = excluded.kind"
            " where (code_files.sha, code_files.kind) is distinct from (excluded.sha, excluded.kind)",
            index_id,
            list(paths),
            list(shas),
            list(kinds),
        )

    async def _replace_history(self, index_id: int, history: Sequence[PastCommit]) -> None:
        shas = [bytes.fromhex(commit.sha) for commit in history]
        rows = await self.connection.fetch("select sha from code_commits where index_id = $1", index_id)
        before = {row["sha"] for row in rows}
        gone = list(before - set(shas))
        await self.connection.execute("delete from code_commits where index_id = $1 and sha = any($2)", index_id, gone)
        await self.connection.executemany(
            "insert into code_commits (index_id, sha, at, subject, files) values ($1, $2, $3, $4, $5)",
            [
                (index_id, sha, commit.at, commit.subject, list(commit.files))
                for sha, commit in zip(shas, history, strict=True)
                if sha not in before
            ],
        )

    async def snapshot(self, person_id: UUID, index_id: int, analysis: int) -> Snapshot | None:
        """All that is searched. None when the person has no such index."""
        # The lock keeps a publication out until everything is read.
        row = await self.connection.fetchrow(
            "select * from code_indexes where id = $1 and person_id = $2 for share", index_id, person_id
        )
        if row is None:
            return None
        files = await self.connection.fetch("select path, sha, kind from code_files where index_id = $1", index_id)
        blobs = await self.connection.fetch(
            "select sha, language, words, sequence, chunks from code_blobs where index_id = $1 and analysis = $2"
            " and sha in (select sha from code_files where index_id = $1)",
            index_id,
            analysis,
        )
        past = await self.connection.fetch(
            "select sha, at, subject, files from code_commits where index_id = $1 order by at desc, sha", index_id
        )
        return Snapshot(
            _state(row),
            tuple(TrackedFile(file["path"], file["sha"].hex(), Kind(file["kind"])) for file in files),
            {row["sha"].hex(): _blob(row) for row in blobs},
            tuple(PastCommit(row["sha"].hex(), row["at"], row["subject"], tuple(row["files"])) for row in past),
        )


def _state(row: Any) -> IndexState:  # noqa: ANN401 -- A row has columns of many types.
    dependencies = tuple(Dependency(*each) for each in row["dependencies"])
    return IndexState(
        row["id"],
        row["commit"],
        row["version"],
        row["left_out"],
        row["repo_name"],
        row["branch"],
        Stack(row["language"], row["framework"], dependencies),
        row["synced_at"],
    )


def _blob(row: Any) -> Blob:  # noqa: ANN401 -- As above.
    words = tuple(row["words"].split("\n")) if row["words"] else ()
    chunks = tuple(Chunk(start, end, first, tuple(names)) for start, end, first, *names in row["chunks"])
    return Blob(row["sha"].hex(), row["language"], words, row["sequence"], chunks)
