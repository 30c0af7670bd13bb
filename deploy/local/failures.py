"""What a person is told when a verb fails: one sentence that names the cure, never a traceback."""

import errno

import asyncpg
import httpx
from confluent_kafka import KafkaException

from deploy.local.desk import Refused
from deploy.local.keeper import NotReady
from deploy.local.refusal import Refusal

AWAY = "see dengwen status, and start what is down with dengwen up"
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}


def sentence(failure: BaseException) -> str | None:
    """The sentence for an expected failure; None for one that nobody foresaw.

    Of a failed group the first failure is told: the others mostly follow from it.
    """
    said: str | None = None
    match failure:
        case BaseExceptionGroup():
            said = sentence(failure.exceptions[0])
        case Refusal() | NotReady():
            said = str(failure)
        case Refused():
            said = _of_desk(failure)
        case httpx.TransportError():
            said = f"A service does not answer ({type(failure).__name__}): {AWAY}."
        case asyncpg.PostgresError() | asyncpg.InterfaceError():
            said = _of_ground("PostgreSQL", "postgres", failure)
        case KafkaException():
            said = _of_ground("Kafka", "kafka", failure)
        case OSError():
            said = _of_system(failure)
    return said


def _of_desk(refused: Refused) -> str:
    """A public API said no to what a verb asked of it."""
    why = f" ({refused.title})" if refused.title else ""
    return (
        f"The platform refused {refused.what} with {refused.status} {refused.code}{why}: "
        f"see dengwen status --logs {refused.service}-api."
    )


def _of_ground(name: str, program: str, failure: BaseException) -> str:
    return (
        f"{name} refused a step or does not answer ({type(failure).__name__}): "
        f"see dengwen status --logs {program}, and start it with dengwen up."
    )


def _of_system(failure: OSError) -> str | None:
    where = failure.filename or "the disk"
    if failure.errno in NO_ROOM:
        return f"There is no room left on the disk that holds {where}: free some space and run it again."
    if failure.errno in NO_RIGHT:
        return (
            f"{where} may not be read or written by this user: use the user who started the platform, "
            "or name a folder of your own in DENGWEN_HOME."
        )
    if isinstance(failure, ConnectionError | TimeoutError):
        return f"A part of the platform does not answer ({type(failure).__name__}): {AWAY}."
    return None
