"""eBudde's grids by a mapping, rosters, and what kind of file something is."""

import pytest
from export_files import AN_ORDER, TROOP_HEADINGS, grid_file, read, report_file, troop_file

from gsctracker.domain.imports import ebudde, recognise, roster, rows
from gsctracker.errors import Invalid
from gsctracker.integrations import spreadsheets

GRID = ["Girl", "Date", "Comment", "INV", "TMint", "Sam", "D-S-D", "GOC", "PAID", "Balance", "Chk Col"]


def table(*lines, name="grid.csv"):
    return spreadsheets.read("\n".join(lines).encode(), name)[0]


def grid(*changes, headings=GRID):
    line = {"Girl": "Rivera, Ana", "Date": "2/14/2026", "Comment": "cupboard", "TMint": 12, "Sam": 3, "PAID": 20.5}
    return read(headings, [line | change for change in changes])


def test_a_grid_is_proposed_by_its_headings_and_the_rest_left_open():
    mapping = ebudde.propose(grid({"Chk Col": "z9"}))

    meant = {column.heading: column.meaning for column in mapping.columns}
    assert meant["Girl"] == "girl" and meant["PAID"] == "paid" and meant["INV"] == "shown" and meant["GOC"] == "donated"
    assert [heading for heading, meaning in meant.items() if meaning == "cookie"] == ["TMint", "Sam", "D-S-D"]
    assert [(column.heading, column.samples) for column in mapping.unknown] == [("Chk Col", ("z9",))]


def test_an_open_column_has_to_be_explained_and_is_remembered():
    sheet = grid({"Chk Col": 4})
    mapping = ebudde.propose(sheet)
    with pytest.raises(Invalid, match="Chk Col"):
        ebudde.parse(sheet, mapping)

    told = mapping.told({"Chk Col": "cookie"})

    assert rows.Line("Chk Col", 4) in ebudde.parse(sheet, told).rows[0].lines
    assert not ebudde.propose(sheet, told.to_remember()).unknown
    with pytest.raises(Invalid):
        mapping.told({"Chk Col": "moon"})


def test_a_line_of_the_grid_has_every_figure():
    row = ebudde.parse(sheet := grid({"INV": "X"}), ebudde.propose(sheet)).rows[0]

    assert (row.girl_first, row.girl_last, row.row_class) == ("Ana", "Rivera", "girl")
    assert (row.happened_on, row.memo, row.paid_cents, row.shown_to_family) == ("2026-02-14", "cupboard", 2050, True)
    assert row.lines == (rows.Line("TMint", 12), rows.Line("Sam", 3)) and not row.refused


def test_trap_14_negative_lines_of_ebudde_are_real():
    sheet = grid({"Girl": "Troop Site Link", "TMint": -12, "Sam": -6, "PAID": "($161.00)"}, {"TMint": 12, "Sam": 6})

    site, girl = ebudde.parse(sheet, ebudde.propose(sheet)).rows

    assert (site.row_class, site.lines, site.paid_cents) == (
        "site",
        (rows.Line("TMint", -12), rows.Line("Sam", -6)),
        -16100,
    )
    assert sum(line.boxes for line in site.lines + girl.lines) == 0


def test_booth_other_and_total_lines_are_not_girls():
    sheet = grid({"Girl": "BOOTH"}, {"Girl": "OTHER"}, {"Girl": "Totals"})

    parsed = ebudde.parse(sheet, ebudde.propose(sheet))

    assert [row.row_class for row in parsed.rows] == ["booth", "other"]


def test_a_title_above_the_headings_and_a_customers_column_are_left_alone():
    sheet = table("Girl Orders", "", "Girl,Customer Phone,TMint,Tre", "Ana Rivera,555 0100,2,3")

    parsed = ebudde.parse(sheet, ebudde.propose(sheet))

    assert parsed.rows[0].row_no == 4 and parsed.rows[0].lines == (rows.Line("TMint", 2), rows.Line("Tre", 3))
    assert "555" not in str(rows.plain(parsed)) + str(ebudde.propose(sheet))


