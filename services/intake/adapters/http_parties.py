"""Routes of the party register: a party added, linked, unlinked, named otherwise."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.database import Subject
from services.chassis.http import if_match
from services.chassis.idempotency import Answer
from services.chassis.security.permissions import needs
from services.intake.adapters.http_answers import moved
from services.intake.adapters.http_desk import Counter, Gated
from services.intake.adapters.http_models import AliasGiven, LinkGiven, PartyGiven
from services.intake.adapters.work import PostgresUnit
from services.intake.application.add_party import AddParty, add_party, judge_party
from services.intake.application.freeze_report import freeze_report
from services.intake.application.link_party import LinkParty, judge_link, link_party
from services.intake.application.name_alias import NameAlias, judge_alias, name_alias

Keeper = Annotated[Subject, Depends(needs("keep-parties"))]


def add_parties(routes: APIRouter, counter: Counter) -> None:
    """What takes effect on the very next read; one of superior level freezes the report."""

    @routes.post("/reports/{report_id}/parties")
    async def add(request: Request, report_id: UUID, body: PartyGiven, subject: Keeper) -> Response:
        about = counter.about(subject, report_id, if_match(request))
        command = AddParty(about, body.meant())

        async def work(unit: PostgresUnit, _: UUID | None) -> Answer:
            done = await add_party(command, unit)
            return moved(report_id, done.version, party=str(done.party_id))

        gate = Gated(partial(judge_party, command), partial(freeze_report, about, None))
        return await counter.write(request, subject, work, gate)

    @routes.post("/reports/{report_id}/parties/{party_id}/links")
    async def link(
        request: Request, report_id: UUID, party_id: UUID, body: LinkGiven, subject: Keeper
    ) -> Response:
        about = counter.about(subject, report_id, if_match(request))
        command = LinkParty(about, party_id, body.kind, body.entry_id)

        async def work(unit: PostgresUnit, _: UUID | None) -> Answer:
            return moved(report_id, await link_party(command, unit))

        gate = Gated(partial(judge_link, command), partial(freeze_report, about, party_id))
        return await counter.write(request, subject, work, gate)

    @routes.delete("/reports/{report_id}/parties/{party_id}/links/{kind}/{entry_id}")
    async def unlink(
        request: Request, report_id: UUID, party_id: UUID, kind: str, entry_id: str, subject: Keeper
    ) -> Response:
        about = counter.about(subject, report_id, if_match(request))
        command = LinkParty(about, party_id, kind, entry_id, ended=True)

        async def work(unit: PostgresUnit, _: UUID | None) -> Answer:
            return moved(report_id, await link_party(command, unit))

        return await counter.write(request, subject, work)

    @routes.post("/reports/{report_id}/parties/{party_id}/aliases", status_code=204)
    async def name(
        request: Request, report_id: UUID, party_id: UUID, body: AliasGiven, subject: Keeper
    ) -> Response:
        about = counter.about(subject, report_id, if_match(request))
        command = NameAlias(about, party_id, body.alias)

        async def work(unit: PostgresUnit, _: UUID | None) -> Answer:
            await name_alias(command, unit)
            return Answer(204)

        gate = Gated(partial(judge_alias, command), partial(freeze_report, about, party_id))
        return await counter.write(request, subject, work, gate)
