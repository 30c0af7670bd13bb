"""``dengwen demo``: everything from nothing, played by the sample staff, followed and proven on screen."""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.local import state
from deploy.local.commands import verify
from deploy.local.commands.import_register import counted, importer, send_once_known
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.commands.seed import write_seeded
from deploy.local.commands.up import show_addresses
from deploy.local.demo.accounts import Login, make_accounts
from deploy.local.demo.script import Moved, Script
from deploy.local.demo.stage import Stage
from deploy.local.front import Platform
from deploy.local.home import Home
from deploy.local.processes import KINDS, REPOSITORY
from deploy.local.registers import MAPPINGS, Register

NAME = "demo"
ROWS = 40
SEEDED = (500, 1)
"""How many messages the corpus has when there is no register, and its seed."""


def run(
    register: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Another register with the same columns.")
    ] = None,
    began: Annotated[float | None, typer.Option(hidden=True, help="When make began, for the figure.")] = None,
) -> None:
    """Start, load, import, play, follow, count, prove; stays up on a terminal until Ctrl-C."""
    began = began or time.time()
    platform = Platform(Home.of(), CONSOLE)
    ours = not state.is_held(platform.home)
    if ours:
        platform.launch(KINDS, attached=True)
    try:
        with register_to_import(register) as file, httpx.Client(timeout=120, trust_env=False) as client:
            login, holds = play(Stage(here(), client), file)
        _say_end(platform, login, time.time() - began)
        if ours and holds and sys.stdin.isatty() and sys.stdout.isatty():
            CONSOLE.print("Ctrl-C stops everything in order; the data are kept. 按 Ctrl-C 停止")
            with suppress(KeyboardInterrupt):
                platform.wait()
    finally:
        if ours:
            platform.stop()
    if not holds:
        raise typer.Exit(1)


def play(stage: Stage, file: Path) -> tuple[Login, bool]:
    """The whole play on an installation that is up, anywhere; a login, and whether all promises hold."""
    script = Script(stage, CONSOLE)
    with _phase("① the sample organisation 样例机构"), _bar("entries") as moved:
        stage.load_organisation(moved)
    login = make_accounts(stage.here)
    with _phase("② the register 导入台账"):
        desk = importer(stage.here, "520000", client=stage.client)
        CONSOLE.print(counted(send_once_known(desk, Register(file, MAPPINGS / "citizen-messages.yaml"))))
    with _phase("③ the staff at work 受理、研判、流转、办理、审核、接访"), _bar("acts") as moved:
        done: Counter[str] = Counter()

        def told(_: str, __: int) -> None:
            done["acts"] += 1
            moved(done["acts"], 0)

        month = script.work(told, ROWS)
    CONSOLE.print(script.summary())
    with _phase("④ one report, fact by fact 一件到底"):
        script.follow()
    with _phase(f"⑤ the statistic of {month} 月统计"):
        CONSOLE.print(script.figures(month))
    with _phase("⑥ nothing lost, nothing doubled 守恒校验"):
        verdict = verify.judge_now(stage.here)
        verify.show(verdict)
    return login, verdict.holds


@contextmanager
def register_to_import(named: Path | None) -> Iterator[Path]:
    """The register named, else the one in the folder of shared data, else a seeded corpus."""
    data = Path(os.environ.get("DENGWEN_DATA") or REPOSITORY.parent / "shared" / "data")
    found = named or data / "citizen-messages.xlsx"
    if found.exists():
        CONSOLE.print(f"register 台账: {found}")
        yield found
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seeded.xlsx"
        write_seeded(file, *SEEDED, date(2019, 1, 1), date(2019, 12, 31))
        CONSOLE.print(f"register 台账: {SEEDED[0]} invented messages, seed {SEEDED[1]}")
        yield file


@contextmanager
def _phase(title: str) -> Iterator[None]:
    began = time.monotonic()
    CONSOLE.print(f"\n[bold]{title}[/]")
    yield
    CONSOLE.print(f"   {time.monotonic() - began:.1f} s", style="dim")


@contextmanager
def _bar(what: str) -> Iterator[Moved]:
    columns = (TextColumn("   {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=CONSOLE, transient=True, disable=not CONSOLE.is_terminal) as progress:
        task = progress.add_task(what, total=None)

        def moved(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        yield moved


def _say_end(platform: Platform, login: Login, seconds: float) -> None:
    CONSOLE.print()
    show_addresses(platform)
    CONSOLE.print(f"login 登录: {login.login} / {login.password}")
    CONSOLE.print(f"the same password 同一口令: {', '.join(login.others)}", style="dim")
    peak = platform.memory_peak_bytes() / 2**20
    CONSOLE.print(
        f"demo in {seconds:.0f} s; memory at most {peak:,.0f} MB "
        "(sum of PSS of all processes, sampled each second)"
    )
