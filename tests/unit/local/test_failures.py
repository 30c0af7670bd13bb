"""Every failure that can be expected is one sentence with its cure, and no traceback."""

import errno

import asyncpg
import httpx
import pytest
from confluent_kafka import KafkaError, KafkaException

from deploy.local.command import ended
from deploy.local.commands.up import NoService, chosen
from deploy.local.demo.accounts import NoAccounts
from deploy.local.demo.stage import NeverCame, awaited
from deploy.local.desk import Refused
from deploy.local.failures import sentence
from deploy.local.front import NotUp
from deploy.local.home import OtherVersion
from deploy.local.kafka import JarsMissing, JavaMissing, NotFormatted
from deploy.local.keeper import NotReady
from deploy.local.keys import NoKey
from deploy.local.ports import NoPort
from deploy.local.postgres import NotInitialised, PostgresMissing, WrongMajor
from deploy.local.preflight import NotHere

SPOKEN = (NotUp, NotHere, NotReady, NeverCame, NoAccounts, NoKey, NoPort, OtherVersion, JavaMissing,
          JarsMissing, NotFormatted, PostgresMissing, NotInitialised, WrongMajor)  # fmt: skip
REFUSED = Refused(409, "illegal-step", "POST /intake/v1/reports/7/check", "This step is not open 不能办理")

FORESEEN = [
    (REFUSED, "409 illegal-step (This step is not open 不能办理): see dengwen status --logs intake-api."),
    (Refused(502, "", "GET /review/v1/x"), "refused GET /review/v1/x with 502 : see dengwen status"),
    (httpx.ConnectError("no"), "A service does not answer (ConnectError): see dengwen status"),
    (httpx.ReadTimeout("slow"), "start what is down with dengwen up"),
    (asyncpg.ConnectionDoesNotExistError("gone"), "PostgreSQL refused a step or does not answer"),
    (asyncpg.InterfaceError("closed"), "dengwen status --logs postgres"),
    (KafkaException(KafkaError(KafkaError._TRANSPORT)), "dengwen status --logs kafka"),
    (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "does not answer (ConnectionRefusedError)"),
    (TimeoutError(), "does not answer (TimeoutError)"),
    (OSError(errno.ENOSPC, "full", "/data/secrets.json"), "holds /data/secrets.json: free some space"),
    (PermissionError(errno.EACCES, "no", "/data/keys"), "/data/keys may not be read or written by this user"),
    (ExceptionGroup("start", [NotHere("Port 1 is in use: stop what uses it.")]), "Port 1 is in use"),
]


def raising(failure: Exception) -> int:
    def verb() -> None:
        raise failure

    return ended(verb)


@pytest.mark.parametrize("kind", SPOKEN)
def test_a_refusal_is_told_as_it_stands(kind: type[Exception], capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(kind("The sea is rough: wait for another day.")) == 1

    assert capsys.readouterr().err == "The sea is rough: wait for another day.\n"


@pytest.mark.parametrize(("failure", "said"), FORESEEN, ids=lambda case: type(case).__name__)
def test_a_failure_of_the_world_is_one_line_that_says_where_to_look(
    failure: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert raising(failure) == 1

    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err + told.out


def test_what_nobody_foresaw_keeps_its_traceback() -> None:
    unforeseen = KeyError("organ")

    assert sentence(unforeseen) is None
    with pytest.raises(KeyError):
        raising(unforeseen)


def test_an_interruption_has_the_code_that_shells_expect() -> None:
    def verb() -> None:
        raise KeyboardInterrupt

    assert ended(verb) == 130


def test_only_services_that_there_are_can_be_chosen() -> None:
    assert chosen("analytics, intake") == ["intake", "analytics"]
    for wrong in ("intake,nosuch", ""):
        with pytest.raises(NoService, match=r"No such service: .*; there are: vault, intake"):
            chosen(wrong)


def test_what_is_waited_for_in_vain_is_named() -> None:
    with pytest.raises(NeverCame, match=r"the signature did not come within 0 s; see dengwen status\."):
        awaited("the signature", lambda: None, within_seconds=0)
