"""The parts of an uploaded form, taken apart byte for byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.problems import Problem
from services.intake.adapters.import_upload import LARGEST_HEADERS, MOST_PARTS, form_parts

TYPE = "multipart/form-data; boundary=grenze"
BINARY = bytes(range(256)) + b"\r\n--grenz\r\n\r\n--\r\n--grenze"[:-1]


def part(name: str, content: bytes, *more: str) -> bytes:
    """One part with its headers."""
    lines = [f'Content-Disposition: form-data; name="{name}"', *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def body(*parts: bytes, boundary: bytes = b"grenze") -> bytes:
    """A whole body."""
    return (
        b"".join(b"--" + boundary + b"\r\n" + one + b"\r\n" for one in parts) + b"--" + boundary + b"--\r\n"
    )


def refused(content_type: str, content: bytes) -> tuple[int, str]:
    """Status and code of the refusal."""
    with pytest.raises(Problem) as problem:
        form_parts(content_type, content)
    return problem.value.status, problem.value.code


def test_parts_come_byte_for_byte_whatever_stands_in_them() -> None:
    parts = form_parts(TYPE, body(part("register", BINARY), part("mapping", b""), part("gate_no", b"\r\n")))

    assert parts == {"register": BINARY, "mapping": b"", "gate_no": b"\r\n"}


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=grenze",
        'Multipart/Form-Data; boundary="grenze"',
        "multipart/form-data;charset=utf-8;boundary=grenze",
        "multipart/form-data; boundary=grenze; charset=utf-8",
    ],
)
def test_the_boundary_is_found_however_the_type_is_written(content_type: str) -> None:
    assert form_parts(content_type, body(part("mapping", b"x"))) == {"mapping": b"x"}


def test_a_boundary_may_hold_what_browsers_put_into_it() -> None:
    boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
    content = body(part("mapping", b"x"), boundary=boundary.encode())

    assert form_parts(f"multipart/form-data; boundary={boundary}", content) == {"mapping": b"x"}


def test_other_headers_and_the_name_of_the_file_change_nothing() -> None:
    written = (
        'content-disposition:form-data ; filename="台账; 副本.xlsx" ; name="register"\r\n'
        "Content-Type: application/octet-stream\r\n\r\nx"
    )

    assert form_parts(TYPE, body(written.encode())) == {"register": b"x"}


def test_what_stands_before_the_first_boundary_is_no_part() -> None:
    assert form_parts(TYPE, b"preamble\r\n" + body(part("mapping", b"x"))) == {"mapping": b"x"}


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/mixed; boundary=grenze"])
def test_what_is_no_form_is_another_type(content_type: str) -> None:
    assert refused(content_type, body(part("mapping", b"x"))) == (415, "not-form-type")


GOOD = body(part("mapping", b"x"))
BROKEN = {
    "no boundary": ("multipart/form-data", GOOD),
    "boundary of nothing": ("multipart/form-data; boundary=", GOOD),
    "boundary too long": (f"multipart/form-data; boundary={'a' * 71}", GOOD),
    "boundary of other letters": ("multipart/form-data; boundary=甲", GOOD),
    "another boundary": ("multipart/form-data; boundary=andere", GOOD),
    "empty": (TYPE, b""),
    "no part": (TYPE, b"--grenze--\r\n"),
    "cut off": (TYPE, GOOD[:-6]),
    "a part twice": (TYPE, body(part("mapping", b"x"), part("mapping", b"y"))),
    "too many parts": (TYPE, body(*(part(f"p{chr(97 + n)}", b"") for n in range(MOST_PARTS + 1)))),
    "no end of headers": (TYPE, body(b'Content-Disposition: form-data; name="mapping"\r\n')),
    "no headers": (TYPE, body(b"\r\nx")),
    "no name": (TYPE, body(b"Content-Disposition: form-data\r\n\r\nx")),
    "name of other letters": (TYPE, body(part("映射", b"x"))),
    "name too long": (TYPE, body(part("a" * 41, b"x"))),
    "another disposition": (TYPE, body(b'Content-Disposition: attachment; name="mapping"\r\n\r\nx')),
    "headers too long": (TYPE, body(part("mapping", b"x", f"X-More: {'a' * LARGEST_HEADERS}"))),
    "text after the boundary": (TYPE, GOOD.replace(b"--grenze\r\n", b"--grenze x\r\n", 1)),
}


@pytest.mark.parametrize(("content_type", "content"), BROKEN.values(), ids=BROKEN)
def test_a_form_that_is_broken_is_malformed(content_type: str, content: bytes) -> None:
    assert refused(content_type, content) == (400, "malformed")


@settings(deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_two_contents_come_back_as_they_went(first: bytes, second: bytes) -> None:
    content = body(part("register", first), part("mapping", second))

    if b"\r\n--grenze" in b"\r\n" + first + second:
        return
    assert form_parts(TYPE, content) == {"register": first, "mapping": second}


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_parts_or_malformed(content: bytes) -> None:
    try:
        ending = "".join(form_parts(TYPE, b"--grenze\r\n" + content))
    except Problem as problem:
        ending = problem.code

    assert ending.isascii()