def test_a_mapping_of_another_file_is_refused():
    with pytest.raises(Invalid, match="not those that were shown"):
        ebudde.parse(table("a,b", "1,2"), ebudde.propose(grid({})))


def test_a_roster_is_read_in_any_case_and_order():
    sheet = table(
        "GUARDIAN EMAIL;last name;FIRST NAME;Level;grade;GSUSA Id;Guardian Name",
        "Mara@Example.org;Rivera;Ana;Brownies;3rd;0012345;Mara Rivera",
        ";Okoro;Bea;;K;;",
        name="roster.csv",
    )

    ana, bea = roster.parse(sheet).rows

    assert (ana.first_name, ana.last_name, ana.level, ana.grade) == ("Ana", "Rivera", "brownie", 3)
    assert (ana.gsusa_id, ana.guardian_name, ana.guardian_email) == ("0012345", "Mara Rivera", "mara@example.org")
    assert (bea.key, bea.grade, bea.level, bea.refused) == ("bea.okoro", 0, "", None)


def test_trap_15_a_girl_listed_twice_is_refused_the_second_time():
    parsed = roster.parse(table("Name", '"Rivera, Ana"', "Ana Rivera", "ANA RIVERA"))

    assert [bool(row.refused) for row in parsed.rows] == [False, True, True]
    assert "row 2" in str(parsed.rows[1].refused)
    assert len({row.key for row in parsed.rows}) == 3


@pytest.mark.parametrize("line", [",Rivera", "Ana,", "12,14", f"Ana,{'x' * 120}"])
def test_a_roster_line_without_a_name_is_kept_and_refused(line):
    row = roster.parse(table("First Name,Last Name", line)).rows[0]

    assert row.refused


def test_doubtful_roster_cells_do_not_refuse_the_scout():
    row = roster.parse(
        table("First Name,Last Name,Level,Grade,Guardian Email", "José,Ñandú,Pirate,15,nobody at home")
    ).rows[0]

    assert not row.refused and len(row.doubts) == 3
    assert (row.first_name, row.level, row.grade, row.guardian_email) == ("José", "", None, "")


def test_each_file_is_recognised_by_what_is_in_it():
    kinds = {
        ("digital-cookie", "troop_orders"): troop_file({}),
        ("smart-cookies", "transfers"): grid_file({"TYPE": "T2G", "TM": 1}),
        ("smart-cookies", "order_report"): report_file({"GirlName": "Ana Rivera", "C6": "0/1"}),
        ("ebudde", "ledger"): grid({}),
        ("roster", "scouts"): table("First Name,Last Name", "Ana,Rivera"),
    }

    for (source, kind), sheet in kinds.items():
        found = recognise.recognise([table("x,y", "1,2"), sheet])
        assert (found.source, found.kind, found.needs_mapping) == (source, kind, source == "ebudde")


def test_an_unknown_file_is_refused_with_what_was_expected():
    with pytest.raises(Invalid, match="Digital Cookie"):
        recognise.recognise([table("weather,wind", "sun,3")])
    with pytest.raises(Invalid, match="Digital Cookie"):
        recognise.recognise(spreadsheets.read(b'{"weather": 3}', "x.json"))


def test_a_file_of_another_source_than_said_is_refused():
    with pytest.raises(Invalid, match="Smart Cookies"):
        recognise.recognise([troop_file({})], "smart-cookies")
    assert recognise.recognise([troop_file({})], "digital-cookie").kind == "troop_orders"
    with pytest.raises(Invalid):
        recognise.recognise([troop_file({})], "gopher")


def test_any_spreadsheet_can_be_mapped_when_asked():
    found = recognise.recognise([table("who,what", "Ana Rivera,3")], "csv")
    mapping = ebudde.propose(found.sheet).told({"who": "girl", "what": "cookie"})

    assert ebudde.parse(found.sheet, mapping).rows[0].lines == (rows.Line("what", 3),)


def test_titles_above_the_header_line_do_not_matter():
    cells = [[AN_ORDER.get(heading) for heading in TROOP_HEADINGS]]
    sheet = spreadsheets.Sheet("x", [["All Order Data"], [], list(TROOP_HEADINGS), *cells])

    assert recognise.parse([sheet]).rows[0].row_no == 4
