"""The ``dengwen`` command: one verb a module under ``commands``."""

import sys
from collections.abc import Callable

import typer
from rich.console import Console

from deploy.local import preflight
from deploy.local.commands import (
    backup,
    bench,
    chaos,
    deadletter,
    demo,
    down,
    import_register,
    matrix,
    refill,
    reset,
    restore,
    seed,
    status,
    token,
    up,
    verify,
    watch,
)
from deploy.local.failures import sentence

app = typer.Typer(
    name="dengwen",
    help="登闻: a petition-report platform, all of it on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
VERBS = (
    up, down, status, demo, token, seed, import_register, verify, matrix, refill, backup, restore,
    watch, bench, chaos, reset,
)  # fmt: skip
for verb in VERBS:
    app.command(verb.NAME)(verb.run)
app.add_typer(deadletter.app, name="deadletter")


def main() -> None:
    """Run the verb that the command line names."""
    sys.exit(ended(lambda: app(prog_name="dengwen")))


def ended(verb: Callable[[], object]) -> int:
    """The exit code of a verb: a failure that was to be expected is one sentence on standard error and 1.

    What nobody foresaw keeps its traceback.
    """
    try:
        preflight.check_machine()
        verb()
    except KeyboardInterrupt:
        return 130
    except Exception as failure:
        said = sentence(failure)
        if said is None:
            raise
        console = Console(stderr=True)
        console.print(said, style="red", highlight=False, markup=False, soft_wrap=True)
        return 1
    return 0


if __name__ == "__main__":
    main()
