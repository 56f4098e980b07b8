"""Whatever stands in the cells, parsing gives rows or an Invalid, and the rows can be written down."""

import json

from export_files import CAREGIVER_HEADINGS, GRID_HEADINGS, REPORT_HEADINGS, TROOP_HEADINGS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gsctracker.domain.imports import cells, ebudde, recognise, rows
from gsctracker.errors import Invalid
from gsctracker.integrations.spreadsheets import Sheet

ROSTER = ["First Name", "Last Name", "Level", "Grade", "GSUSA ID", "Guardian Name", "Guardian Email"]
GRID = ["Girl", "Date", "Order", "INV", "Total", "TMint", "GOC", "PAID", "Balance"]
WORDS = [
    "Total",
    "Site",
    "Troop12",
    "T2G",
    "C2T(P)",
    "D301234567",
    "1/2",
    "0/0",
    "$1,2",
    "(3)",
    "1e9",
    "9" * 99,
    "Ana, B",
]

FIELDS = [
    *("orders", "cookies", "id", "cookieId", "quantity", "transfer_type", "order_number", "date", "from", "to"),
    *("actions", "total", "total_cases", "smart_divider_id", "virtual_booth", "status", "name"),
]

cell = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(WORDS),
    st.dates().map(str),
    st.datetimes().map(lambda when: when.isoformat()),
)
often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(
    st.sampled_from([TROOP_HEADINGS, CAREGIVER_HEADINGS, GRID_HEADINGS, REPORT_HEADINGS, ROSTER, GRID]),
    st.lists(st.lists(cell, max_size=30), max_size=6),
    st.sampled_from(["", "3990", "x"]),
)
def test_any_cells_below_known_headings(headings, lines, troop_number):
    parsed = recognise.parse([Sheet("s", [list(headings), *lines])], troop_number=troop_number)

    assert len({row.key for row in parsed.rows}) == len(parsed.rows), [row.key for row in parsed.rows]
    assert all(row.key for row in parsed.rows)
    for row in parsed.rows:
        assert rows.from_plain(parsed.row_type, json.loads(json.dumps(rows.plain(row)))) == row
        assert all(str(note) for note in (*row.doubts, row.refused) if note)
    assert parsed.file_totals["rows"] == len(parsed.rows)


@often
@given(st.lists(st.lists(cell, max_size=12), max_size=8))
def test_any_cells_at_all(lines):
    sheet = Sheet("s", lines)
    for source in recognise.SOURCES:
        try:
            found = recognise.recognise([sheet], source)
            if found.needs_mapping:
                mapping = ebudde.propose(sheet)
                ebudde.parse(sheet, mapping.told({column.heading: "cookie" for column in mapping.unknown}))
        except Invalid:
            continue


@often
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(FIELDS),
                inner,
                max_size=8,
            )
        ),
        max_leaves=30,
    )
)
def test_any_json(value):
    sheet = Sheet("s", [], json.dumps({"orders": [value, {}]}))
    try:
        parsed = recognise.parse([sheet])
    except Invalid:
        return
    assert json.dumps(rows.plain(parsed))


@often
@given(cell)
def test_a_cell_is_read_within_bounds_or_is_unreadable(value):
    for way in (cells.boxes, cells.count, cells.cases_and_packages):
        try:
            boxes = way(value)
        except cells.Unreadable:
            continue
        assert abs(boxes) <= cells.BOXES_MOST
    assert len(cells.text(value)) <= cells.TEXT_MOST
    assert cells.text(value).isprintable()
