"""Who may approve 审批: a deputy in charge or the chief of the organ, never the one who acts."""

from datetime import date

from services.referral.domain.directory import Directory
from services.referral.domain.errors import ApprovalMissing, ApprovalOutOfTime
from services.referral.domain.exclusion import Excluded
from services.referral.domain.values import Approval, Post


def check_approval(
    approval: Approval,
    organ: str,
    actor: tuple[str, frozenset[str]],
    not_before: date,
    directory: Directory,
    excluded: Excluded,
) -> None:
    """Refuse an approval that does not stand.

    ``actor`` is the id and the seats of the one who acts; ``not_before`` the day the report was received; the
    directory's day is today. Raises ApprovalMissing when the seat is no deputy's or chief's of ``organ`` on
    the day, is excluded, or belongs to the actor; ApprovalOutOfTime when the day lies outside receipt and
    today.

    Source: domain.md 21.
    """
    seat = directory.seats.get(approval.seat)
    if seat is None or seat.organ != organ or seat.post not in {Post.DEPUTY, Post.CHIEF}:
        raise ApprovalMissing
    began, ended = seat.valid_from, seat.valid_to
    if approval.approved_on < began or (ended is not None and approval.approved_on > ended):
        raise ApprovalMissing
    own = approval.seat in actor[1] or seat.person in {None, actor[0]}
    if own or excluded.holds_seat(approval.seat, directory):
        raise ApprovalMissing
    if not not_before <= approval.approved_on <= directory.day:
        raise ApprovalOutOfTime
