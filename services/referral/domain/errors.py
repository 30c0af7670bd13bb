"""What referral refuses, one class for each rule that can be broken."""


class Refused(Exception):
    """A rule was broken; ``article`` names it where a regulation does."""

    article: str | None = None


class PremiseMissing(Exception):
    """A fact tells of something whose own fact has not come yet; it waits."""


class ReferralUnknown(Refused):
    """No such part for the one who asks: not there, of another organ, excluded or frozen."""


class EntryElsewhere(Refused):
    """The entry belongs to an organ that is neither the keeper's own nor below it."""


class ReferralChanged(Refused):
    """The version asked for is no longer the present one."""


class IllegalStep(Refused):
    """The life cycle (domain.md 4.2) has no such transition from the present state."""


class AlreadyRouted(Refused):
    """The report has an open routing, held here or elsewhere."""


class RouteToReportedSide(Refused):
    """The target, or whoever would be told, is in the excluded set of the report."""

    article = "rule art. 47, 52; XF art. 30"


class SuperiorLevel(Refused):
    """The report belongs to a superior organ; nothing may be done with it here."""

    article = "rule art. 15"


class NotAsDecided(Refused):
    """The decision order gives another way; only a study meeting may choose differently."""

    article = "domain.md 8.2"


class StudyDecisionMissing(Refused):
    """The act needs a recorded decision of a study meeting, and there is none for it."""

    article = "rule art. 13"


class CaseManagementNotTold(Refused):
    """A move needs the notice to the case-management department in the same act."""

    article = "rule art. 14"


class ApprovalMissing(Refused):
    """The seat does not approve here: no deputy or chief of the organ on that day, or the actor's own."""

    article = "domain.md 21"


class ApprovalOutOfTime(Refused):
    """The approval was given before the report came, or lies in the future."""

    article = "domain.md 21"


class GroundMissing(Refused):
    """Assigning needs one of the grounds A1 to A4 and a letter."""

    article = "rule art. 20"


class ChannelWrong(Refused):
    """By letter the matter is passed on; by visit, phone or network the person is told where to go."""

    article = "rule art. 13"


class NotTheReceiver(Refused):
    """The actor holds no seat of the unit or organ the report was handed to."""


class NotSignedFor(Refused):
    """The receiver has not signed yet."""

    article = "ZJ art. 23"


class RecheckDateMissing(Refused):
    """A held clue needs a later day on which it is looked at again."""

    article = "domain.md 4.2 T19"


class ConclusionNotAllowed(Refused):
    """The day lies in the future or before receipt, or the four form does not fit the outcome."""


class MemberExcluded(Refused):
    """A member recused from the item, or on its reported side, takes no part in it."""

    article = "rule art. 48"


class MeetingNotHeld(Refused):
    """The meeting lies in the future, or was held before the report was received."""

    article = "domain.md 9"


class MemberUnknown(Refused):
    """Whoever is present, absent or records must hold a seat on that day, nobody is both; officers exist."""

    article = "domain.md 9"


class OpinionMissing(Refused):
    """Every member present states a view, and at least two do."""

    article = "domain.md 9"


class DeferredTwice(Refused):
    """An item may be deferred once."""

    article = "domain.md 9"


class MeetingUnknown(Refused):
    """No such meeting of this organ."""


class EntryMalformed(Refused):
    """The directory entry contradicts itself or names another id than its address."""


class EntryOutOfOrder(Refused):
    """A later state of the entry is on file; what was in force is not rewritten."""


class DepartmentUnknown(Refused):
    """No competent department of that id is in force."""

    article = "XF art. 22"


class OwnRecusal(Refused):
    """Nobody decides on a recusal asked for by or about oneself."""

    article = "rule art. 48"


class RecusalUnknown(Refused):
    """No such recusal request of this organ."""
