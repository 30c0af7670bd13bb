"""Registers that are refused whole: nothing of them is written, and the answer says what is wrong."""

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.import_office import MESSAGES, ImportOffice, import_office
from tests.support.platform import Platform
from tests.support.register_files import HEADERS, sample_rows, workbook

pytestmark = pytest.mark.component


@pytest.fixture
async def office(platform: Platform, tmp_path: Path) -> AsyncIterator[ImportOffice]:
    async with import_office(platform, tmp_path) as opened:
        yield opened


async def refused(office: ImportOffice, file: bytes, mapping: bytes | Path = MESSAGES, **more: str) -> Any:
    """The problem with which a whole file was refused; nothing of it may have been written."""
    answer = await office.send(file, mapping, **more)
    assert answer.status_code in {400, 413, 422}, answer.text
    assert await office.written() == 0
    assert await office.value("SELECT count(*) FROM business.identity", service="vault") == 0
    return answer.json()


def encrypted() -> bytes:
    head = bytes.fromhex("d0cf11e0a1b11ae1")
    return head + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def bomb() -> bytes:
    """A workbook whose sheet unpacks to three hundred times its size."""
    file = io.BytesIO(workbook(sample_rows(1)))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/more.bin", b"\0" * 30_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "no-workbook"),
        (b"PK\x03\x04 not a workbook", "no-workbook"),
        ("一份文字".encode("gb18030"), "no-workbook"),
        (encrypted(), "workbook-encrypted"),
        (bomb(), "workbook-too-large"),
        (workbook(sample_rows(1), sheet="另一张"), "sheet-missing"),
    ],
    ids=["empty", "broken", "text", "encrypted", "bomb", "sheet"],
)
async def test_what_is_no_readable_workbook_is_refused_whole(
    office: ImportOffice, file: bytes, code: str
) -> None:
    assert (await refused(office, file))["code"] == code


@pytest.mark.parametrize(
    ("headers", "wrong"),
    [
        (HEADERS[:-1], "答复时间"),
        (("编号", *HEADERS[1:]), "留言编号"),
        ((*HEADERS, "留言详情"), "留言详情"),
    ],
    ids=["missing", "renamed", "twice"],
)
async def test_columns_that_do_not_fit_refuse_the_whole_file_with_the_headers_found(
    office: ImportOffice, headers: tuple[str, ...], wrong: str
) -> None:
    problem = await refused(office, workbook(sample_rows(3), headers))

    assert problem["code"] == "columns-wrong"
    assert [f["at"] for f in problem["fields"] if f["problem"] == "not-once"] == [wrong]
    assert [f["at"] for f in problem["fields"] if f["problem"] == "found"] == list(headers)


async def test_without_the_head_s_statement_nothing_is_imported(office: ImportOffice) -> None:
    mapping = MESSAGES.read_text(encoding="utf-8").partition("nothing_superior_level:")[0]

    problem = await refused(office, workbook(sample_rows(3)), mapping.encode())

    assert (problem["code"], problem["article"]) == ("register-not-cleared", "rule art. 15")


async def test_a_mapping_that_cannot_be_used_refuses_the_whole_file(office: ImportOffice) -> None:
    mapping = MESSAGES.read_text(encoding="utf-8")
    file = workbook(sample_rows(3))

    malformed = await refused(office, file, b"\xff\xfe")
    incomplete = await refused(office, file, mapping.replace("  text: 留言详情\n", "").encode())

    assert malformed["code"] == "mapping-malformed"
    assert (incomplete["code"], [f["at"] for f in incomplete["fields"]]) == ("mapping-incomplete", ["text"])


async def test_a_register_beyond_twenty_megabytes_is_refused(office: ImportOffice) -> None:
    assert (await refused(office, b"\0" * (20 * 1024 * 1024 + 1)))["code"] == "too-large"


async def test_what_is_no_form_is_refused(office: ImportOffice) -> None:
    headers = {**office.importer(), "Idempotency-Key": "k"}

    async def post(content: bytes, kind: str) -> httpx.Response:
        return await office.client.post(
            "/intake/v1/imports", content=content, headers={**headers, "Content-Type": kind}
        )

    assert (await post(b"{}", "application/json")).status_code == 415
    assert (await post(b"x", "multipart/form-data")).status_code == 400
    assert (await post(b"--a\r\n", "multipart/form-data; boundary=a")).status_code == 400
    assert await office.written() == 0
