"""The one kind of failure that is meant for people."""


class Refusal(Exception):
    """Something cannot be done here and now; the message is one sentence that names the cure."""
