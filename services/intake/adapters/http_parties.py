"""Routes of the party register: a party added, linked, unlinked, named otherwise."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.database import Subject
from services.chassis.http import if_match
from services.chassis.idempotency import Answer
from services.chassis.security.permissions import needs
from services.intake.adapters.http_answers import handed_off, moved
from services.intake.adapters.http_desk import Counter
from services.intake.adapters.http_models import AliasGiven, LinkGiven, PartyGiven
from services.intake.adapters.work import PostgresUnit
from services.intake.application.add_party import AddParty, add_party
from services.intake.application.link_party import LinkParty, link_party
from services.intake.application.name_alias import NameAlias, name_alias

Keeper = Annotated[Subject, Depends(needs("keep-parties"))]


def add_parties(routes: APIRouter, counter: Counter) -> None:
    """What takes effect on the very next read; one of superior level freezes the report."""

    @routes.post("/reports/{report_id}/parties")
    async def add(request: Request, report_id: UUID, body: PartyGiven, subject: Keeper) -> Response:
        command = AddParty(counter.about(subject, report_id, if_match(request)), body.meant())

        async def work(unit: PostgresUnit) -> Answer:
            done = await add_party(command, unit)
            if done.party_id is None:
                return handed_off()
            return moved(report_id, done.version, party=str(done.party_id))

        return await counter.write(request, subject, work)

    @routes.post("/reports/{report_id}/parties/{party_id}/links")
    async def link(
        request: Request, report_id: UUID, party_id: UUID, body: LinkGiven, subject: Keeper
    ) -> Response:
        command = LinkParty(
            counter.about(subject, report_id, if_match(request)), party_id, body.kind, body.entry_id
        )

        async def work(unit: PostgresUnit) -> Answer:
            return moved(report_id, await link_party(command, unit))

        return await counter.write(request, subject, work)

    @routes.delete("/reports/{report_id}/parties/{party_id}/links/{kind}/{entry_id}")
    async def unlink(
        request: Request, report_id: UUID, party_id: UUID, kind: str, entry_id: str, subject: Keeper
    ) -> Response:
        about = counter.about(subject, report_id, if_match(request))
        command = LinkParty(about, party_id, kind, entry_id, ended=True)

        async def work(unit: PostgresUnit) -> Answer:
            return moved(report_id, await link_party(command, unit))

        return await counter.write(request, subject, work)

    @routes.post("/reports/{report_id}/parties/{party_id}/aliases", status_code=204)
    async def name(
        request: Request, report_id: UUID, party_id: UUID, body: AliasGiven, subject: Keeper
    ) -> Response:
        command = NameAlias(counter.about(subject, report_id, if_match(request)), party_id, body.alias)

        async def work(unit: PostgresUnit) -> Answer:
            await name_alias(command, unit)
            return Answer(204)

        return await counter.write(request, subject, work)
