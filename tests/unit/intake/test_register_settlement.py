"""Each row of a register comes to exactly one place, however often and in however many files it comes."""

from collections.abc import Sequence
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.adapters.import_rows import pack, row_text, unpack
from services.intake.domain.register_cells import Cell
from services.intake.domain.register_mapping import Field
from services.intake.domain.register_row import RegisterRow
from services.intake.domain.register_settlement import judge_all, settle
from tests.unit.intake.registers import GOOD, MAPPING, ORDER, judge_of

NUMBERS = st.sampled_from(["1", "2", "3", "4"])
TEXTS = st.sampled_from(["甲", "乙", "丙"])
FILES = st.lists(st.lists(st.tuples(NUMBERS, TEXTS), max_size=8), max_size=5)


JUDGE = judge_of()


def digest(row: RegisterRow) -> bytes:
    """What the row says."""
    return row_text(row).encode()


def file_of(said: Sequence[tuple[str, str]]) -> list[RegisterRow]:
    """The rows of one file."""
    day = date(2019, 1, 5)
    codes = {Field.CHANNEL: ("LETTER",)}
    return [
        RegisterRow(place, number, day, {Field.TEXT: text}, codes, None, cleared=False)
        for place, (number, text) in enumerate(said, start=2)
    ]


@settings(deadline=None)
@given(FILES)
def test_whatever_comes_in_however_many_files_the_first_under_a_number_stays(
    files: list[list[tuple[str, str]]],
) -> None:
    entered: dict[str, bytes] = {}
    first: dict[str, str] = {}
    for said in files:
        for number, text in said:
            first.setdefault(number, text)

        settled = settle(file_of(said), entered, digest)

        places = [*settled.fresh, *settled.known, *settled.conflicts]
        assert sorted(row.row for row in places) == list(range(2, len(said) + 2))
        assert all(row.texts[Field.TEXT] == first[row.number] for row in (*settled.fresh, *settled.known))
        assert all(row.texts[Field.TEXT] != first[row.number] for row in settled.conflicts)
        assert entered.keys().isdisjoint(row.number for row in settled.fresh)
        entered |= {row.number: digest(row) for row in settled.fresh}
    assert entered.keys() == first.keys()


@settings(deadline=None)
@given(FILES)
def test_the_same_file_again_adds_nothing(files: list[list[tuple[str, str]]]) -> None:
    rows = file_of([pair for said in files for pair in said])
    once = settle(rows, {}, digest)

    again = settle(rows, {row.number: digest(row) for row in once.fresh}, digest)

    assert again.fresh == ()
    assert len(again.known) == len(once.fresh) + len(once.known)
    assert again.conflicts == once.conflicts


def test_what_was_looked_at_and_where_it_stands_do_not_make_another_content() -> None:
    (row,) = file_of([("1", "甲")])
    moved = RegisterRow(99, row.number, row.received_on, row.texts, row.codes, None, cleared=True)

    assert settle([moved], {"1": digest(row)}, digest).known == (moved,)


@settings(deadline=None)
@given(FILES)
def test_a_chunk_comes_out_of_its_cell_as_it_went_in(files: list[list[tuple[str, str]]]) -> None:
    rows = file_of([pair for said in files for pair in said])

    assert unpack(pack(MAPPING.columns, rows)) == (MAPPING.columns, tuple(rows))


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.text(alphabet="甲年月日a1 　\n\x00\x85\ud800=#/:.-;、_xD8", max_size=20),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(ORDER), CELLS, max_size=6), max_size=5))
def test_any_cells_make_a_row_that_can_be_entered_or_one_that_comes_back(
    rows: list[dict[Field, Cell]],
) -> None:
    sheet = [[(GOOD | row).get(field, "") for field in ORDER] for row in rows]

    judged = judge_all(enumerate(sheet, start=2), JUDGE)

    assert judged.total == len(rows)
    places = {row.row for row in judged.rows} | {row.row for row in judged.returned}
    assert places == set(range(2, len(rows) + 2))
    assert all(row_text(row) for row in judged.rows)
