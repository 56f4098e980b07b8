"""What the file itself holds between rows and between tables, attacked with plain SQL: whatever our code does, SQLite has
the last word. (One column's own rules are attacked in test_schema_columns.)
"""

import re
from pathlib import Path

import pytest

from gsctracker.db import migrate
from gsctracker.db.rows import many, one, run, value
from tests.db.one_of_each import WORLD, good, insert, refused, says_no

# The last admin -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE accounts SET role = 'leader'",
        "UPDATE accounts SET state = 'disabled'",
        "DELETE FROM accounts",
        """INSERT OR REPLACE INTO accounts (id, sign_in_name, first_name, role, password_hash, created_at)
           VALUES (1, 'x@example.org', 'X', 'leader', '$argon2id$x', '2026-02-14T18:05:00Z')""",
        """INSERT OR REPLACE INTO accounts (id, sign_in_name, first_name, role, password_hash, created_at)
           VALUES (7, 'olga@example.org', 'X', 'leader', '$argon2id$x', '2026-02-14T18:05:00Z')""",
    ],
)
def test_the_last_admin_stays(world, attack):
    """AUTH-01: triggers an_admin_remains and an_admin_is_not_deleted, also against a REPLACE."""
    says_no(world, attack, "the last admin stays")
    insert(world, "accounts", good("accounts", role="admin"))
    once_more = attack + (" WHERE id = 1" if "REPLACE" not in attack else "")
    if "UPDATE" in attack or "(1, " in attack:  # with a second admin nothing stands in the way
        run(world, once_more)
    else:  # but what the first one did, which names her
        says_no(world, once_more, "FOREIGN KEY")


def test_a_disabled_admin_does_not_count(world):
    insert(world, "accounts", good("accounts", role="admin", state="disabled"))
    says_no(world, "UPDATE accounts SET state = 'disabled' WHERE id = 1", "the last admin stays")


# Append-only ----------------------------------------------------------------------------------------------------------

KEPT = {
    "journal": ("note = 'x'", "the journal is never edited"),
    "box_moves": ("boxes = 9", "custody is never edited"),
    "money_entries": ("cents = 9", "liability is never edited"),
    "credits": ("boxes = 9", "credit is never edited"),
    "audit_log": ("action = 'x'", "the audit log is never edited"),
    "count_lines": ("boxes = 9", "a count is what somebody saw"),
}


@pytest.mark.parametrize("table", KEPT)
def test_a_ledger_is_never_edited(world, table):
    """COOKIE-08: journal_is_kept, box_moves_are_kept, money_entries_are_kept, credits_are_kept, audit_log_is_kept, counts_are_kept."""
    insert(world, table, good(table, **({"id": 2} if table == "journal" else {})))
    change, words = KEPT[table]
    says_no(world, f"UPDATE {table} SET {change}", words)
    says_no(world, f"UPDATE OR REPLACE {table} SET {change}", words)


@pytest.mark.parametrize("table", [table for table in KEPT if table != "audit_log"])
def test_nothing_leaves_a_ledger(world, table):
    """COOKIE-08: journal_stays, box_moves_stay, money_entries_stay, credits_stay, counts_stay."""
    row = good(
        table,
        **(
            {"id": 2} if table == "journal" else {"id": 7} if table in ("box_moves", "money_entries", "credits") else {}
        ),
    )
    insert(world, table, row)
    words = KEPT[table][1]
    says_no(world, f"DELETE FROM {table}", words)
    names = ", ".join(row)
    places = ", ".join(f":{name}" for name in row)
    says_no(
        world, f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", words, **row
    )  # fires because recursive_triggers is on


# A reversal mirrors ---------------------------------------------------------------------------------------------------


BACK = {
    "box_moves": {"from_place": 2, "to_place": 1},
    "money_entries": {"debit": 4, "credit": 1},
    "credits": {"boxes": -3},
}
"""What turns a posting of GOOD around."""
WORDS = {
    "box_moves": "a reversal moves the same boxes back",
    "money_entries": "a reversal pays the same cents back",
    "credits": "a reversal takes the same credit back",
}


