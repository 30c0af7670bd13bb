"""Use case: the lower organ registers who handles a case, who submits its results, and the department."""

from dataclasses import dataclass

from services.review.application.desk import ENTITY, open_desk
from services.review.application.ports import About, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.people import register_people as add_people
from services.review.domain.values import People


@dataclass(frozen=True, slots=True)
class RegisterPeople:
    """People to add; a department of None keeps the one that stands."""

    about: About
    people: People


async def register_people(command: RegisterPeople, unit: Unit) -> AssignedCase:
    """Add the people. Raises what ``open_desk`` and ``register_people`` of the domain refuse."""
    desk = await open_desk(unit, command.about)
    after = add_people(desk.case, command.people, desk.seating)
    saved = await unit.cases.save(after, None, command.about.at)
    await unit.audit.note("register-people", ENTITY, str(after.id), unit=after.people.handling_unit)
    return saved
