"""Intake's copy of the directory 机构人员目录 as it stood on one day; referral owns it and tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from services.intake.domain.values import Authority, Level, Post, UnitKind

BEGINNING = date(1949, 10, 1)


@dataclass(frozen=True, slots=True)
class Departments:
    """The unit ids of an organ's own departments; None where it has none."""

    supervision: str | None = None
    internal_supervision: str | None = None
    case_management: str | None = None
    trial: str | None = None
    petition: str | None = None
    general_office: str | None = None


@dataclass(frozen=True, slots=True)
class Organ:
    """A discipline-inspection and supervision organ 纪检监察机关.

    ``areas`` are prefixes of region codes (``"5201"`` covers 520100 to 520199). ``deciding_body`` names
    persons or seats. ``authority`` is the level of the committee that manages its leading group, when the
    directory says it. ``valid_to`` is the last day.
    """

    id: str
    level: Level
    superior: str | None
    region: str
    areas: tuple[str, ...]
    name: str = ""
    deciding_body: tuple[str, ...] = ()
    chief_seat: str | None = None
    departments: Departments = field(default_factory=Departments)
    appeals_unit: str | None = None
    suggestions_unit: str | None = None
    authority: Authority | None = None
    synthetic: bool = False
    valid_from: date = BEGINNING
    valid_to: date | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A department, stationed team, host unit, competent department or line organ.

    ``organ`` is the commission a department or team belongs to; ``parent`` a unit or an organ above it;
    ``authority`` the level of the committee that manages its leading group; ``head`` a person's id.
    """

    id: str
    kind: UnitKind
    region: str | None = None
    organ: str | None = None
    parent: str | None = None
    name: str = ""
    authority: Authority | None = None
    head: str | None = None
    stationed_team: str | None = None
    line_target: str | None = None
    valid_from: date = BEGINNING
    valid_to: date | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A post held by one person; accounts and signatures belong to seats."""

    id: str
    organ: str
    person: str | None
    post: Post
    unit: str | None = None
    valid_from: date = BEGINNING
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in a unit over some days."""

    unit: str
    is_head: bool = False
    valid_from: date = BEGINNING
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person by id only; the directory's facts carry no names."""

    id: str
    units: tuple[Membership, ...] = ()
    seats: tuple[str, ...] = ()
    authority: Authority = Authority.UNKNOWN


@dataclass(frozen=True, slots=True)
class Directory:
    """All entries as they stood on ``day``, ended ones included, so that a successor can be found.

    ``tree`` is a memory of ``children_of``: it holds for every day on which the same entries are in force.
    """

    day: date
    organs: Mapping[str, Organ] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    seats: Mapping[str, Seat] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)
    tree: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, id_: str | None) -> Organ | Unit | None:
        """The organ or unit of that id, in force or ended."""
        return None if id_ is None else self.organs.get(id_) or self.units.get(id_)

    def in_force(self, entry: Organ | Unit | Seat | Membership) -> bool:
        """Whether the entry is valid on the directory's day; both ends belong to it."""
        return entry.valid_from <= self.day and (entry.valid_to is None or self.day <= entry.valid_to)

    def resolve(self, id_: str | None) -> str | None:
        """The id in force that stands for ``id_`` today: itself, or its only successor in force.

        None when nothing, or more than one successor (a split), is in force.
        """
        found = set(self._heirs(id_, frozenset()))
        return found.pop() if len(found) == 1 else None

    def standing_for(self, id_: str) -> frozenset[str]:
        """``id_`` itself and every heir of it in force; all halves after a split."""
        return frozenset({id_, *self._heirs(id_, frozenset())})

    def _heirs(self, id_: str | None, seen: frozenset[str]) -> Iterator[str]:
        entry = self.find(id_)
        if entry is None or entry.id in seen:
            return
        if self.in_force(entry):
            yield entry.id
            return
        for successor in entry.successors:
            yield from self._heirs(successor, seen | {entry.id})

    def line_up(self, id_: str, not_past: frozenset[str] = frozenset()) -> Iterator[str]:
        """``id_`` and everything above it by superior, parent and organ, heirs included, each once.

        No way leads further up from an id in ``not_past``.
        """
        waiting, seen = [id_], {id_}
        while waiting:
            now = waiting.pop(0)
            yield now
            if now in not_past:
                continue
            fresh = {heir for up in self._ups(now) for heir in self.standing_for(up)} - seen
            seen |= fresh
            waiting.extend(sorted(fresh))

    def _ups(self, id_: str) -> tuple[str, ...]:
        entry = self.find(id_)
        if entry is None:
            return ()
        ups = (entry.superior,) if isinstance(entry, Organ) else (entry.parent, entry.organ)
        return tuple(up for up in ups if up is not None)

    def children_of(self, id_: str) -> frozenset[str]:
        """The organs and units that name it, or whom it stands for, as above them."""
        return frozenset(self._children().get(id_, ()))

    def _children(self) -> Mapping[str, tuple[str, ...]]:
        if not self.tree:
            children: dict[str, list[str]] = {}
            for entry in (*self.organs, *self.units):
                for up in self._ups(entry):
                    for heir in self.standing_for(up):
                        children.setdefault(heir, []).append(entry)
            self.tree.update({up: tuple(entries) for up, entries in children.items()})
        return self.tree
