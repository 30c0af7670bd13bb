"""The part that a fact of review is about."""

from uuid import UUID

from services.referral.application.ports import Unit
from services.referral.domain.errors import PremiseMissing
from services.referral.domain.referral import Referral


async def assigned_part(unit: Unit, report_id: UUID, organ: str) -> Referral:
    """The part of the organ that assigned the report, locked. Raises PremiseMissing."""
    for part in await unit.referrals.parts_of(report_id):
        if part.organ == organ:
            return part
    raise PremiseMissing
