"""The vault over HTTP: keep, confirm, pending, erase."""

from datetime import timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, model_validator

from services.chassis.audit import AuditTrail
from services.chassis.database import Connection, Pool, Subject, transaction
from services.chassis.problems import Refused
from services.chassis.security.sealing import Sealer
from services.chassis.strict_json import Line, StrictModel
from services.vault.identities import Identities, IdentityConfirmed, IdentityErased, IdentityUnknown
from services.vault.keeper import keeper_of

MOST_AT_ONCE = 500
LONGEST_WAIT_SECONDS = 366 * 86_400
REFUSALS = {
    IdentityUnknown: Refused(404, "没有找到", "Not found"),
    IdentityErased: Refused(409, "该身份信息已销毁", "This identity was erased"),
    IdentityConfirmed: Refused(409, "该身份信息已被登记件引用，不能销毁", "A report names this identity"),
}


class Identity(StrictModel):
    """Who a reporter is; the least that is needed, never empty."""

    name: Line | None = None
    unit_name: Line | None = None
    id_no: Line | None = None
    phone: Line | None = None
    address: Line | None = None
    political_status: Line | None = None
    safe_contact: Line | None = None

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("empty")
        return self


class Batch(StrictModel):
    """Identities of one register."""

    identities: list[Identity] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Kept(StrictModel):
    """The reference under which an identity lies."""

    reporter_ref: UUID


class KeptBatch(StrictModel):
    """The references in the order of the identities."""

    reporter_refs: list[UUID]


class Pending(StrictModel):
    """References that nobody confirmed, oldest first."""

    refs: list[UUID]


def router(pool: Pool, sealer: Sealer) -> APIRouter:
    """The routes; each acts as the service that calls."""
    routes = APIRouter(prefix="/vault/v1/identities")
    Keeper = Annotated[Subject, Depends(keeper_of(pool))]

    def identities(connection: Connection, keeper: Subject) -> Identities:
        return Identities(connection, sealer, AuditTrail(connection, keeper.id), keeper.id)

    async def keep(keeper: Subject, given: list[Identity]) -> list[UUID]:
        async with transaction(pool, keeper) as connection:
            return await identities(connection, keeper).keep(
                [identity.model_dump(exclude_none=True) for identity in given]
            )

    @routes.post("", status_code=201)
    async def keep_one(keeper: Keeper, identity: Identity) -> Kept:
        (reference,) = await keep(keeper, [identity])
        return Kept(reporter_ref=reference)

    @routes.post("/batch", status_code=201)
    async def keep_batch(keeper: Keeper, batch: Batch) -> KeptBatch:
        return KeptBatch(reporter_refs=await keep(keeper, batch.identities))

    @routes.post("/{reporter_ref}/confirm", status_code=204)
    async def confirm(keeper: Keeper, reporter_ref: UUID) -> Response:
        async with transaction(pool, keeper) as connection:
            await identities(connection, keeper).confirm(reporter_ref)
        return Response(status_code=204)

    @routes.get("/pending")
    async def pending(
        keeper: Keeper, older_than_seconds: Annotated[int, Query(ge=0, le=LONGEST_WAIT_SECONDS)]
    ) -> Pending:
        async with transaction(pool, keeper) as connection:
            found = await identities(connection, keeper).pending(timedelta(seconds=older_than_seconds))
        return Pending(refs=found)

    @routes.delete("/{reporter_ref}", status_code=204)
    async def erase(keeper: Keeper, reporter_ref: UUID) -> Response:
        async with transaction(pool, keeper) as connection:
            await identities(connection, keeper).erase(reporter_ref)
        return Response(status_code=204)

    return routes
