"""Every type that is heard, and the model that reads it."""

from collections.abc import Mapping
from types import MappingProxyType

from services.analytics.adapters import consumed_events as heard_as
from services.analytics.adapters import consumed_surroundings as around

MODELS: Mapping[str, type[heard_as.Tolerant]] = MappingProxyType(
    {
        "intake.report-registered.v1": heard_as.ReportRegistered,
        "intake.report-classified.v1": heard_as.ReportClassified,
        "intake.category-changed.v1": heard_as.ReportClassified,
        "intake.report-frozen.v1": heard_as.ReportLeftFigures,
        "intake.exclusion-changed.v1": around.ExclusionChanged,
        "referral.directory-changed.v1": around.DirectoryChanged,
        "referral.report-queued-for-study.v1": heard_as.QueuedForStudy,
        "referral.report-studied.v1": heard_as.OfReport,
        "referral.report-accepted.v1": heard_as.Accepted,
        "referral.report-moved.v1": heard_as.MovedToUnit,
        "referral.report-transferred.v1": heard_as.Transferred,
        "referral.transfer-signed-for.v1": heard_as.TransferSignedFor,
        "referral.report-assigned.v1": heard_as.Assigned,
        "referral.report-returned.v1": heard_as.Returned,
        "referral.report-retained.v1": heard_as.Retained,
        "referral.report-advised.v1": heard_as.Advised,
        "referral.report-forwarded.v1": heard_as.Forwarded,
        "referral.appeal-routed.v1": heard_as.AppealRouted,
        "referral.suggestion-filed.v1": heard_as.SuggestionFiled,
        "referral.disposal-decided.v1": heard_as.DisposalDecided,
        "referral.report-concluded.v1": heard_as.Concluded,
        "referral.superior-level-suspected.v1": heard_as.ReportLeftFigures,
        "referral.routing-withdrawn.v1": heard_as.RoutingWithdrawn,
        "review.case-opened.v1": heard_as.OfReport,
        "review.result-submitted.v1": heard_as.ResultSubmitted,
        "review.round-passed.v1": heard_as.OfReport,
        "review.result-returned.v1": heard_as.ResultReturned,
        "review.result-withdrawn.v1": heard_as.ResultWithdrawn,
        "review.chief-signed.v1": heard_as.OfReport,
        "review.case-accepted.v1": heard_as.OfReport,
        "review.case-withdrawn.v1": heard_as.OfReport,
        "reception.session-published.v1": around.SessionTold,
        "reception.session-changed.v1": around.SessionTold,
        "reception.visit-booked.v1": around.VisitTold,
        "reception.visit-registered.v1": around.VisitTold,
        "reception.visit-signed-off.v1": around.VisitTold,
    }
)
