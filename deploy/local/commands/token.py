"""``dengwen token``: a token for a role, signed with the local key."""

from typing import Annotated

import typer

from deploy.local.commands.screen import CONSOLE
from deploy.local.home import Home
from deploy.local.refusal import Refusal
from deploy.local.sample.organisation import JOBS, officer_for
from deploy.local.staff import Officer, token_of
from services.chassis.security.tokens import LONGEST_SECONDS

NAME = "token"


class NobodyHolds(Refusal):
    """No sample officer has the role in the organ."""


def run(
    role: str = "petition-clerk",
    organ: str = "520000",
    person: str | None = None,
    seat: str | None = None,
    seconds: Annotated[int, typer.Option(min=1, max=LONGEST_SECONDS)] = LONGEST_SECONDS,
) -> None:
    """Print a token for a role in an organ; by default it names the sample officer who holds it."""
    known = officer_for(organ, role)
    if known is None and person is None:
        raise NobodyHolds(
            f"Nobody in the sample organisation holds {role} in {organ}: name an officer with --person, "
            f"or one of the roles {', '.join(sorted({role for job in JOBS for role in job.roles}))}."
        )
    officer = Officer(
        person=person or (known.person if known else f"local-{role}"),
        organ=organ,
        roles=(role,),
        seats=(seat,) if seat else (known.seats if known and person is None else ()),
    )
    CONSOLE.print(token_of(Home.of(), officer, seconds), soft_wrap=True, markup=False)
