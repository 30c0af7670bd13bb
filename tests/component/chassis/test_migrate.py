"""A migration killed at any step leaves nothing half done, and the next try ends as if it never was."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from deploy.local.postgres import LOGINS, SERVICES, make_database, make_roles
from services.chassis.migrate import OUTSIDE, MigrationChanged, files_of, folders_of, migrate
from tests.support.nth_call import Fault, When, failing
from tests.support.platform import Platform

pytestmark = pytest.mark.component
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
DIE = "\nSELECT pg_terminate_backend(pg_backend_pid());\n"
PIECE = re.compile(r"--[^\n]*|'(?:[^']|'')*'|(\$\w*\$).*?\1|[^;'$-]+|.", re.DOTALL)

SELECT_SCHEMA = """
    WITH ours AS (SELECT oid, nspname, nspacl FROM pg_namespace
                   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
    SELECT 'schema', nspname, coalesce(nspacl::text, '') FROM ours
    UNION ALL SELECT 'relation', c.oid::regclass::text,
           concat_ws('|', c.relkind, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
                     CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END,
                     CASE WHEN c.relkind = 'i' THEN pg_get_indexdef(c.oid) END)
      FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
    UNION ALL SELECT 'column', a.attrelid::regclass || '.' || a.attname,
           concat_ws('|', a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                     a.attgenerated, a.attacl, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN ours ON ours.oid = c.relnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(k.oid)
      FROM pg_constraint k JOIN ours ON ours.oid = k.connamespace
    UNION ALL SELECT 'function', p.oid::regprocedure::text,
           concat_ws('|', p.proacl, p.proowner::regrole,
                     CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END)
      FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
    UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(t.oid)
      FROM pg_trigger t WHERE NOT tgisinternal
    UNION ALL SELECT 'policy', schemaname || '.' || tablename || '.' || policyname,
           concat_ws('|', permissive, roles, cmd, qual, with_check) FROM pg_policies
    ORDER BY 1, 2, 3
"""
SELECT_APPLIED = "SELECT folder, number, hash FROM public.migration ORDER BY 1, 2"


def statements(sql: str) -> list[str]:
    """A file cut behind each statement; quoted texts and bodies of functions are left whole."""
    found, now = [], ""
    for piece in PIECE.finditer(sql):
        now += piece.group()
        if piece.group() == ";":
            found.append(now)
            now = ""
    return [*found, now] if now.strip() else found


def test_a_file_is_cut_behind_each_statement_and_nowhere_else() -> None:
    sql = "SELECT 'a;b';-- not; here\nDO $$ BEGIN; END $$; CREATE FUNCTION f() AS $x$ a; $y$ ;\n$x$;"

    assert len(statements(sql)) == 3
    assert "".join(statements(sql)) == sql


async def empty_database(platform: Platform, service: str) -> str:
    """A database of a service to which no migration was applied; the address for its migrations."""
    passwords = {login: platform.passwords[f"{service}_{login}"] for login in LOGINS}
    await make_roles(platform.server, service, passwords)
    name = f"petition_{service}_{secrets.token_hex(4)}"
    await make_database(platform.server, service, name)
    return platform.dsn(name, service, "migrate")


async def schema(dsn: str) -> list[tuple[str, ...]]:
    """Everything that stands in the catalogue of a database and is ours."""
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(SELECT_SCHEMA)]
    finally:
        await connection.close()


async def applied(dsn: str) -> list[tuple[str, ...]]:
    """Which files the database says were applied."""
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(SELECT_APPLIED)]
    finally:
        await connection.close()


def copied(folders: Sequence[Path], to: Path) -> list[Path]:
    """The folders again, with all their files, under the names that the history knows."""
    copies = []
    for folder in folders:
        copy = to / folder.parent.name / "migrations"
        copy.mkdir(parents=True)
        for file in files_of(folder):
            (copy / file.name).write_bytes(file.read_bytes())
        copies.append(copy)
    return copies


@pytest.mark.parametrize("service", SERVICES)
async def test_killed_behind_each_statement_nothing_is_half_done_and_the_next_try_ends(
    platform: Platform, service: str, tmp_path: Path
) -> None:
    whole, dsn = await empty_database(platform, service), await empty_database(platform, service)
    await migrate(whole, service)
    folders, boundaries = copied(folders_of(service), tmp_path), 0

    for folder in folders:
        for file in files_of(folder):
            text = file.read_text(encoding="utf-8")
            assert not text.startswith(OUTSIDE), "a file outside a transaction needs a test of its own"
            parts = statements(text)
            later = _hidden_behind(file, folders)
            for cut in range(len(parts) + 1):
                file.write_text("".join(parts[:cut]) + DIE + "".join(parts[cut:]), encoding="utf-8")
                before = await schema(dsn) if boundaries else None
                with pytest.raises(LOST):
                    await migrate(dsn, service, folders)
                assert before is None or await schema(dsn) == before
                boundaries += 1
            file.write_text(text, encoding="utf-8")
            assert await migrate(dsn, service, folders) == [file.name]
            _show(later)

    assert boundaries > len(await applied(whole))
    assert await applied(dsn) == await applied(whole)
    assert await schema(dsn) == await schema(whole)
    assert await migrate(dsn, service) == []


def _hidden_behind(file: Path, folders: Sequence[Path]) -> list[Path]:
    everything = [each for folder in folders for each in files_of(folder)]
    later = everything[everything.index(file) + 1 :]
    return [each.rename(each.with_suffix(".later")) for each in later]


def _show(hidden: Sequence[Path]) -> None:
    for each in hidden:
        each.rename(each.with_suffix(".sql"))


async def test_whichever_call_of_a_migration_fails_the_next_try_ends(platform: Platform) -> None:
    whole = await empty_database(platform, "intake")
    with failing(Fault()) as quiet:
        await migrate(whole, "intake")
    wanted = await schema(whole)

    played = 0
    for place, times in quiet.seen.items():
        for when in When:
            for n in range(1, times + 1):
                dsn = await empty_database(platform, "intake")
                with failing(Fault(place, n, when)) as fault, pytest.raises(LOST):
                    await migrate(dsn, "intake")
                assert fault.failed
                await migrate(dsn, "intake")
                assert await schema(dsn) == wanted
                played += 1

    assert played >= 2 * 3 * len(await applied(whole))


async def test_two_at_once_apply_each_file_once(platform: Platform) -> None:
    dsn = await empty_database(platform, "referral")

    told = await asyncio.gather(migrate(dsn, "referral"), migrate(dsn, "referral"))

    assert sorted(map(len, told)) == [0, len(await applied(dsn))]


async def test_an_applied_file_that_was_edited_stops_everything(platform: Platform, tmp_path: Path) -> None:
    dsn = await empty_database(platform, "review")
    folders = copied(folders_of("review"), tmp_path)
    await migrate(dsn, "review", folders)
    before = hashlib.sha256(repr(await schema(dsn)).encode()).digest()
    last = files_of(folders[-1])[-1]
    last.write_text(last.read_text(encoding="utf-8") + "\n-- later\n", encoding="utf-8")

    with pytest.raises(MigrationChanged):
        await migrate(dsn, "review", folders)

    assert hashlib.sha256(repr(await schema(dsn)).encode()).digest() == before
