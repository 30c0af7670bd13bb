"""Numbered plain SQL, applied once each: hash recorded and checked, one transaction a file.

Files of the chassis go first, then those of the service. An advisory lock lets one migration run at
a time; a file headed ``-- outside a transaction`` holds one statement that may be tried again.
"""

import asyncio
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import asyncpg

from services.chassis.database import Connection

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = "-- outside a transaction"
CREATE_HISTORY = """
    CREATE TABLE IF NOT EXISTS public.migration (
        folder text NOT NULL,
        number text NOT NULL,
        hash   text NOT NULL,
        at     timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (folder, number)
    );
    GRANT SELECT ON public.migration TO PUBLIC
"""
SELECT_HISTORY = "SELECT folder, number, hash FROM public.migration"
INSERT_HISTORY = "INSERT INTO public.migration (folder, number, hash) VALUES ($1, $2, $3)"


class MigrationChanged(Exception):
    """A file that was applied before has another content now."""


def folders_of(service: str) -> tuple[Path, Path]:
    """The folders whose files make the database of ``service``, in order."""
    return ROOT / "chassis" / "migrations", ROOT / service / "migrations"


def files_of(folder: Path) -> list[Path]:
    """The numbered files of a folder, in order; none when there is no folder."""
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def expected_heads(service: str) -> dict[str, str]:
    """The last number of each folder, as its ``head`` file says."""
    return {
        folder.parent.name: (folder / "head").read_text().strip()
        for folder in folders_of(service)
        if (folder / "head").exists()
    }


async def at_head(connection: Connection, service: str) -> bool:
    """Whether every expected migration was applied."""
    rows = await connection.fetch(
        "SELECT folder, max(number) AS number FROM public.migration GROUP BY folder"
    )
    return reached({row["folder"]: row["number"] for row in rows}, expected_heads(service))


def reached(applied: Mapping[str, str], expected: Mapping[str, str]) -> bool:
    """Whether the last number applied of each expected folder is that of this code, or a later one.

    Migrations come before a roll-out and only add, so the version before goes on working on the new ones, and
    works on them again when the roll-out is taken back.
    """
    return all(applied.get(folder, "") >= number for folder, number in expected.items())


async def migrate(dsn: str, service: str, folders: Sequence[Path] | None = None) -> list[str]:
    """Apply what is missing; returns the names of the files applied.

    Raises MigrationChanged before anything is done when an applied file was edited.
    """
    connection = await asyncpg.connect(dsn, server_settings={"lock_timeout": "2000"})
    try:
        await connection.execute(f'SET ROLE "{service}_owner"')
        await connection.execute("SET lock_timeout = 0; SELECT pg_advisory_lock(hashtext('migrate'))")
        await connection.execute("SET lock_timeout = '2s'")
        await connection.execute(CREATE_HISTORY)
        done = {(row["folder"], row["number"]): row["hash"] for row in await connection.fetch(SELECT_HISTORY)}
        applied = []
        for folder in folders or folders_of(service):
            for file in files_of(folder):
                if await _apply(connection, folder.parent.name, file, done):
                    applied.append(file.name)
        return applied
    finally:
        await connection.close()


async def _apply(connection: Connection, folder: str, file: Path, done: dict[tuple[str, str], str]) -> bool:
    sql = file.read_text(encoding="utf-8")  # noqa: ASYNC240 - a job of its own, nothing else runs beside it
    number, digest = file.name[:4], hashlib.sha256(sql.encode()).hexdigest()
    if (folder, number) in done:
        if done[folder, number] != digest:
            raise MigrationChanged(f"{folder}/{file.name}")
        return False
    if sql.startswith(OUTSIDE):
        await connection.execute(sql)
        await connection.execute(INSERT_HISTORY, folder, number, digest)
        return True
    async with connection.transaction():
        await connection.execute(sql)
        await connection.execute(INSERT_HISTORY, folder, number, digest)
    return True


def main() -> None:
    """``python -m services.chassis.migrate SERVICE`` with ``DENGWEN_SERVICE_MIGRATE_DSN`` set."""
    service = sys.argv[1]
    asyncio.run(migrate(os.environ[f"DENGWEN_{service.upper()}_MIGRATE_DSN"], service))


if __name__ == "__main__":
    main()
