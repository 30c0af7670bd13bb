"""intake.category-changed: the part is judged by what it is now (T31)."""

from services.referral.application.judge_parts import Occasion, judge_parts
from services.referral.application.ports import Unit
from services.referral.application.when_report_classified_open_triage import Classified
from services.referral.domain.errors import PremiseMissing
from services.referral.domain.screening import reclassify

ACTOR = "intake"


async def when_category_changed_judge_anew(told: Classified, unit: Unit) -> None:
    """Take the newer classification over. Raises PremiseMissing while the part is not here."""
    parts = [part for part in await unit.referrals.parts_of(told.report_id) if part.organ == told.organ]
    if not parts:
        raise PremiseMissing
    (part,) = parts
    after = reclassify(part, told.matter)
    if after != part:
        await judge_parts(unit, [after], Occasion(ACTOR, told.at, told.on), changed=True)
