"""What may not be done, one class for each rule that can be broken."""


class Refused(Exception):
    """A rule says no; nothing was changed."""


class RosterUnknown(Refused):
    """No roster of that id in this organ."""


class RosterByItsDrafter(Refused):
    """Who drafted a roster does not approve it."""


class RosterApproved(Refused):
    """An approved roster is not approved again, nor changed."""


class NotOnRoster(Refused):
    """The leader stands on no approved roster for that day (PT01)."""


class LeaderOnLeave(Refused):
    """The leader is on leave that day."""


class SessionUnknown(Refused):
    """No session of that id in this organ."""


class SessionChangedMeanwhile(Refused):
    """Somebody else changed the session since it was read."""


class NoticeTooLate(Refused):
    """The notice must stand two days ahead (D27)."""


class ChangeTooLate(Refused):
    """A change or a cancellation must be told a day ahead (D27)."""


class SessionNotAt(Refused):
    """The session is in no state in which this may happen."""


class SlotsMalformed(Refused):
    """Slots of no length, outside their day, too many, or none."""


class SlotsOverlap(Refused):
    """The leader receives elsewhere at that time."""


class StaffTooFew(Refused):
    """Two of the staff at least are present: leader and recorder are two persons (PT08)."""


class SeatUnknown(Refused):
    """The directory has no such seat in this organ in force, or nobody holds it."""


class EntryUnknown(Refused):
    """The directory has no such unit or person."""


class SlotInThePast(Refused):
    """The slot has begun already."""


class SlotTaken(Refused):
    """Somebody else booked the slot."""


class SlotUnknown(Refused):
    """The session has no slot of that number."""


class SessionFull(Refused):
    """No slot of the session is free."""


class RepresentativesNeeded(Refused):
    """More than five came: five representatives at most are received (XF art. 20)."""


class NameWithoutIdentity(Refused):
    """A signed visit needs an identity in the vault; an anonymous one gives none."""


class StaffRecused(Refused):
    """The leader, an aide or the recorder is on the reported side, or recused."""


class ActorRecused(Refused):
    """Who acts is on the reported side or recused; to that person the visit is not there."""


class SuperiorLevelParty(Refused):
    """A party is managed above the organ, or is its chief; nothing may be written."""


class GateUnanswered(Refused):
    """The text names a superior post; a second explicit no of a person is needed."""


class OrganUnknown(Refused):
    """The directory does not know the organ that receives."""


class VisitUnknown(Refused):
    """No visit of that id in this organ; also for whom it is none of."""


class VisitChangedMeanwhile(Refused):
    """Somebody else changed the visit since it was read."""


class VisitNotAt(Refused):
    """The visit is in no state in which this may happen."""


class PointMissing(Refused):
    """A point of an earlier stage was not passed."""


class PointNotTicked(Refused):
    """This point is passed by an act of its own, not by a tick."""


class NotTheLeader(Refused):
    """Only the leader who receives signs."""


class NotToday(Refused):
    """A booked visit is received on the day of its session, in an open session."""


class RecordMissing(Refused):
    """There is no record to confirm or to fetch."""
