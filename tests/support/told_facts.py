"""Bodies of facts as intake, referral and review say them, for tests of who hears them."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

ORGAN = "520100"


def registered(report: UUID | str, organ: str = ORGAN, **more: Any) -> dict[str, Any]:
    """A receipt 件次."""
    day = more.pop("received_on", date(2026, 3, 2))
    return {
        "report_id": str(report),
        "organ": organ,
        "synthetic": True,
        "report_no": f"{organ}-{day.year}-{uuid4().int % 10**9:09}",
        "kind": "FIRST",
        "received_on": day.isoformat(),
        "registered_on": day.isoformat(),
        "channel": "LETTER",
        "source": "SELF_RECEIVED",
        "name_status": "ANONYMOUS",
        "reporter_count": 1,
        "imported": False,
        **more,
    }


def classified(report: UUID | str, organ: str = ORGAN, version: int = 1, **more: Any) -> dict[str, Any]:
    """A category as confirmed; an accusation of one person without anything else said."""
    day = more.pop("received_on", date(2026, 3, 2))
    return {
        "report_id": str(report),
        "organ": organ,
        "synthetic": True,
        "version": version,
        "received_on": day.isoformat(),
        "channel": "LETTER",
        "source": "SELF_RECEIVED",
        "name_status": "ANONYMOUS",
        "reporter_count": 1,
        "nature": "N1",
        "occurrence": "INITIAL",
        "violations": ["V3"],
        "themes": [],
        "oos_kinds": [],
        "has_oos_part": False,
        "oos_impact": False,
        "study_reasons": [],
        "urgency": "NORMAL",
        "taxonomy_version": "2026.1",
        "imported": False,
        "parties": [party("08")],
        **more,
    }


def party(rank: str | None = None, **more: Any) -> dict[str, Any]:
    """A reported person by codes."""
    found: dict[str, Any] = {
        "party": str(uuid4()),
        "party_type": "PERSON",
        "authority": "COUNTY",
        "is_unit_head": False,
    }
    return found | ({} if rank is None else {"rank": rank}) | more


def of_part(report: UUID | str, organ: str = ORGAN, **more: Any) -> dict[str, Any]:
    """A fact about a part with nothing but ``more`` to say."""
    return {"report_id": str(report), "organ": organ, "synthetic": True, **more}
