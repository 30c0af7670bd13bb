"""A log line holds what the allow-list names; nothing somebody wrote gets through."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from services.chassis.logging import configure

SECRET = "张某某举报李某某"
ESCAPES = "a\nb\x1b[31m\u202etxt"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    root, out = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.stdout", out)
    configure("intake", "worker")
    yield out
    root.handlers[:] = before
    root.setLevel(level)


def last(lines: io.StringIO) -> dict[str, object]:
    found: dict[str, object] = json.loads(lines.getvalue().splitlines()[-1])
    return found


def test_a_line_of_ours_keeps_its_slug_and_its_codes(lines: io.StringIO) -> None:
    logging.getLogger("services.intake.x").warning(
        "send-failed", extra={"cause": "KafkaError", "count": 3, "text": SECRET}
    )

    line = last(lines)
    assert (line["event"], line["cause"], line["count"], line["level"]) == (
        "send-failed", "KafkaError", 3, "warning",
    )  # fmt: skip
    assert (line["service"], line["process"]) == ("intake", "worker")
    assert SECRET not in lines.getvalue()


@pytest.mark.parametrize("value", [SECRET, ESCAPES, "a" * 121, [SECRET], {"a": SECRET}])
def test_a_value_that_is_no_code_is_left_out(lines: io.StringIO, value: object) -> None:
    logging.getLogger("services.intake.x").warning("send-failed", extra={"cause": value})

    assert last(lines)["cause"] == "[redacted]"


def test_an_event_that_is_no_slug_is_left_out(lines: io.StringIO) -> None:
    logging.getLogger("services.intake.x").warning(SECRET)
    logging.getLogger("services.intake.x").warning("%s came", SECRET)

    assert last(lines)["event"] == "unlisted-event"
    assert SECRET not in lines.getvalue()


def test_of_a_library_the_template_is_kept_and_never_its_arguments(lines: io.StringIO) -> None:
    logging.getLogger("aiokafka.consumer").warning("Heartbeat failed for %s", SECRET)
    assert last(lines)["event"] == "Heartbeat failed for %s"

    logging.getLogger("asyncio").error(f"Task exception was never retrieved {SECRET}")  # noqa: G004
    assert last(lines)["event"] == "unlisted-event"
    assert SECRET not in lines.getvalue()


def test_of_an_error_the_class_and_the_place_are_kept(lines: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        logging.getLogger("services.intake.x").error(
            "job-failed", exc_info=(type(error), error, error.__traceback__)
        )

    assert last(lines)["cause"] == "ValueError"
    assert SECRET not in lines.getvalue()
