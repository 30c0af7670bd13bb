"""``dengwen backup``: a base backup and, from then on, the log, sealed in a folder elsewhere."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.local import infrastructure
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.home import Home
from deploy.local.postgres import Server, find_binaries
from deploy.local.processes import Installation
from deploy.local.recovery import ship
from deploy.local.recovery.bundle import check_keys, write_keys
from deploy.local.recovery.sealed import BackupKey
from deploy.local.recovery.store import Manifest, Store
from deploy.local.recovery.take import Taking, awaited
from deploy.local.refusal import Refusal

NAME = "backup"


class WrongPlace(Refusal):
    """A folder or a file lies where it would be destroyed together with what it is there to replace."""


def run(
    folder: Annotated[
        Path | None, typer.Argument(help="On another disk; new, or a backup of this platform.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The key that seals it; made when it is not there.")
    ] = None,
    keys: Annotated[Path | None, typer.Option(help="Where the platform's own keys go, sealed.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only look whether a backup is sound.")] = False,
    end: Annotated[bool, typer.Option("--end", help="Stop shipping the log; what lies there stays.")] = False,
) -> None:
    """Back up the running platform, and ship its log into the backup from then on."""
    if end:
        asyncio.run(_end(here()))
        return
    if folder is None:
        raise WrongPlace("请指定备份文件夹: name the folder of the backup.")
    store = Store(folder.absolute())
    if check:
        _check(store, key, keys)
        return
    if key is None or keys is None:
        raise WrongPlace("请指定 --key 与 --keys: name a file for the key, and one for the platform's keys.")
    installation, key, keys = here(), key.absolute(), keys.absolute()
    check_places(installation.home, store.folder, key, keys)
    order = ship.Order.read(installation.home)
    if order is not None and Path(order.folder) != store.folder:
        raise WrongPlace(f"日志正送往 {order.folder}: end that first with dengwen backup --end.")
    sealing = BackupKey.of(key) if key.exists() else BackupKey.make(key)
    began = time.monotonic()
    manifest = asyncio.run(_back_up(installation, store, sealing, key, keys))
    _show(store, manifest, time.monotonic() - began)
    CONSOLE.print(f"   {key}\n   {keys}\n   请另存副本: keep copies of both elsewhere, apart from the backup")
    CONSOLE.print("   the first stays readable here, for the log 第一个须留在本机")


def check_places(home: Home, folder: Path, key: Path, keys: Path) -> None:
    """Raises WrongPlace for a backup inside the installation, and for keys inside either."""
    root, inside = home.root.resolve(), folder.resolve()
    if inside.is_relative_to(root) or root.is_relative_to(inside):
        raise WrongPlace(f"备份不能放在安装目录里: {folder} is lost together with {root}; use another disk.")
    for file in (key, keys):
        there = file.resolve()
        if there.is_relative_to(root) or there.is_relative_to(inside):
            raise WrongPlace(
                f"钥匙须与数据分开存放: {file} lies with the data; name a place apart from them."
            )
        if there.is_dir() or not there.parent.is_dir():
            raise WrongPlace(f"{file} 不能写入: name a file in a folder that is there.")
    if key.resolve() == keys.resolve():
        raise WrongPlace(f"--key 与 --keys 不能是同一文件: {key} is named twice.")


def _check(store: Store, key_file: Path | None, keys_file: Path | None) -> None:
    """Say whether a backup is sound; without the key as far as sums tell. Raises Damaged, WrongKey."""
    key = BackupKey.of(key_file) if key_file is not None else None
    with CONSOLE.status("checking 正在校验 …") as status:
        found = store.check(key, lambda what: status.update(f"checking 正在校验 {what} …"))
        if key is not None and keys_file is not None:
            check_keys(key, found.manifest.system, keys_file)
    how = "every chunk opened 已逐块解密" if key is not None else "checksums only 仅校验和, --key opens it"
    CONSOLE.print(f"备份完好 sound: base-{found.manifest.id}, {len(found.wal)} segments of the log; {how}")


async def _end(here: Installation) -> None:
    ship.Order.withdraw(here.home)
    await asyncio.to_thread(awaited, lambda: not ship.is_shipping(here.home))
    connection = await asyncpg.connect(_server(here).dsn())
    try:
        await connection.execute(ship.DROP_SLOT, ship.SLOT)
    finally:
        await connection.close()
    CONSOLE.print("已停止送日志: the log goes nowhere now; what lies in the backup stays")


async def _back_up(
    here: Installation, store: Store, key: BackupKey, key_file: Path, keys_file: Path
) -> Manifest:
    """Keys first, then the log, then the base: a base that has its name has all it needs."""
    server = _server(here)
    connection = await asyncpg.connect(server.dsn())
    try:
        log = await ship.log_of(connection)
        if store.bases() and store.latest(key)[1].system != log.system:
            raise WrongPlace(
                f"{store.folder} 是另一个平台的备份: it is of another database; name a new folder."
            )
        write_keys(here.home, key, log.system, keys_file)
        CONSOLE.print(" ✓ keys sealed 钥匙已封存")
        await ship.make_slot(connection)
        ship.Order(str(store.folder), str(key_file), log.system).write(here.home)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        with Progress(*columns, console=CONSOLE) as bar:
            task = bar.add_task("base backup 基础备份", total=None)
            told = lambda done, expected: bar.update(task, completed=done, total=expected)  # noqa: E731
            return await Taking(here.home, server, store, key, told).take(connection)
    finally:
        await connection.close()


def _show(store: Store, manifest: Manifest, seconds: float) -> None:
    megabytes = f"{manifest.bytes / 2**20:.1f} MB of {manifest.unpacked / 2**20:.1f} MB"
    CONSOLE.print(f" ✓ whole 备份完成: {store.folder}/base-{manifest.id}, {megabytes}, {seconds:.1f} s")
    CONSOLE.print(f"   the log follows every {ship.LOOK_SECONDS} s while the platform runs 日志持续送入")
    for name in store.prune():
        CONSOLE.print(f"   {name} removed 已删除旧备份", style="dim")


def _server(here: Installation) -> Server:
    return infrastructure.server_of(here.home, here.ports, here.secrets, find_binaries())
