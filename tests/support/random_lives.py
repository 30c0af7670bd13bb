"""Random histories of reports, as facts on the wire; by hypothesis."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.support import told_facts as say

Spoken = tuple[str, Mapping[str, Any]]
ORGANS = ("520000", "520100", "520200")
DAYS = st.dates(date(2017, 1, 1), date(2018, 12, 31))


@st.composite
def arrivals(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "received_on": draw(DAYS),
        "channel": draw(st.sampled_from(["LETTER", "VISIT", "PHONE", "NETWORK", "OTHER"])),
        "source": draw(st.sampled_from(["SELF_RECEIVED", "SUPERIOR_TRANSFER", "LEADER_NOTE", "RECEPTION"])),
        "name_status": draw(st.sampled_from(["REAL_NAME", "SIGNED_UNVERIFIED", "ANONYMOUS"])),
        "reporter_count": draw(st.integers(1, 9)),
    }


@st.composite
def categories(draw: st.DrawFn) -> dict[str, Any]:
    nature = draw(st.sampled_from(["N1", "N1", "N1", "N2", "N3", "N4", "N5"]))
    marks = st.sampled_from(["V1", "V3-02", "V3-08", "V4", "V7", "V8-99"])
    parties = st.builds(say.party, st.sampled_from(["04", "06", "08", "09", "14", "99", None]),
                        is_unit_head=st.booleans())  # fmt: skip
    place = draw(st.sampled_from([None, "520102", "520221", "530100", "520201"]))
    return {
        "nature": nature,
        "occurrence": draw(st.sampled_from(["INITIAL", "REPEAT"])),
        "violations": draw(st.lists(marks, max_size=3, unique=True)) if nature == "N1" else [],
        "themes": draw(st.lists(st.sampled_from(["T_RURAL", "T_LIVELIHOOD"]), max_size=2, unique=True)),
        "parties": draw(st.lists(parties, max_size=3)),
        **({} if place is None else {"region_of_conduct": place}),
    }


@st.composite
def lives(draw: st.DrawFn) -> list[Spoken]:
    """Any history that intake, referral and review could tell, and some that they would not."""
    report, organ = draw(st.uuids(version=4)), draw(st.sampled_from(ORGANS))
    arrival = draw(arrivals())
    spoken: list[Spoken] = [("intake.report-registered.v1", say.registered(report, organ, **arrival))]
    acts: list[Callable[[], Spoken]] = [
        lambda: ("intake.report-classified.v1",
                 say.classified(report, organ, **arrival, **draw(categories()))),
        lambda: ("intake.category-changed.v1",
                 say.classified(report, organ, version=draw(st.integers(1, 4)), **draw(arrivals()),
                                **draw(categories()))),
        lambda: ("intake.report-registered.v1",
                 say.registered(report, draw(st.sampled_from(ORGANS)),
                                kind=draw(st.sampled_from(["TRANSFER_RECEIPT", "ASSIGNMENT_RECEIPT"])),
                                **draw(arrivals()))),
        lambda: ("referral.report-accepted.v1", say.of_part(report, organ)),
        lambda: ("referral.report-moved.v1", say.of_part(report, organ)),
        lambda: ("referral.report-assigned.v1",
                 say.of_part(report, organ, target_organ=draw(st.sampled_from(ORGANS)),
                             assigned_on=draw(DAYS).isoformat())),
        lambda: ("referral.transfer-signed-for.v1",
                 say.of_part(report, "520200", from_organ=organ, signed_on=draw(DAYS).isoformat())),
        lambda: ("referral.report-returned.v1",
                 say.of_part(report, organ, returned_by=draw(st.sampled_from(["HANDLER", "LOWER_ORGAN"])))),
        lambda: ("referral.report-retained.v1", say.of_part(report, organ, kind="REPEAT")),
        lambda: ("referral.routing-withdrawn.v1", say.of_part(report, organ, reason="EXCLUDED")),
        lambda: ("referral.report-concluded.v1",
                 say.of_part(report, organ, concluded_on=draw(DAYS).isoformat())),
        lambda: ("review.result-submitted.v1",
                 say.of_part(report, organ, case_id=str(report), submitted_on=draw(DAYS).isoformat())),
    ]  # fmt: skip
    spoken += [act() for act in draw(st.lists(st.sampled_from(acts), max_size=7))]
    if draw(st.integers(0, 9)) == 0:
        spoken.append(("intake.report-frozen.v1", say.of_part(report, organ)))
    return spoken
