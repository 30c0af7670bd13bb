"""The ``dengwen`` command: one verb a module under ``commands``."""

import sys

import typer
from rich.console import Console

from deploy.local import preflight
from deploy.local.commands import (
    bench,
    chaos,
    deadletter,
    demo,
    down,
    import_register,
    matrix,
    reset,
    seed,
    status,
    token,
    up,
    verify,
)
from deploy.local.front import NotUp
from deploy.local.preflight import NotHere

app = typer.Typer(
    name="dengwen",
    help="登闻: a petition-report platform, all of it on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for verb in (up, down, status, demo, token, seed, import_register, verify, matrix, bench, chaos, reset):
    app.command(verb.NAME)(verb.run)
app.add_typer(deadletter.app, name="deadletter")


def main() -> None:
    """Run the verb; a refusal is one sentence and exit code 1."""
    console = Console(stderr=True)
    try:
        preflight.check_machine()
        app(prog_name="dengwen")
    except (NotUp, NotHere, ValueError) as refused:
        console.print(str(refused), style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
