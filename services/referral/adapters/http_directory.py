"""Routes of the directory: whole states in, a list out."""

from collections.abc import Sequence
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.chassis.calendar import local_day
from services.chassis.database import Subject
from services.chassis.idempotency import Answer
from services.chassis.security.permissions import needs
from services.referral.adapters.directory_states import Id, full_state, organ_of
from services.referral.adapters.directory_store import READERS
from services.referral.adapters.http_answers import cursor, entry_view, place_in_ids, shown
from services.referral.adapters.http_desk import Counter, actor_of
from services.referral.adapters.http_models import DirectoryGiven, EntryGiven
from services.referral.adapters.work import PostgresUnit
from services.referral.application.find_report import Reader
from services.referral.application.load_directory import LoadDirectory, load_directory
from services.referral.application.ports import Entry
from services.referral.domain.errors import EntryMalformed
from services.referral.domain.keeping import Thing

Kind = Literal["ORGAN", "UNIT", "SEAT", "PERSON"]
Keeps = Annotated[Subject, Depends(needs("keep-directory"))]
Reads = Annotated[Subject, Depends(needs("read-directory"))]


def add_directory(router: APIRouter, counter: Counter) -> None:
    """The directory of organs, units, seats and persons."""

    async def load(request: Request, subject: Subject, entries: Sequence[tuple[Entry, Thing]]) -> Response:
        at = counter.now()

        async def work(unit: PostgresUnit) -> Answer:
            changed = await load_directory(LoadDirectory(actor_of(subject), entries, at, local_day(at)), unit)
            return Answer(200, orjson.dumps({"changed": changed, "given": len(entries)}))

        return await counter.write(request, subject, work)

    @router.put("/directory")
    async def put_all(request: Request, body: DirectoryGiven, subject: Keeps) -> Response:
        """Many entries: all are kept, or none."""
        return await load(request, subject, [_entry(one.kind, one.id, one) for one in body.entries])

    @router.put("/directory/{kind}/{id}")
    async def put_one(
        request: Request, kind: Kind, id_: Annotated[Id, Path(alias="id")], body: EntryGiven, subject: Keeps
    ) -> Response:
        """The whole state of one entry."""
        return await load(request, subject, [_entry(kind, id_, body)])

    @router.get("/directory")
    async def listed(
        request: Request,
        subject: Reads,
        kind: Kind | None = None,
        organ: Id | None = None,
        after: Annotated[str | None, Query(alias="cursor", max_length=300)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """Entries as they are now."""
        place = place_in_ids(after)

        async def query(_: Reader, unit: PostgresUnit) -> Response:
            found = await unit.entries.listed(kind, organ, place, limit)
            following = cursor({"id": found[-1].id}) if len(found) == limit else None
            return shown({"items": [entry_view(one) for one in found], "next": following})

        return await counter.read(request, subject, query)


def _entry(kind: str, id_: str, given: EntryGiven) -> tuple[Entry, Thing]:
    if given.staff_name is not None and kind != "PERSON":
        raise EntryMalformed
    state = full_state(kind, id_, given.state)
    organ = organ_of(kind, id_, state, given.organ)
    entry = Entry(kind, id_, organ, given.synthetic, state, given.effective_on, given.staff_name)
    return entry, READERS[kind](id_, state)
