"""The register import over HTTP: a form comes in, counts go out."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response

from services.chassis.calendar import local_day
from services.chassis.database import Pool, Subject, transaction
from services.chassis.http import idempotency_key
from services.chassis.idempotency import Answer, once
from services.chassis.problems import Problem, Refused, not_found
from services.chassis.security.permissions import needs
from services.chassis.strict_json import UNKEEPABLE, StrictModel
from services.intake.adapters.http_answers import response
from services.intake.adapters.import_store import PostgresImports
from services.intake.adapters.import_upload import form_parts, malformed
from services.intake.adapters.import_view import RunView, returned_page, run_view
from services.intake.adapters.register_mapping_file import Spellings, read_mapping, spellings_of
from services.intake.adapters.register_reader import RegisterSheet, read_register
from services.intake.adapters.work import Tools, begin
from services.intake.application.import_register import Counts, ImportRegister, accept_import, preview_import
from services.intake.application.ports import Actor, Moment
from services.intake.application.register_report import gate_of
from services.intake.domain.register_cells import CellRefused, number_of
from services.intake.domain.register_judge import Judge
from services.intake.domain.register_mapping import Field, RegisterMapping, places_of
from services.intake.domain.register_refusals import (
    ColumnsWrong,
    MappingIncomplete,
    MappingMalformed,
    NoWorkbook,
    RegisterNotCleared,
    SheetMissing,
    WorkbookEncrypted,
    WorkbookTooLarge,
)
from services.intake.domain.register_settlement import judge_all

LARGEST_UPLOAD_BYTES = 21 * 1024 * 1024
LARGEST_REGISTER_BYTES = 20 * 1024 * 1024
UPLOADS = {"/intake/v1/imports": LARGEST_UPLOAD_BYTES}
"""Where a body is a form and how large it may be; for ``make_app``."""
PARTS = {"register", "mapping", "gate_no", "gate_no_by", "dry_run"}
REFUSALS: Mapping[type[Exception], Refused] = {
    RegisterNotCleared: Refused(
        422,
        "缺少信访室主任关于台账不含上级管理干部问题的说明",
        "The head's statement is missing",
        "rule art. 15",
    ),
    NoWorkbook: Refused(422, "文件不是有效的 xlsx 工作簿", "The file is no xlsx workbook"),
    WorkbookEncrypted: Refused(422, "工作簿已加密", "The workbook is locked with a password"),
    WorkbookTooLarge: Refused(422, "工作簿解压后过大", "The workbook unpacks too large"),
    SheetMissing: Refused(422, "工作簿中没有映射所指的工作表", "The sheet named is not in the workbook"),
}
Importer = Annotated[Subject, Depends(needs("import-register"))]


class RunBody(StrictModel):
    """One run and where its rows are; the last five add up to ``rows``. A dry run has no id."""

    run_id: UUID | None
    state: Literal["PENDING", "RUNNING", "DONE", "PREVIEW"]
    rows: int
    imported: int
    known: int
    returned: int
    conflict: int
    waiting: int


class ReturnedBody(StrictModel):
    """A row given back, as the spreadsheet counts rows; never its text."""

    row: int
    number: str | None
    column: str
    reason: str


class ReturnedPage(StrictModel):
    """Rows given back; ``next_cursor`` is empty on the last page."""

    rows: list[ReturnedBody]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a form asks for."""

    register: bytes
    mapping: RegisterMapping
    spellings: Spellings
    cleared_numbers: frozenset[str]
    cleared_by: str | None
    dry_run: bool


