"""The part of the directory 机构目录 that reception needs, as it stood on one day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from services.reception.domain.values import Post

BEGINNING = date(1949, 10, 1)


@dataclass(frozen=True, slots=True)
class Organ:
    """A commission; ``deciding_body`` are persons or seats, ``authority`` who manages its leading group."""

    id: str
    level: str
    superior: str | None = None
    chief_seat: str | None = None
    deciding_body: tuple[str, ...] = ()
    authority: str | None = None
    synthetic: bool = False
    valid_from: date = BEGINNING
    valid_to: date | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A department, team or host unit; ``head`` is a person's id."""

    id: str
    organ: str | None = None
    parent: str | None = None
    head: str | None = None
    authority: str | None = None
    valid_from: date = BEGINNING
    valid_to: date | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A post held by one person."""

    id: str
    organ: str
    person: str | None = None
    post: Post = Post.OFFICER
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
    """A person by id only."""

    id: str
    units: tuple[Membership, ...] = ()
    authority: str = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Directory:
    """All entries as they stood on ``day``, ended ones included, so that a successor can be found."""

    day: date
    organs: Mapping[str, Organ] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    seats: Mapping[str, Seat] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)
    _tree: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def find(self, id_: str | None) -> Organ | Unit | None:
        """The organ or unit of that id, in force or ended."""
        return None if id_ is None else self.organs.get(id_) or self.units.get(id_)

    def in_force(self, entry: Organ | Unit | Seat | Membership) -> bool:
        """Whether the entry is valid on the directory's day; both ends belong to it."""
        return entry.valid_from <= self.day and (entry.valid_to is None or self.day <= entry.valid_to)

    def seats_of(self, person: str) -> list[Seat]:
        """The seats the person holds on the day."""
        return [seat for seat in self.seats.values() if seat.person == person and self.in_force(seat)]

    def standing_for(self, id_: str) -> frozenset[str]:
        """``id_`` itself and every heir of it in force; all halves after a split."""
        return frozenset({id_, *self._heirs(id_, frozenset())})

    def _heirs(self, id_: str, seen: frozenset[str]) -> Iterator[str]:
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

    def children_of(self, id_: str) -> frozenset[str]:
        """The organs and units that name it, or whom it stands for, as above them."""
        return frozenset(self._children().get(id_, ()))

    def _children(self) -> Mapping[str, list[str]]:
        if not self._tree:
            for entry in (*self.organs, *self.units):
                for up in self._ups(entry):
                    for heir in self.standing_for(up):
                        self._tree.setdefault(heir, []).append(entry)
        return self._tree

    def _ups(self, id_: str) -> tuple[str, ...]:
        entry = self.find(id_)
        if entry is None:
            return ()
        ups = (entry.superior,) if isinstance(entry, Organ) else (entry.parent, entry.organ)
        return tuple(up for up in ups if up is not None)
