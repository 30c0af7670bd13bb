"""A row of a register that can be entered, and what it says in the words of entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.intake.domain.elements import (
    Arrival,
    Classification,
    Content,
    Elements,
    ReportedParty,
    Reporter,
)
from services.intake.domain.register_cells import Reason
from services.intake.domain.register_mapping import OF_PARTY, Field
from services.intake.domain.values import (
    Authority,
    Channel,
    NameStatus,
    Nature,
    Occurrence,
    PartyType,
    Source,
)

OF_REPORTER = (Field.REPORTER_NAME, Field.REPORTER_PHONE, Field.REPORTER_ADDRESS)
OF_CONTACT = (Field.REPORTER_PHONE, Field.REPORTER_ADDRESS)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row that can be entered. ``row`` is counted from 1 as a spreadsheet shows it.

    ``texts`` and ``codes`` hold what stands in the mapped columns or is fixed, empty ones left out;
    the codes are those of the taxonomy. ``cleared`` when a person looked at it after the gate's phrase.
    """

    row: int
    number: str
    received_on: date
    texts: Mapping[Field, str]
    codes: Mapping[Field, tuple[str, ...]]
    earlier_replied_on: date | None = None
    cleared: bool = False

    def code(self, field: Field) -> str | None:
        """The single code of a field, None when it has none."""
        return next(iter(self.codes.get(field, ())), None)


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row given back: where it stands, its number if it has one, the column, the reason; never its text."""

    row: int
    number: str | None
    column: str
    reason: Reason


def name_status_of(row: RegisterRow) -> NameStatus:
    """What the register says of the name; without a column, a row that bears a name is signed.

    Source: domain.md 6.3.
    """
    said = row.code(Field.NAME_STATUS)
    if said is not None:
        return NameStatus(said)
    return NameStatus.SIGNED_UNVERIFIED if Field.REPORTER_NAME in row.texts else NameStatus.ANONYMOUS


def identity_of(row: RegisterRow) -> dict[str, str]:
    """Who the reporter is, for the vault alone; empty for an anonymous row, whatever its cells say.

    Source: domain.md 6.1, collect the minimum, never for anonymous.
    """
    if name_status_of(row) is NameStatus.ANONYMOUS:
        return {}
    return {
        field.value.removeprefix("reporter_"): row.texts[field] for field in OF_REPORTER if field in row.texts
    }


def elements_of(
    row: RegisterRow, *, reporter_ref: UUID | None, party: UUID, taxonomy_version: str
) -> Elements:
    """The elements of the report that a row becomes; ``party`` is a fresh id, used if a party is named."""
    named = any(field in row.texts or field in row.codes for field in OF_PARTY)
    return Elements(
        arrival=Arrival(
            row.received_on,
            Channel(row.codes[Field.CHANNEL][0]),
            Source(row.code(Field.SOURCE) or Source.SELF_RECEIVED),
        ),
        reporter=Reporter(
            name_status_of(row),
            ref=reporter_ref,
            has_contact=reporter_ref is not None and any(field in row.texts for field in OF_CONTACT),
        ),
        content=Content(
            text=row.texts[Field.TEXT],
            title=row.texts.get(Field.TITLE, ""),
            summary=row.texts.get(Field.SUMMARY, ""),
            earlier_reply=earlier_reply_of(row),
        ),
        classification=classification_of(row, taxonomy_version),
        parties=(party_of(row.texts, row.codes, party),) if named else (),
    )


def earlier_reply_of(row: RegisterRow) -> str | None:
    """The reply the paper office gave, with its day in front."""
    reply = row.texts.get(Field.EARLIER_REPLY)
    if reply is None or row.earlier_replied_on is None:
        return reply
    return f"（{row.earlier_replied_on.isoformat()} 答复）{reply}"


def classification_of(row: RegisterRow, taxonomy_version: str) -> Classification | None:
    """What the register says of the classification, None when it says no nature."""
    nature = row.code(Field.NATURE)
    if nature is None:
        return None
    violations = row.codes.get(Field.VIOLATIONS, ())
    return Classification(
        nature=Nature(nature),
        taxonomy_version=taxonomy_version,
        occurrence=Occurrence(row.code(Field.OCCURRENCE) or Occurrence.INITIAL),
        violations=violations,
        primary_violation=next(iter(violations), None),
        themes=row.codes.get(Field.THEMES, ()),
        oos_kinds=row.codes.get(Field.OOS_KINDS, ()),
        region_of_conduct=row.code(Field.REGION_OF_CONDUCT),
    )


def party_of(
    texts: Mapping[Field, str], codes: Mapping[Field, tuple[str, ...]], party: UUID
) -> ReportedParty:
    """The reported party of a row: a person, or an organisation when only a unit is named."""
    only_unit = Field.PARTY_UNIT in texts and not {Field.PARTY_NAME, Field.PARTY_POST} & set(texts)

    def code(field: Field) -> str | None:
        return next(iter(codes.get(field, ())), None)

    return ReportedParty(
        party=party,
        party_type=PartyType.ORGANISATION if only_unit else PartyType.PERSON,
        name=texts.get(Field.PARTY_UNIT if only_unit else Field.PARTY_NAME, ""),
        post=texts.get(Field.PARTY_POST, ""),
        unit_name=texts.get(Field.PARTY_UNIT, ""),
        authority=Authority(code(Field.PARTY_AUTHORITY) or Authority.UNKNOWN),
        rank=code(Field.PARTY_RANK),
        region=code(Field.PARTY_REGION),
    )
