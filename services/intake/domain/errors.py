"""What intake refuses, one class for each rule that can be broken."""


class Refused(Exception):
    """A rule was broken; ``article`` names it where a regulation does."""

    article: str | None = None


class PremiseMissing(Exception):
    """A fact tells of something whose own fact has not come yet; it waits."""


class SuperiorLevelParty(Refused):
    """A party's own fields, post or directory link say that it is managed above this organ."""

    article = "rule art. 15"


class GateUnanswered(Refused):
    """The running text names a post of superior level; a person must say a second explicit no first."""

    article = "rule art. 15"


class OrganUnknown(Refused):
    """The directory has not told of this organ yet, so nothing can be judged against its level."""


class ReportUnknown(Refused):
    """No such report for the one who asks: not there, of another organ, excluded or frozen."""


class ReportChanged(Refused):
    """The version asked for is no longer the present one."""


class IllegalStep(Refused):
    """Entry and its checks have no such step from the present state (domain.md 6.2)."""

    article = "domain.md 6.2"


class ElementsMissing(Refused):
    """Required elements are missing or contradict each other; ``elements`` are their names, no text."""

    article = "domain.md 6.1"

    def __init__(self, elements: tuple[str, ...]) -> None:
        super().__init__(", ".join(elements))
        self.elements = elements


class SecondPersonNeeded(Refused):
    """Who entered or edited the elements may neither check nor confirm nor approve them."""

    article = "domain.md 6.2"


class OwnMatter(Refused):
    """An officer may not enter a report about himself, his own unit or whoever he depends on."""

    article = "rule art. 48"


class CodeUnknown(Refused):
    """A code is not in the taxonomy or the code lists of the version named."""

    article = "domain.md 5"


class StudyNeeded(Refused):
    """An accusation becomes another nature only after a study meeting looked at it."""

    article = "domain.md 21"


class CorrectionUnknown(Refused):
    """No such correction of this report waits for approval."""


class NothingCorrected(Refused):
    """The correction changes nothing."""


class PartyUnknown(Refused):
    """No such party of the register for the one who asks."""


class LinkUnknown(Refused):
    """The directory has no such person or unit, or the link does not stand."""


class VisitUnknown(Refused):
    """No such visit waits here for an answer."""