@pytest.fixture
def posted(world):
    """Entry 2 hands out 3 boxes with their debt and credit; entry 3 takes it back and has no postings yet."""
    insert(world, "journal", good("journal", id=2, reverses=None, booth_id=None))
    insert(world, "box_moves", good("box_moves", entry_id=2))
    insert(world, "money_entries", good("money_entries", entry_id=2))
    insert(world, "credits", good("credits", entry_id=2, boxes=3))
    insert(world, "journal", good("journal", id=3, reverses=2, booth_id=None))
    return world


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("box_moves", {"boxes": 2}),
        ("box_moves", {"from_place": 1, "to_place": 2}),
        ("box_moves", {"from_place": 3, "to_place": 1}),
        ("money_entries", {"cents": 600, "boxes": 1}),
        ("money_entries", {"debit": 1, "credit": 4}),
        ("money_entries", {"boxes": 1, "price_cents": 1200}),
        ("money_entries", {"product_id": None, "boxes": None, "price_cents": None}),
        ("credits", {"boxes": 3}),
        ("credits", {"boxes": -2}),
        ("credits", {"channel": "site"}),
    ],
)
def test_a_reversal_mirrors_what_it_reverses(posted, table, changes):
    """COOKIE-08: a_reversal_moves_back, a_reversal_pays_back, a_reversal_takes_credit_back."""
    refused(posted, table, good(table, **{"entry_id": 3, **BACK[table], **changes}), WORDS[table])


@pytest.mark.parametrize("table", BACK)
def test_a_reversal_takes_back_each_posting_once(posted, table):
    row = good(table, entry_id=3, **BACK[table])
    insert(posted, table, row)
    refused(posted, table, row, WORDS[table])


def test_a_reversal_is_final_and_of_the_same_kind_and_season(posted):
    """Trigger a_reversal_is_final."""
    words = "only an entry of the same season and kind that reverses nothing can be reversed"
    free = {"order_id": None, "booth_id": None, "count_id": None, "batch_id": None}
    refused(posted, "journal", good("journal", id=4, reverses=3, **free), words)
    insert(posted, "journal", good("journal", id=4, reverses=None, **free))
    refused(posted, "journal", good("journal", id=5, reverses=4, kind="G2T", **free), words)
    season = insert(posted, "seasons", good("seasons"))
    refused(posted, "journal", good("journal", id=5, reverses=4, season_id=season, **free), words)


@pytest.mark.parametrize("table", BACK)
def test_an_old_entry_gains_no_posting(posted, table):
    """moves_belong_to_the_newest_entry, money_belongs_to_the_newest_entry, credits_belong_to_the_newest_entry."""
    refused(posted, table, good(table, entry_id=2), "an old entry gains no posting")


# Cookie Share ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def share(world):
    """The id of the season's Cookie Share."""
    return insert(world, "products", good("products", code="CShare", is_virtual=1))


def test_cookie_share_is_never_moved_nor_counted(world, share):
    """COOKIE-08: virtual_boxes_do_not_move, virtual_boxes_are_not_counted (I3)."""
    refused(world, "box_moves", good("box_moves", product_id=share), "Cookie Share has no boxes to move")
    refused(world, "count_lines", good("count_lines", product_id=share), "Cookie Share has no boxes to count")


@pytest.mark.parametrize("table", ["order_lines", "box_moves", "money_entries", "credits"])
def test_a_cookie_that_was_sold_keeps_its_kind_and_its_season(world, table):
    """Trigger a_product_keeps_its_nature."""
    season = insert(world, "seasons", good("seasons"))
    run(world, "UPDATE products SET is_virtual = 1")
    run(world, "UPDATE products SET is_virtual = 0")
    insert(world, table, good(table))
    words = "a cookie that was sold keeps its season and its kind"
    says_no(world, "UPDATE products SET is_virtual = 1", words)
    says_no(world, "UPDATE products SET season_id = :s", words, s=season)
    run(
        world, "UPDATE products SET price_cents = 700, is_virtual = 0"
    )  # a new price, or the same kind again, is nothing


