"""A leash for child processes: when the parent dies, the kernel ends them, however it died."""

import ctypes
import os
import signal
from collections.abc import Callable

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
