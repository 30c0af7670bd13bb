"""Registering who works on a case below: handlers 承办人, submitters 报送人, and the department."""

from dataclasses import replace

from services.review.domain.audit import AssignedCase
from services.review.domain.errors import IllegalDecision, PeopleMissing, PeopleUnfit, UnitUnfit
from services.review.domain.seating import Seating
from services.review.domain.values import People, State


def register_people(case: AssignedCase, people: People, seating: Seating) -> AssignedCase:
    """Add people to a case that lies with the lower organ, and name its department.

    Nobody is ever taken off: who once handled or submitted stays barred from every round. Raises
    IllegalDecision, PeopleMissing, PeopleUnfit, UnitUnfit.
    """
    if case.state is not State.SUPPLEMENTING:
        raise IllegalDecision
    together = People(
        case.people.handlers | people.handlers,
        case.people.submitters | people.submitters,
        people.handling_unit or case.people.handling_unit,
    )
    if not together.handlers or not together.submitters or together.handling_unit is None:
        raise PeopleMissing
    if together.handling_unit not in seating.units:
        raise UnitUnfit
    newcomers = people.everyone() - case.people.everyone()
    acted = frozenset().union(*(ruling.actors for ruling in case.rulings))
    if not newcomers <= seating.staff - seating.recused - acted:
        raise PeopleUnfit
    return replace(case, people=together)
