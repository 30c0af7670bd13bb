"""What review refuses, one class for each rule that can be broken."""


class Refused(Exception):
    """A rule was broken; ``article`` names it where a regulation does."""

    article: str | None = None


class PremiseMissing(Exception):
    """A fact tells of something whose own fact has not come yet; it waits."""


class CaseUnknown(Refused):
    """No such case for the one who asks: not there, of other organs, excluded or frozen."""


class PaperUnknown(Refused):
    """No such paper of this case."""


class CaseChanged(Refused):
    """The version asked for is no longer the present one."""


class IllegalDecision(Refused):
    """The closed table has no such decision in the present state."""

    article = "domain.md 16.4"


class NotSeated(Refused):
    """The officer holds no seat of this round in the organ whose round it is."""

    article = "domain.md 16.4"


class NotTaken(Refused):
    """Another officer took the round; only who took it may decide or release."""


class Barred(Refused):
    """The officer handles the case, submitted it, is recused, or acted in another round of it."""

    article = "rule art. 48; domain.md 16.4"


class NotTheSubmitter(Refused):
    """The officer is not registered as one who submits this case's results."""


class NotTheChief(Refused):
    """Only the chief of the lower organ signs a result before it goes up."""

    article = "rule art. 23"


class ChecklistIncomplete(Refused):
    """The first round passes only with every point of its checklist."""

    article = "domain.md 16.4"


class OpinionMissing(Refused):
    """The second round passes with a written opinion."""

    article = "domain.md 16.4"


class MinutesMissing(Refused):
    """The third round decides in a meeting: minutes, members present, recusals."""

    article = "rule art. 23"


class StrangerInMinutes(Refused):
    """Somebody noted in the minutes is no member of the deciding body."""

    article = "rule art. 23"


class QuorumMissing(Refused):
    """Half or fewer of the members who are not recused were present."""

    article = "domain.md 16.4"


class ReasonMissing(Refused):
    """A return needs at least one reason code."""

    article = "domain.md 16.4"


class ReturnIncomplete(Refused):
    """A return of the fourth round names its kind and a new deadline after today; no other does."""

    article = "rule art. 22"


class PapersMissing(Refused):
    """The result lacks a paper that always belongs to it."""

    article = "1993 art. 29"


class FourFormWrong(Refused):
    """The four forms are numbered 1 to 4, and a result without outcome has none."""


class PeopleMissing(Refused):
    """The lower organ has not registered who handles the case, who submits, and the department."""


class PeopleUnfit(Refused):
    """One of them is no officer of the lower organ, is excluded, or acted in a round already."""

    article = "rule art. 48"


class UnitUnfit(Refused):
    """The department is none of the lower organ, is the trial department, or is on the reported side."""

    article = "domain.md 8.2"


class AlreadyAssigned(Refused):
    """The report has an open case already."""


class AssignedToItself(Refused):
    """The organ that assigns and the one that handles are the same."""
