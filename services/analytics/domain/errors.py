"""What the figures refuse."""


class SpanRefused(Exception):
    """The months are no span: the first after the last, or more than ten years."""


class OrganUnknown(Exception):
    """No such organ, or not one whose figures the asker may see; nobody can tell which."""


class ReportUnknown(Exception):
    """No such report, or not one the asker may see, or one that left every figure."""


class IdentityBroken(Exception):
    """A table contradicts itself; it is not given out. ``names`` says which identities, as codes."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names
