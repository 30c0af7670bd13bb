"""What follows from which fact: contract, model, reaction; nothing else."""

from collections.abc import Mapping, Sequence

from services.chassis.delivery import Route
from services.chassis.facts import Heard
from services.referral.adapters.consumed_events import (
    CaseAccepted,
    CaseWithdrawn,
    ExclusionChanged,
    ReportClassified,
    ReportFrozen,
    ResultReturned,
    ResultSubmitted,
    ResultWithdrawn,
    heard_at,
)
from services.referral.adapters.work import PostgresUnit
from services.referral.application.when_case_accepted_conclude import when_case_accepted_conclude
from services.referral.application.when_case_withdrawn_withdraw import when_case_withdrawn_withdraw
from services.referral.application.when_category_changed_judge_anew import (
    when_category_changed_judge_anew,
)
from services.referral.application.when_exclusion_changed_withdraw import when_exclusion_changed_withdraw
from services.referral.application.when_report_classified_open_triage import (
    Classified,
    open_triage_for_all,
    when_report_classified_open_triage,
)
from services.referral.application.when_report_frozen_stop import when_report_frozen_stop
from services.referral.application.when_result_returned_end_audit import when_result_returned_end_audit
from services.referral.application.when_result_submitted_begin_audit import (
    when_result_submitted_begin_audit,
)
from services.referral.application.when_result_withdrawn_end_audit import when_result_withdrawn_end_audit

CONSUMER = "petition.referral"
COMPACTED = ("petition.intake.exclusions.v1",)
TOPICS = ("petition.intake.reports.v1", *COMPACTED, "petition.review.cases.v1")


async def classified(told: Classified, _: Heard, unit: PostgresUnit) -> None:
    """A part opens."""
    await when_report_classified_open_triage(told, unit)


async def all_classified(told: Sequence[tuple[Classified, Heard]], unit: PostgresUnit) -> None:
    """Many parts open in one go."""
    await open_triage_for_all([one for one, _ in told], unit)


async def category_changed(told: Classified, _: Heard, unit: PostgresUnit) -> None:
    """A part is judged by what it is now."""
    await when_category_changed_judge_anew(told, unit)


async def exclusion_changed(told: ExclusionChanged, fact: Heard, unit: PostgresUnit) -> None:
    """What leads to the reported side is withdrawn."""
    await when_exclusion_changed_withdraw(told.report_id, told.organ, told.meant(), *heard_at(fact), unit)


async def report_frozen(told: ReportFrozen, fact: Heard, unit: PostgresUnit) -> None:
    """A report stops."""
    await when_report_frozen_stop(told.report_id, fact.time, unit)


async def result_submitted(told: ResultSubmitted, fact: Heard, unit: PostgresUnit) -> None:
    """The audit begins."""
    await when_result_submitted_begin_audit(told.report_id, told.organ, fact.time, unit)


async def result_returned(told: ResultReturned, fact: Heard, unit: PostgresUnit) -> None:
    """The submitter supplements."""
    await when_result_returned_end_audit(told.report_id, told.organ, told.back_to, fact.time, unit)


async def case_accepted(told: CaseAccepted, fact: Heard, unit: PostgresUnit) -> None:
    """The assigned report is concluded."""
    await when_case_accepted_conclude(told.meant(), fact.time, unit)


async def result_withdrawn(told: ResultWithdrawn, fact: Heard, unit: PostgresUnit) -> None:
    """The submitter took its result back."""
    await when_result_withdrawn_end_audit(told.report_id, told.organ, fact.time, unit)


async def case_withdrawn(told: CaseWithdrawn, fact: Heard, unit: PostgresUnit) -> None:
    """An assignment turned out to lead to the reported side."""
    await when_case_withdrawn_withdraw(
        told.report_id, told.organ, told.handling_organ, told.reason, fact.time, unit
    )


ROUTES: Mapping[str, Route[PostgresUnit]] = {
    "intake.report-classified.v1": Route(
        ReportClassified, classified, all_classified, ReportClassified.meant
    ),
    "intake.category-changed.v1": Route(ReportClassified, category_changed, meant=ReportClassified.meant),
    "intake.report-frozen.v1": Route(ReportFrozen, report_frozen),
    "intake.exclusion-changed.v1": Route(ExclusionChanged, exclusion_changed),
    "review.result-submitted.v1": Route(ResultSubmitted, result_submitted),
    "review.result-returned.v1": Route(ResultReturned, result_returned),
    "review.result-withdrawn.v1": Route(ResultWithdrawn, result_withdrawn),
    "review.case-withdrawn.v1": Route(CaseWithdrawn, case_withdrawn),
    "review.case-accepted.v1": Route(CaseAccepted, case_accepted),
}
