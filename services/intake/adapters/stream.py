"""What follows from which fact: contract, model, reaction; nothing else."""

from collections.abc import Mapping

from services.chassis.calendar import local_day
from services.chassis.delivery import Reaction, Route
from services.chassis.facts import Heard
from services.intake.adapters.consumed_events import (
    DirectoryChanged,
    DisposalDecided,
    PartTold,
    ReportAssigned,
    ReportRetained,
    ReportReturned,
    ResultReturned,
    TransferSignedFor,
    VisitSignedOff,
)
from services.intake.adapters.work import PostgresUnit
from services.intake.application.ports import Moment
from services.intake.application.when_directory_changed_keep_entry import when_directory_changed_keep_entry
from services.intake.application.when_part_progressed_show_state import when_part_progressed_show_state
from services.intake.application.when_report_assigned_register_receipt import (
    when_report_assigned_register_receipt,
)
from services.intake.application.when_report_studied_note_it import when_report_studied_note_it
from services.intake.application.when_superior_level_suspected_freeze_report import (
    when_superior_level_suspected_freeze_report,
)
from services.intake.application.when_transfer_signed_for_open_part import when_transfer_signed_for_open_part
from services.intake.application.when_visit_signed_off_await_record import when_visit_signed_off_await_record

CONSUMER = "petition.intake"
COMPACTED = ("petition.referral.directory.v1",)
TOPICS = (
    *COMPACTED,
    "petition.referral.reports.v1",
    "petition.review.cases.v1",
    "petition.reception.visits.v1",
)


def moment_of(fact: Heard) -> Moment:
    """When a fact was said, and the local day of it."""
    return Moment(fact.time, local_day(fact.time))


def progressed(name: str) -> Reaction[PostgresUnit]:
    """The reaction to a fact that moves the state of a part and nothing else."""
    teller = "review" if name.startswith("result-") else "referral"

    async def shown(told: PartTold, fact: Heard, unit: PostgresUnit) -> None:
        word = name + told.word
        await when_part_progressed_show_state(told.report_id, told.organ, word, teller, moment_of(fact), unit)

    return shown


async def directory_changed(told: DirectoryChanged, _: Heard, unit: PostgresUnit) -> None:
    """Intake's copy of the directory."""
    state = {**told.state, "synthetic": told.synthetic}
    await when_directory_changed_keep_entry(told.kind, told.id, told.organ, state, told.effective_on, unit)


async def report_studied(told: PartTold, _: Heard, unit: PostgresUnit) -> None:
    """Its nature may be corrected from now on."""
    await when_report_studied_note_it(told.report_id, unit)


async def report_assigned(told: ReportAssigned, fact: Heard, unit: PostgresUnit) -> None:
    """The lower organ's receipt."""
    await when_report_assigned_register_receipt(
        told.report_id, told.organ, told.target_organ, told.assigned_on, moment_of(fact), unit
    )


async def transfer_signed_for(told: TransferSignedFor, fact: Heard, unit: PostgresUnit) -> None:
    """The receiver's part."""
    await when_transfer_signed_for_open_part(
        told.report_id, told.organ, told.from_organ, told.signed_on, moment_of(fact), unit
    )


async def superior_level_suspected(told: PartTold, fact: Heard, unit: PostgresUnit) -> None:
    """The report freezes."""
    await when_superior_level_suspected_freeze_report(told.report_id, moment_of(fact), unit)


async def result_returned(told: ResultReturned, fact: Heard, unit: PostgresUnit) -> None:
    """Back with the submitter; a return to round 2 leaves it under audit."""
    if told.back_to == "SUPPLEMENTING":
        await progressed("result-returned")(told, fact, unit)


async def visit_signed_off(told: VisitSignedOff, fact: Heard, unit: PostgresUnit) -> None:
    """The item and its same-day clock."""
    await when_visit_signed_off_await_record(told.item(), moment_of(fact), unit)


def _moves(name: str, model: type[PartTold] = PartTold) -> Route[PostgresUnit]:
    return Route(model, progressed(name))


ROUTES: Mapping[str, Route[PostgresUnit]] = {
    "referral.directory-changed.v1": Route(DirectoryChanged, directory_changed),
    "referral.report-queued-for-study.v1": _moves("report-queued-for-study"),
    "referral.report-studied.v1": Route(PartTold, report_studied),
    "referral.report-accepted.v1": _moves("report-accepted"),
    "referral.report-moved.v1": _moves("report-moved"),
    "referral.report-transferred.v1": _moves("report-transferred"),
    "referral.transfer-signed-for.v1": Route(TransferSignedFor, transfer_signed_for),
    "referral.report-assigned.v1": Route(ReportAssigned, report_assigned),
    "referral.report-returned.v1": _moves("report-returned", ReportReturned),
    "referral.report-retained.v1": _moves("report-retained", ReportRetained),
    "referral.report-advised.v1": _moves("report-advised"),
    "referral.report-forwarded.v1": _moves("report-forwarded"),
    "referral.appeal-routed.v1": _moves("appeal-routed"),
    "referral.suggestion-filed.v1": _moves("suggestion-filed"),
    "referral.disposal-decided.v1": _moves("disposal-decided", DisposalDecided),
    "referral.report-concluded.v1": _moves("report-concluded"),
    "referral.superior-level-suspected.v1": Route(PartTold, superior_level_suspected),
    "referral.routing-withdrawn.v1": _moves("routing-withdrawn"),
    "review.result-submitted.v1": _moves("result-submitted"),
    "review.result-withdrawn.v1": _moves("result-withdrawn"),
    "review.result-returned.v1": Route(ResultReturned, result_returned),
    "reception.visit-signed-off.v1": Route(VisitSignedOff, visit_signed_off),
}
