"""The decision order of domain.md 8.2 with its settled cases, as one pure function: ``decide``.

Each party is judged alone (``Bench.judge``), then the strictest result speaks for the whole report. Where the
text leaves a gap (no department named, every desk excluded, an ambiguous successor) rule 8 holds: what is
unclear goes to collective study.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.referral.domain.directory import Directory
from services.referral.domain.exclusion import Excluded
from services.referral.domain.finding import Bench, Finding, Rank
from services.referral.domain.values import Kind, Nature, Occurrence, Party, Way


@dataclass(frozen=True, slots=True)
class Case:
    """What the decision is about, beside the directory of the day.

    ``oos_impact`` says that an out-of-scope matter is likely to have social impact 社会影响;
    ``study_reasons`` are those intake marked (sensitive, complex, unclear).
    """

    deciding_organ: str
    parties: tuple[Party, ...]
    nature: Nature
    occurrence: Occurrence
    excluded: Excluded = field(default_factory=Excluded)
    oos_impact: bool = False
    study_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The proposal for one report; a named person decides.

    ``target_organ`` is set whenever anything is handed over; a seat only for the chief's desk. ``reasons``
    are rule numbers with a code such as ``"6:next-level-down"``; ``informed`` are units told of it (室组).
    """

    kind: Kind
    way: Way | None = None
    target_organ: str | None = None
    target_unit: str | None = None
    target_seat: str | None = None
    reasons: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()


def decide(case: Case, directory: Directory) -> Decision:
    """Where the report has to go, by the directory as it stands on the day of the decision.

    Never raises: what cannot be told is ``Kind.STUDY``. No target is ever in ``case.excluded``.

    Source: rule art. 11 to 16; domain.md 8.2 and its table of settled cases.
    """
    organ_id = directory.resolve(case.deciding_organ)
    organ = directory.organs.get(organ_id) if organ_id is not None else None
    if organ is None:
        return Decision(Kind.STUDY, reasons=("8:deciding-organ-not-in-directory",))
    bench = Bench(case.excluded.sparing(case.deciding_organ), directory, organ)
    findings = [bench.judge(party) for party in case.parties]
    if bench.chief_is_reported():
        findings.append(Finding(Rank.CHIEF, "1:own-chief"))
    if bench.staff_is_reported():
        findings.append(Finding(Rank.STAFF, "3:own-staff"))
    return _weigh(_Desk(case, bench), findings)


def _weigh(desk: "_Desk", findings: list[Finding]) -> Decision:
    top = max((f.rank for f in findings), default=Rank.STUDY)
    reasons = tuple(dict.fromkeys(f.reason for f in findings if f.rank is top))
    if top in {Rank.CHIEF, Rank.SUPERIOR}:
        return Decision(Kind.SUPERIOR_LEVEL, reasons=reasons)
    if top is Rank.STAFF:
        return desk.internal(reasons)
    if desk.case.nature is not Nature.ACCUSATION:
        return desk.by_nature()
    if top is Rank.STUDY or desk.case.study_reasons:
        return desk.study(reasons if top is Rank.STUDY else ())
    if top is Rank.OWN:
        return desk.own([f for f in findings if f.rank is top], reasons)
    return desk.elsewhere(findings)