def import_routes(
    pool: Pool, tools: Tools, known: Spellings, now: Callable[[], datetime], secret: bytes
) -> APIRouter:
    """The routes; one file at a time is read in a process, since a workbook is laid out in memory.

    ``secret`` keys the digest under which a form sent twice with one key is known again.
    """
    routes = APIRouter(prefix="/intake/v1/imports")
    one_at_a_time = asyncio.Lock()

    @routes.post("", status_code=202, response_model=RunBody, responses={200: {"model": RunBody}})
    async def import_register(request: Request, subject: Importer) -> Response:
        parts = form_parts(request.headers.get("content-type", ""), await request.body())
        asked = _asked(parts, known)
        key = None if asked.dry_run else idempotency_key(request)
        async with one_at_a_time:
            sheet, places = await asyncio.to_thread(_read, asked)
            command = await _judged(asked, sheet, places, subject)
        async with begin(pool, tools, subject) as unit:
            imports = PostgresImports(unit.connection, tools.sealer)
            if key is None:
                return response(_answer(200, _body(None, "PREVIEW", await preview_import(command, imports))))

            async def accept() -> Answer:
                await accept_import(command, imports, unit)
                return _answer(202, _of_view(await run_view(unit.connection, command.run_id)))

            about = f"POST {request.url.path}"
            answer = await once(unit.connection, secret, subject, key, _essence(parts), accept, about)
        return response(answer)

    async def _judged(
        asked: _Asked, sheet: RegisterSheet, places: Mapping[Field, int], subject: Subject
    ) -> ImportRegister:
        at = now()
        moment = Moment(at, local_day(at))
        async with begin(pool, tools, subject) as unit:
            gate = await gate_of(subject.organ, [moment.today], unit)
        judge = Judge(
            asked.mapping,
            places,
            asked.spellings,
            gate,
            asked.cleared_numbers,
            moment.today,
            sheet.counts_from_1904,
        )
        return ImportRegister(
            uuid4(),
            asked.mapping,
            await asyncio.to_thread(judge_all, sheet.rows(), judge),
            tools.sealer.blind(hashlib.sha256(asked.register).hexdigest(), "import-file"),
            Actor(subject.id, subject.organ, subject.seats),
            moment,
            asked.cleared_by,
        )

    @routes.get("/{run_id}")
    async def see_run(run_id: UUID, subject: Importer) -> RunBody:
        async with transaction(pool, subject) as connection:
            return _of_view(await run_view(connection, run_id))

    @routes.get("/{run_id}/returned")
    async def see_returned(
        run_id: UUID,
        subject: Importer,
        limit: Annotated[int, Query(ge=1, le=200)] = 200,
        cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,7}$")] = None,
    ) -> ReturnedPage:
        async with transaction(pool, subject) as connection:
            _of_view(await run_view(connection, run_id))
            rows = await returned_page(connection, run_id, int(cursor or 0), limit)
        return ReturnedPage(
            rows=[
                ReturnedBody(row=r.row, number=r.number, column=r.column, reason=r.reason.value) for r in rows
            ],
            next_cursor=str(rows[-1].row) if len(rows) == limit else None,
        )

    return routes


def _asked(parts: Mapping[str, bytes], known: Spellings) -> _Asked:
    """What the form asks for; nothing of it is looked at before the head's statement is there."""
    if not {"register", "mapping"} <= set(parts) <= PARTS:
        raise malformed()
    if len(parts["register"]) > LARGEST_REGISTER_BYTES:
        raise Problem(413, "too-large", "请求内容过大", "The request is too large")
    try:
        mapping = read_mapping(parts["mapping"])
        mapping.refuse_incomplete()
        spellings = spellings_of(mapping, known)
    except MappingMalformed as wrong:
        code = "mapping-incomplete" if isinstance(wrong, MappingIncomplete) else "mapping-malformed"
        fields: list[Mapping[str, object]] = [{"at": name, "problem": code} for name in wrong.fields]
        raise Problem(
            422, code, "映射文件不完整或无效", "The mapping cannot be used", None, None, fields
        ) from None
    numbers, head = _looked_at(parts)
    dry_run = parts.get("dry_run", b"false")
    if dry_run not in {b"true", b"false"}:
        raise malformed()
    return _Asked(parts["register"], mapping, spellings, numbers, head, dry_run == b"true")


def _looked_at(parts: Mapping[str, bytes]) -> tuple[frozenset[str], str | None]:
    """The numbers a person looked at and said no to, and who answers for it."""
    if "gate_no" not in parts:
        return frozenset(), None
    try:
        lines = parts["gate_no"].decode("utf-8-sig").split()
        head = parts.get("gate_no_by", b"").decode("utf-8").strip()
        numbers = frozenset(number_of(line) for line in lines)
    except (UnicodeDecodeError, CellRefused):
        raise Problem(422, "gate-no-malformed", "编号清单无效", "The list of numbers is malformed") from None
    if not head or len(head) > 200 or UNKEEPABLE.search(head):
        raise Problem(422, "gate-no-unsigned", "编号清单须由信访室主任署名", "The head's name is missing")
    return numbers, head


def _read(asked: _Asked) -> tuple[RegisterSheet, Mapping[Field, int]]:
    sheet = read_register(asked.register, asked.mapping.sheet, asked.mapping.header_row)
    try:
        return sheet, places_of(asked.mapping, sheet.headers)
    except ColumnsWrong as wrong:
        fields: list[Mapping[str, object]] = [{"at": name, "problem": "not-once"} for name in wrong.wrong]
        fields += [{"at": name, "problem": "found"} for name in wrong.headers]
        raise Problem(
            422, "columns-wrong", "台账的列与映射不符", "The columns do not fit", None, None, fields
        ) from None


def _essence(parts: Mapping[str, bytes]) -> bytes:
    """What makes two forms the same: their parts, whatever stands between them."""
    return b"".join(f"{name} {len(content)} ".encode() + content for name, content in sorted(parts.items()))


def _answer(status: int, body: RunBody) -> Answer:
    return Answer(status, body.model_dump_json().encode())


def _of_view(view: RunView | None) -> RunBody:
    if view is None:
        raise not_found()
    return _body(view.run_id, view.state, view.counts)


def _body(run_id: UUID | None, state: str, counts: Counts) -> RunBody:
    return RunBody.model_validate(
        {
            "run_id": run_id,
            "state": state,
            "rows": counts.rows,
            "imported": counts.imported,
            "known": counts.known,
            "returned": counts.returned,
            "conflict": counts.conflict,
            "waiting": counts.waiting,
        }
    )
