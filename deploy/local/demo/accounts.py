"""Accounts for the console, so that a fresh installation has a login."""

import json
import subprocess
import sys
from dataclasses import dataclass

from deploy.local.processes import REPOSITORY, Installation, environ_of
from deploy.local.refusal import Refusal
from deploy.local.sample.organisation import JOBS, PLACES, entries

SECRET = "console_sample"  # noqa: S105 - the name under which the password is kept, not the password
DESKS = ("chief", "deputy-1", "head-1", "clerk-1", "handler-1", "trial-1", "superior-1", "analyst-1",
         "receptionist-1", "administrator-1")  # fmt: skip
"""Jobs that get an account in the province's organ; the login is the job."""
FIRST = "head-1"
"""The petition head's login sees most; it is the one that is named first."""
PLACE = PLACES[0]


class NoAccounts(Refusal):
    """The console refused the accounts; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Login:
    """One way in; ``others`` are further logins with the same password."""

    login: str
    password: str
    others: tuple[str, ...]


def make_accounts(here: Installation) -> Login:
    """Make or replace an account for each of DESKS; returns that of the petition head. Raises NoAccounts.

    All have one password that was drawn for this installation.
    """
    password = here.home.secrets([SECRET])[SECRET][:12]
    names = {entry.id: entry.name for entry in entries() if entry.kind == "PERSON"}
    lines = [
        json.dumps(
            {
                "login": job.name,
                "password": password,
                "person": f"{PLACE.code}-{job.name}",
                "organ": PLACE.code,
                "roles": list(job.roles),
                "seats": [f"{PLACE.code}-seat-{job.name}"],
                "name_zh": names[f"{PLACE.code}-{job.name}"],
            }
        )
        for job in JOBS
        if job.name in DESKS
    ]
    done = subprocess.run(
        [sys.executable, "-m", "services.console.main", "accounts"],
        cwd=REPOSITORY,
        env=environ_of(here, "console", "api"),
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = next(reversed(done.stderr.strip().splitlines()), "nothing")
        raise NoAccounts(
            f"The console took no accounts (it said: {last[:200]}): see dengwen status --logs console-api."
        )
    return Login(FIRST, password, tuple(desk for desk in DESKS if desk != FIRST))