@dataclass(frozen=True, slots=True)
class _Desk:
    """The deciding organ with the case in hand: what it answers once the findings are weighed."""

    case: Case
    bench: Bench

    def study(self, reasons: tuple[str, ...]) -> Decision:
        """Rule 8, with what intake marked for study beside what the parties leave unclear."""
        marked = tuple(f"8:{reason.lower().replace('_', '-')}" for reason in self.case.study_reasons)
        return Decision(Kind.STUDY, reasons=(*reasons, *marked) or ("8:no-party",))

    def internal(self, reasons: tuple[str, ...]) -> Decision:
        """Own staff: the internal-supervision department, else the chief's desk."""
        department = self.bench.directory.resolve(self.bench.organ.departments.internal_supervision)
        if department is not None and not self.bench.excluded(department):
            return Decision(Kind.MOVE, Way.INTERNAL, self.bench.organ.id, department, reasons=reasons)
        directory = self.bench.directory
        seat = directory.seats.get(self.bench.organ.chief_seat or "")
        if (
            seat is None
            or not directory.in_force(seat)
            or self.bench.excluded_set.holds_seat(seat.id, directory)
        ):
            return Decision(Kind.STUDY, reasons=(*reasons, "8:no-desk-left"))
        return Decision(Kind.MOVE, Way.CHIEF_DESK, self.bench.organ.id, target_seat=seat.id, reasons=reasons)

    def by_nature(self) -> Decision:
        """The way of natures N2 to N5; NA3 and matters with social impact go to study (T5)."""
        match self.case.nature:
            case Nature.APPEAL:
                return self._desk_of(Kind.APPEAL, self.bench.organ.appeals_unit, "4:appeal")
            case Nature.SUGGESTION:
                return self._desk_of(Kind.SUGGESTION, self.bench.organ.suggestions_unit, "4:suggestion")
            case Nature.NO_SUBSTANCE:
                return Decision(Kind.STUDY, reasons=("4:no-substance",))
        if self.case.oos_impact or self.case.study_reasons:
            return Decision(Kind.STUDY, reasons=("4:out-of-scope-with-impact",))
        return Decision(Kind.ADVISE_OR_FORWARD, reasons=("4:out-of-scope",))

    def _desk_of(self, kind: Kind, unit: str | None, reason: str) -> Decision:
        found = self.bench.directory.resolve(unit)
        if found is None or self.bench.excluded(found):
            return Decision(Kind.STUDY, reasons=(reason, "8:no-desk-left"))
        return Decision(kind, target_organ=self.bench.organ.id, target_unit=found, reasons=(reason,))

    def own(self, findings: Iterable[Finding], reasons: tuple[str, ...]) -> Decision:
        """Rule 5: 组 when one team alone is named, else 室; a repeat is kept."""
        found = tuple(findings)
        if self.case.occurrence is Occurrence.REPEAT:
            return Decision(Kind.RETAIN_REPEAT, reasons=(*reasons, "5:repeat"))
        targets = {f.target for f in found}
        team = targets.pop() if len(targets) == 1 else None
        if team is not None:
            unit = self.bench.directory.units.get(team)
            organ = unit.organ if unit is not None and unit.organ is not None else self.bench.organ.id
            return Decision(Kind.MOVE, Way.GROUP, organ, team, reasons=reasons)
        room = self.bench.directory.resolve(self.bench.organ.departments.supervision)
        if room is None or self.bench.excluded(room):
            return Decision(Kind.STUDY, reasons=(*reasons, "8:no-desk-left"))
        informed = tuple(sorted({unit for f in found for unit in f.informed}))
        return Decision(Kind.MOVE, Way.ROOM, self.bench.organ.id, room, reasons=reasons, informed=informed)

    def elsewhere(self, findings: list[Finding]) -> Decision:
        """Rules 6 and 7 when no party is ours."""
        targets = {f.rank: {g.target for g in findings if g.rank is f.rank} for f in findings}
        reasons = tuple(dict.fromkeys(f.reason for f in findings))
        if len(targets) > 1:
            return Decision(Kind.STUDY, reasons=(*reasons, "8:vertical-and-lower"))
        (rank, ids), *_ = targets.items()
        if len(ids) > 1 and rank is Rank.LOWER:
            return self.own((), (*reasons, "5:common-superior"))
        if len(ids) > 1:
            return Decision(Kind.STUDY, reasons=(*reasons, "8:several-line-organs"))
        return self._handed_to(str(ids.pop()), reasons)

    def _handed_to(self, target: str, reasons: tuple[str, ...]) -> Decision:
        unit = self.bench.directory.units.get(target)
        if unit is None:
            return Decision(Kind.TRANSFER, Way.LOCAL, target, reasons=reasons)
        organ = unit.organ if unit.organ is not None else self.bench.organ.id
        return Decision(Kind.MOVE, Way.GROUP, organ, target, reasons=reasons)
