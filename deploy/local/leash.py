"""A leash for child processes: when the parent dies, the kernel ends them, however it died."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def leash(at_death: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes another program: asks for ``at_death`` when we die.

    The kernel forgets the wish when a process changes its user, so it is said after that. The parent's
    thread that starts the child must be its main thread, for the wish is tied to that thread.
    """
    parent = os.getpid()

    def wish() -> None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(at_death), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return wish


@contextmanager
def leashed(
    command: Sequence[str],
    said: Path,
    end: signal.Signals,
    *,
    at_death: signal.Signals | None = None,
    within_seconds: float | None = None,
    cwd: Path | str = "/",
    user: str | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program in a session of its own for as long as the block lasts; what it says goes behind ``said``.

    It is told to ``end`` and waited for, but killed ``within_seconds`` where these are given. When we die
    it gets ``at_death``, or else ``end``.
    """
    with said.open("ab") as written:
        process = subprocess.Popen(
            command,
            user=user,
            extra_groups=[] if user else None,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
            preexec_fn=leash(at_death or end),  # noqa: PLW1509 - no thread of ours holds anything
        )
    try:
        yield process
    finally:
        process.send_signal(end)
        try:
            process.wait(within_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
