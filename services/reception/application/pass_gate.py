"""The gate of the organ that receives, and what a form must be before anything of it is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.reception.application.ports import Act, Unit
from services.reception.domain.errors import EntryUnknown, NameWithoutIdentity
from services.reception.domain.gate import Gate
from services.reception.domain.values import NameStatus, Party
from services.reception.domain.visit import Group


@dataclass(frozen=True, slots=True)
class VisitForm:
    """What is asked at PT03: who comes (in numbers), the matter, and the reported side as directory ids.

    ``gate_second_no`` is a person's second explicit no to a superior post in the matter's text;
    ``refs`` are the vault's references of those who talk, none when all stay anonymous.
    """

    group: Group
    matter: str
    parties: tuple[Party, ...] = ()
    about_report: UUID | None = None
    gate_second_no: bool = False
    refs: tuple[UUID, ...] = ()


async def gate_of(unit: Unit, act: Act) -> Gate:
    """The gate as it stands today. Raises OrganUnknown."""
    directory = await unit.entries.on(act.today)
    return Gate.of(act.actor.organ, directory, unit.rules.posts, unit.rules.ranks)


async def pass_gate(form: VisitForm, identified: int, act: Act, unit: Unit) -> None:
    """Refuse what may not be taken in, by reading alone; asked before the vault hears of anybody.

    ``identified`` is the number of identities given. Raises SuperiorLevelParty, GateUnanswered,
    RepresentativesNeeded, EntryUnknown, NameWithoutIdentity, OrganUnknown.
    """
    gate = await gate_of(unit, act)
    gate.pass_picked(form.parties)
    gate.pass_text([form.matter], form.gate_second_no)
    form.group.check()
    check_entries(form.parties, gate)
    talking = form.group.representatives or form.group.persons
    anonymous = form.group.name_status is NameStatus.ANONYMOUS
    if identified > talking or anonymous == bool(identified):
        raise NameWithoutIdentity


def check_entries(parties: Iterable[Party], gate: Gate) -> None:
    """Raise EntryUnknown for an id that the directory does not have."""
    for party in parties:
        if party.unit is not None and gate.directory.find(party.unit) is None:
            raise EntryUnknown
        if party.person is not None and party.person not in gate.directory.persons:
            raise EntryUnknown
