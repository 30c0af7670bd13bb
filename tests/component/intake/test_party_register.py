"""The party register: links and aliases that a person says, and what follows for each report of a party."""

from uuid import uuid4

import pytest

from tests.support.entry_desk import ORGAN, OTHER, EntryDesk, entry, party

pytestmark = pytest.mark.component
ROADS = f"{ORGAN}-host-roads"
CLERK = f"{ORGAN}-clerk-2"
EXCLUDED = "SELECT kind, entry_id FROM business.exclusion WHERE report_id = $1::text::uuid"
HISTORY = "SELECT entry_id, by, until IS NULL AS stands FROM business.party_link ORDER BY since"


async def party_of(desk: EntryDesk, report: str) -> str:
    return str((await desk.get(f"/reports/{report}", "clerk-1")).json()["parties"][0]["party"])


async def excluded(desk: EntryDesk, report: str) -> set[tuple[str, str]]:
    return {(row["kind"], row["entry_id"]) for row in await desk.worker.fetch(EXCLUDED, report)}


async def test_a_link_excludes_the_person_from_every_report_of_the_party_until_it_is_ended(
    desk: EntryDesk,
) -> None:
    reports = [await desk.entered(parties=[party(unit=ROADS)]) for _ in range(2)]
    apart = await desk.entered(parties=[party(unit=f"{ORGAN}-host-works")])
    party_id = await party_of(desk, reports[0])
    path = f"/reports/{reports[0]}/parties/{party_id}/links"

    linked = await desk.post(path, "clerk-1", {"kind": "PERSON", "entry_id": CLERK}, 1)
    hidden = [(await desk.get(f"/reports/{r}", "clerk-2")).status_code for r in (*reports, apart)]
    told = [await desk.facts(r, "intake.exclusion-changed.v1") for r in reports]
    own = await desk.send("DELETE", f"{path}/PERSON/{CLERK}", "clerk-2", version=2)
    ended = await desk.send("DELETE", f"{path}/PERSON/{CLERK}", "clerk-1", version=2)
    again = await desk.send("DELETE", f"{path}/PERSON/{CLERK}", "clerk-1", version=3)
    shown = [(await desk.get(f"/reports/{r}", "clerk-2")).status_code for r in reports]

    assert await party_of(desk, reports[1]) == party_id != await party_of(desk, apart)
    assert (linked.status_code, hidden) == (200, [404, 404, 200])
    for facts in told:
        assert (facts[-1]["version"], facts[-1]["excluded_officers"]) == (1, [CLERK])
    assert own.status_code == 404  # who stands on the reported side ends nothing
    assert (ended.status_code, again.status_code, shown) == (200, 422, [200, 200])
    assert [tuple(row) for row in await desk.worker.fetch(HISTORY)] == [(CLERK, f"{ORGAN}-clerk-1", False)]


@pytest.mark.parametrize(
    "link",
    [
        {"kind": "PERSON", "entry_id": "nobody"},
        {"kind": "UNIT", "entry_id": "nowhere"},
        {"kind": "UNIT", "entry_id": CLERK},
        {"kind": "PERSON", "entry_id": ROADS},
    ],
)
async def test_a_link_to_what_the_directory_does_not_know_is_refused_and_nothing_is_written(
    desk: EntryDesk, link: dict[str, str]
) -> None:
    report = await desk.entered()
    rows, party_id = await desk.everything(), await party_of(desk, report)

    refused = await desk.post(f"/reports/{report}/parties/{party_id}/links", "clerk-1", link, 1)

    assert (refused.status_code, refused.json()["code"]) == (422, "link-unknown")
    assert await desk.everything() == rows


@pytest.mark.parametrize(
    ("door", "body"), [("links", {"kind": "PERSON", "entry_id": CLERK}), ("aliases", {"alias": "化名"})]
)
async def test_a_party_of_another_report_or_organ_is_not_found_at_this_one(
    desk: EntryDesk, door: str, body: dict[str, str]
) -> None:
    report = await desk.entered()
    mine, theirs = await desk.entered(parties=[party(name="另一虚构人")]), await desk.entered(OTHER)
    foreign = str(
        (await desk.get(f"/reports/{theirs}", "clerk-1", organ=OTHER)).json()["parties"][0]["party"]
    )
    unknown = await desk.post(f"/reports/{report}/parties/{uuid4()}/{door}", "clerk-1", body, 1)

    for party_id in (await party_of(desk, mine), foreign):
        refused = await desk.post(f"/reports/{report}/parties/{party_id}/{door}", "clerk-1", body, 1)
        assert (refused.status_code, refused.content) == (404, unknown.content)


async def test_an_alias_leads_to_the_party_and_namesakes_without_a_unit_stay_apart(desk: EntryDesk) -> None:
    report = await desk.entered(parties=[party(unit=ROADS)])
    party_id = await party_of(desk, report)

    named = await desk.post(
        f"/reports/{report}/parties/{party_id}/aliases", "clerk-1", {"alias": "贺　蓝州"}, 1
    )
    by_alias = await desk.entered(parties=[party(name="賀蓝州", unit=ROADS)])
    elsewhere = await desk.entered(parties=[party(name="贺蓝州", unit=f"{ORGAN}-host-works")])
    unlinked = [await desk.entered(parties=[party(name="贺蓝州")]) for _ in range(2)]
    apart = [await party_of(desk, r) for r in (elsewhere, *unlinked)]

    assert named.status_code == 204
    assert await party_of(desk, by_alias) == party_id
    assert len({party_id, *apart}) == 4


FORMS = {
    "as it was": "贺兰舟",
    "traditional": "賀蘭舟",
    "zero width": "贺\u200b兰舟\ufeff",
    "spaces": " 贺 兰舟",
    "full-width spaces": "贺\u3000兰舟",
    "compatibility": "贺\uf91f舟",
}


async def test_a_name_written_in_another_form_is_the_same_party_and_excludes_the_same_person(
    desk: EntryDesk,
) -> None:
    first = await desk.entered(parties=[party(unit=ROADS, persons=[CLERK])])
    party_id, found = await party_of(desk, first), {}

    for form, name in FORMS.items():
        second = await desk.entered(parties=[party(name=name, unit=ROADS)])
        hidden = (await desk.get(f"/reports/{second}", "clerk-2")).status_code
        found[form] = (
            await party_of(desk, second),
            ("OFFICER", CLERK) in await excluded(desk, second),
            hidden,
        )

    assert found == dict.fromkeys(FORMS, (party_id, True, 404))


async def test_nobody_enters_a_matter_against_himself(desk: EntryDesk) -> None:
    rows = await desk.everything()

    refused = await desk.post("/reports", "clerk-2", entry(parties=[party(persons=[CLERK])]))

    assert (refused.status_code, refused.json()["code"]) == (422, "own-matter")
    assert await desk.everything() == rows