# Seasons do not mix ---------------------------------------------------------------------------------------------------


@pytest.fixture
def other(world):
    """The ids of another season and of a cookie of it."""
    season = insert(world, "seasons", good("seasons"))
    return season, insert(world, "products", good("products", season_id=season))


@pytest.mark.parametrize(
    "table", ["box_moves", "money_entries", "credits", "order_lines", "count_lines", "product_names"]
)
def test_a_cookie_of_another_season_stays_out(world, other, table):
    """moves_, money_, credits_, lines_, counts_ and names_stay(s)_in_their_season: moves_stay_in_their_season,
    money_stays_in_its_season, credits_stay_in_their_season, lines_stay_in_their_season, counts_stay_in_their_season,
    names_stay_in_their_season.
    """
    refused(world, table, good(table, product_id=other[1]), "that cookie belongs to another season")


@pytest.mark.parametrize("name", ["order_id", "booth_id", "count_id", "batch_id"])
def test_an_entry_stands_for_what_is_of_its_own_season(world, other, name):
    """Trigger an_entry_stays_in_its_season."""
    row = {**WORLD["journal"], "id": 2, "season_id": other[0], name: 1}
    refused(world, "journal", row, "that belongs to another season")


def test_sales_and_booths_keep_their_season(world, other):
    """Triggers a_sale_keeps_its_season and a_booth_keeps_its_season."""
    says_no(world, "UPDATE orders SET season_id = :s", "a sale keeps its season", s=other[0])
    says_no(world, "UPDATE booths SET season_id = :s", "a booth keeps its season", s=other[0])


# Sales ----------------------------------------------------------------------------------------------------------------


def test_a_sale_knows_what_its_lines_come_to(world, share):
    """Triggers order_lines_add_up and order_lines_take_away."""
    insert(world, "order_lines", good("order_lines"))
    insert(world, "order_lines", good("order_lines", product_id=share, boxes=3, price_cents=500))
    told = "SELECT boxes, donated_boxes, amount_cents FROM orders"
    assert tuple(vars(one(world, told)).values()) == (5, 3, 2700)
    run(world, "DELETE FROM order_lines WHERE product_id = :p", p=share)
    assert tuple(vars(one(world, told)).values()) == (2, 0, 1200)
    run(world, "INSERT OR REPLACE INTO order_lines VALUES (1, 1, 1, 600)")
    assert tuple(vars(one(world, told)).values()) == (1, 0, 600)


def test_a_line_is_deleted_and_written_again_never_edited(world):
    """Trigger order_lines_are_replaced."""
    insert(world, "order_lines", good("order_lines"))
    says_no(world, "UPDATE order_lines SET boxes = 9", "a line is deleted and written again")


# Booths ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sold(world, share):
    """Booth 1 sold 10 Thin Mints and 4 Cookie Shares in entry 2; entry 3 is there to credit them. Gives Cookie Share's id."""
    entry = {**WORLD["journal"], "booth_id": 1}
    insert(world, "journal", {**entry, "id": 2, "kind": "booth_sale"})
    booth = value(world, "SELECT id FROM places WHERE booth_id = 1")
    insert(world, "box_moves", good("box_moves", entry_id=2, from_place=booth, to_place=5, boxes=10))
    insert(
        world,
        "money_entries",
        {"entry_id": 2, "debit": 2, "credit": 4, "cents": 2400, "product_id": share, "boxes": 4, "price_cents": 600},
    )
    insert(world, "journal", {**entry, "id": 3, "kind": "booth_credit"})
    return share


