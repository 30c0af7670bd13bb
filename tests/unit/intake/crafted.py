"""Workbooks put together by hand, for what no honest program writes."""

import io
import zipfile
from collections.abc import Mapping

RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
    "</Relationships>"
)
ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
    "</Relationships>"
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TO_SHEET = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"


def sheet_of(cells: str) -> str:
    """A sheet with these ``<row>`` elements."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def book_of(properties: str = "", sheets: str = '<sheet name="Sheet1" sheetId="1" r:id="rId1"/>') -> str:
    """The list of sheets, with the properties of the workbook before it."""
    return f'<workbook xmlns="{MAIN}" xmlns:r="{TO_SHEET}">{properties}<sheets>{sheets}</sheets></workbook>'


def crafted(cells: str = "", members: Mapping[str, str | bytes] | None = None) -> bytes:
    """A workbook of one sheet with these rows; ``members`` replace or join what it is made of."""
    file = io.BytesIO()
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT,
        "xl/workbook.xml": book_of(),
        "xl/_rels/workbook.xml.rels": RELATIONS,
        SHEET: sheet_of(cells),
        **(members or {}),
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_size(content: bytes, name: str, size: int) -> bytes:
    """The same archive, in which a member says of itself that it unpacks to ``size`` bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = archive.getinfo(name)
        directory = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    changed = bytearray(content)
    changed[member.header_offset + 22 : member.header_offset + 26] = size.to_bytes(4, "little")
    changed[directory + 24 : directory + 28] = size.to_bytes(4, "little")
    return bytes(changed)
