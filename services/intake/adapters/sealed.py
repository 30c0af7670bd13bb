"""Free text and names on their way into the database and out of it: JSON, sealed for one cell."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from services.chassis.security.sealing import Sealer
from services.intake.domain.elements import Allegation, Content, ReportedParty


def _open(sealer: Sealer, sealed: bytes, table: str, column: str, row: str) -> dict[str, Any]:
    opened: dict[str, Any] = orjson.loads(sealer.open(sealed, table=table, column=column, row=row))
    return opened


def _seal(sealer: Sealer, value: Mapping[str, object], table: str, column: str, row: str) -> bytes:
    kept = {name: field for name, field in value.items() if field not in (None, "", ())}
    return sealer.seal(orjson.dumps(kept).decode(), table=table, column=column, row=row)


def seal_content(sealer: Sealer, content: Content, table: str, row: str) -> bytes:
    """All free text of a report for the cell of ``row``."""
    return _seal(sealer, asdict(content), table, "content", row)


def open_content(sealer: Sealer, sealed: bytes, table: str, row: str) -> Content:
    """The free text of a report. Raises SealBroken."""
    given = _open(sealer, sealed, table, "content", row)
    return Content(
        text=given.get("text", ""),
        title=given.get("title", ""),
        summary=given.get("summary", ""),
        allegations=tuple(Allegation(**one) for one in given.get("allegations", ())),
        keywords=tuple(given.get("keywords", ())),
        other_violation=given.get("other_violation"),
        earlier_reply=given.get("earlier_reply"),
    )


def seal_details(sealer: Sealer, party: ReportedParty, report_id: UUID) -> bytes:
    """Name, post and unit of a reported party as they were written in this report."""
    value = {"name": party.name, "post": party.post, "unit_name": party.unit_name}
    return _seal(sealer, value, "report_party", "details", f"{report_id}/{party.party}")


def open_details(sealer: Sealer, sealed: bytes, report_id: UUID, party_id: UUID) -> dict[str, str]:
    """Name, post and unit of a reported party. Raises SealBroken."""
    return _open(sealer, sealed, "report_party", "details", f"{report_id}/{party_id}")


def seal_name(sealer: Sealer, name: str, name_id: UUID) -> bytes:
    """A name of the party register."""
    return sealer.seal(name, table="party_name", column="name", row=str(name_id))


def open_name(sealer: Sealer, sealed: bytes, name_id: UUID) -> str:
    """A name of the party register. Raises SealBroken."""
    return sealer.open(sealed, table="party_name", column="name", row=str(name_id))