def test_a_booth_credits_no_more_than_it_sold(world, sold):
    """Trigger a_booth_credits_what_it_sold, cookie by cookie and over all entries together (I4)."""
    words = "a booth credits no more than it sold"
    refused(world, "credits", good("credits", entry_id=3, boxes=11, channel="booth"), words)
    refused(world, "credits", good("credits", entry_id=3, product_id=sold, boxes=5, channel="booth"), words)
    insert(world, "credits", good("credits", entry_id=3, boxes=6, channel="booth"))
    insert(world, "credits", good("credits", entry_id=3, product_id=sold, boxes=4, channel="booth"))
    refused(world, "credits", good("credits", entry_id=3, boxes=5, channel="booth"), words)
    insert(world, "credits", good("credits", entry_id=3, boxes=4, channel="booth"))


def test_a_divided_booths_sale_is_taken_back_only_after_its_credit(world, sold):
    """Trigger a_divided_booth_keeps_its_sale: otherwise girls would keep the credit of packages nobody sold."""
    insert(world, "credits", good("credits", entry_id=3, boxes=6, channel="booth"))
    back = {**WORLD["journal"], "booth_id": 1}
    refused(world, "journal", {**back, "id": 4, "kind": "booth_sale", "reverses": 2}, "take the credit back first")
    insert(world, "journal", {**back, "id": 4, "kind": "booth_credit", "reverses": 3})
    insert(world, "credits", good("credits", entry_id=4, boxes=-6, channel="booth"))
    insert(world, "journal", {**back, "id": 5, "kind": "booth_sale", "reverses": 2})


# What goes with what it belongs to ------------------------------------------------------------------------------------


def test_what_others_point_to_stays(world):
    for sql in (
        "DELETE FROM scouts",
        "DELETE FROM households",
        "DELETE FROM seasons",
        "UPDATE scouts SET id = 9",
        "DELETE FROM orders",
    ):
        if sql == "DELETE FROM orders":
            insert(world, "order_lines", good("order_lines"))
        says_no(world, sql, "FOREIGN KEY")


def test_sessions_and_kept_answers_go_with_their_account(world):
    other = insert(world, "accounts", good("accounts"))
    insert(world, "sessions", good("sessions", account_id=other))
    insert(world, "once_answers", good("once_answers", account_id=other))
    run(world, "DELETE FROM accounts WHERE id = :id", id=other)
    assert value(world, "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM once_answers)") == 0


# And the list is complete ---------------------------------------------------------------------------------------------


def test_every_trigger_is_named_in_a_test(world):
    """A new trigger comes with the attack that it stops."""
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parents[1].rglob("test_*.py"))
    triggers = {row.name for row in many(world, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    assert triggers
    assert not {name for name in triggers if not re.search(rf"\b{name}\b", tests)}


def test_until_the_second_version_the_first_release_is_schema_sql_itself():
    """DB-14: nothing is released yet, so both are edited together; from version 2 on the first never changes again."""
    if migrate.newest() == migrate.FIRST:
        first = (Path(__file__).parent / "first_release.sql").read_text(encoding="utf-8")
        assert migrate.schema_sql() == first
    else:
        assert migrate.steps()


# Moves recorded by hand that the office's records are recognised as ---------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [{"batch_id": 1}, {"reverses": 1, "kind": "T2G"}, {"kind": "sale"}, {"kind": "booth_sale"}],
)
def test_only_a_move_recorded_by_hand_is_recognised(world, entry):
    """Trigger an_own_move_was_recorded_by_hand: not an import's entry, a reversal, or anything that is no transfer."""
    plain = {
        "id": 901,
        "kind": "T2G",
        "batch_id": None,
        "reverses": None,
        "order_id": None,
        "booth_id": None,
        "count_id": None,
    }
    insert(world, "journal", good("journal", **(plain | entry)))
    refused(
        world,
        "external_entries",
        good("external_entries", key="own", entry_id=901, is_own=1),
        "somebody recorded by hand is recognised",
    )


def test_what_stands_for_a_record_is_let_go_and_never_edited(world):
    """Trigger an_own_move_is_let_go."""
    insert(world, "external_entries", good("external_entries"))
    says_no(world, "UPDATE external_entries SET is_own = 1", "never edited")
