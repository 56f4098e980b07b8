"""Each column of the schema attacked by its own rule: its type, its NOT NULL, its CHECK, its foreign key.

The attacks are read from the schema. A rule written in a way the attacker does not know fails a test until it is attacked by
hand (BY_HAND and CHANGES in odd_rules.py).
"""

import re

import apsw
import pytest

from gsctracker.db import migrate
from gsctracker.db.rows import many, one
from tests.db.odd_rules import BY_HAND, CHANGES
from tests.db.one_of_each import GOOD, good, insert, put_in, refused, says_no
from tests.db.room import DAY, NOW

TABLES = sorted(GOOD)


def test_there_is_a_good_row_for_every_table(schema):
    assert set(schema) == set(GOOD)


@pytest.mark.parametrize("table", TABLES)
def test_the_good_row_goes_in(world, table):
    """Otherwise the refusals below would prove nothing."""
    put_in(world, table, good(table, **({"id": 2} if table == "journal" else {})))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_strict(schema, table):
    assert re.search(r"\)\s*STRICT(, WITHOUT ROWID)?$", schema[table])


@pytest.mark.parametrize("table", TABLES)
def test_text_is_no_number_and_nothing_is_no_value(world, table):
    for column in many(world, 'SELECT name, type, "notnull" AS needed, pk FROM pragma_table_info(:t)', t=table):
        if column.name not in GOOD[table]:
            continue
        if column.type == "INTEGER":
            refused(
                world, table, good(table, **{column.name: "three"}), "cannot store TEXT value|datatype mismatch|CHECK"
            )
        if column.needed and not (column.pk and column.type == "INTEGER"):
            refused(world, table, good(table, **{column.name: None}), "NOT NULL|CHECK|belongs|cannot|can be reversed")


@pytest.mark.parametrize("table", TABLES)
def test_nothing_points_to_what_is_not_there(world, table):
    for key in many(world, 'SELECT "from" AS name, "table" AS other FROM pragma_foreign_key_list(:t)', t=table):
        refused(
            world,
            table,
            good(table, **{key.name: 987654}),
            "FOREIGN KEY|CHECK|NOT NULL|can be reversed|belongs to another season",
        )


def test_every_foreign_key_is_attacked(world):
    for table in TABLES:
        keys = {row.name for row in many(world, 'SELECT "from" AS name FROM pragma_foreign_key_list(:t)', t=table)}
        assert keys <= set(GOOD[table]), table


def checks(sql):
    """The CHECKs of a CREATE TABLE statement as (its column, or "" for the table's own, expression)."""
    inside = re.sub(r"--[^\n]*", "", sql)[sql.index("(") + 1 :]
    for part in pieces(inside):
        column = re.match(r"\s*(\w+)\s+(?:TEXT|INTEGER|BLOB)", part)
        for found in re.finditer(r"\bCHECK \(", part):
            rule = next(pieces(part[found.end() :], at=""))
            yield (column[1] if column else ""), " ".join(rule.split())


def pieces(text, at=","):
    """The text up to the bracket that closes it, cut at each `at` that is in no bracket of its own."""
    depth, begin = 0, 0
    for position, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0 or (sign == at and depth == 0):
            yield text[begin:position]
            begin = position + 1
        if depth < 0:
            return


def attacks(column, rule):
    """Values that break a column's own rule, or None where the rule is not one of the usual ones."""
    name = re.escape(column)
    if found := re.fullmatch(rf"length\({name}\) BETWEEN (\d+) AND (\d+)", rule):
        return ["x" * (int(found[1]) - 1), "x" * (int(found[2]) + 1)]
    if found := re.fullmatch(rf"length\({name}\) <= (\d+)", rule):
        return ["x" * (int(found[1]) + 1)]
    if found := re.fullmatch(rf"length\({name}\) = (\d+)", rule):
        return ["a" * (int(found[1]) - 1), "a" * (int(found[1]) + 1)]
    if found := re.fullmatch(rf"(?:{name} <> 0 AND )?{name} BETWEEN (-?\d+) AND (-?\d+)", rule):
        return [int(found[1]) - 1, int(found[2]) + 1, *([0] if "<> 0" in rule else [])]
    if re.fullmatch(rf"{name} IN \('.*'\)", rule):
        return ["nonsense", ""]
    if re.fullmatch(rf"{name} IN \(0, 1\)", rule):
        return [2, -1]
    if rule == f"{column} IS strftime('%Y-%m-%dT%H:%M:%SZ', {column})":
        return [
            "garbage",
            "",
            DAY,
            "2026-02-30T00:00:00Z",
            "2026-02-14 18:05:00",
            "2026-02-14T18:05:00+01:00",
            "2026-02-14T18:05:00.5Z",
        ]
    if rule == f"{column} IS date({column})":
        return ["garbage", "", NOW, "2026-02-30", "2026-2-14", "14.02.2026"]
    if rule == f"{column} >= 0":
        return [-1]
    if re.match(rf"(?:{name} IS NULL OR )?json_valid\({name}\)", rule):
        return ["{", "not json", *(['"' + "x" * 4000 + '"'] if "length" in rule else [])]
    return None


def test_every_check_is_attacked(schema):
    unknown = {
        (table, rule)
        for table, sql in schema.items()
        for column, rule in checks(sql)
        if not (column and attacks(column, rule)) and (table, rule) not in BY_HAND
    }
    assert not unknown, "attack these CHECKs by hand"


@pytest.mark.parametrize("table", TABLES)
def test_each_column_keeps_its_own_rule(world, schema, table):
    for column, rule in checks(schema[table]):
        for bad in (attacks(column, rule) or []) if column and (table, rule) not in BY_HAND else []:
            refused(
                world,
                table,
                good(table, **{column: bad}),
                "CHECK constraint failed|can be reversed|non-deterministic|a shift lies",
            )


# Rules of more than one column ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "changes"), CHANGES)
def test_columns_agree_with_each_other(world, table, changes):
    refused(world, table, good(table, **changes), "CHECK constraint failed")


def test_an_entry_reverses_an_earlier_one(world):
    insert(world, "journal", good("journal", id=3, reverses=None))
    refused(world, "journal", good("journal", id=2, reverses=3), "CHECK constraint failed: reverses < id")


# What there is one of -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("scout_aliases", {}),
        ("alerts", {"severity": "critical"}),  # a second one of a rule while the first is open
        ("duty_weeks", {}),
        ("pulses", {"score": 5}),
        ("push_subscriptions", {"auth": "b" * 22}),
        ("push_reminders", {}),
        ("launch_items", {"done_at": None}),
        ("season_reviews", {}),
        ("kpi_targets", {"target": 1}),
        ("trial_results", {"result": "fail"}),
        ("alert_limits", {"thousandths": 5}),
        ("roll_ups", {}),
        ("mishaps", {}),
        ("guardian_scouts", {}),
        ("deletion_requests", {"state": "waiting", "decided_at": None}),
        ("forgotten_names", {}),
        ("notice_acceptances", {}),
        ("invitations", {}),
        ("sessions", {}),
        ("api_tokens", {}),
        ("known_devices", {}),
        ("password_resets", {}),
        ("recovery_codes", {}),
        ("passkeys", {}),
        ("outside_identities", {}),
        ("outside_identities", {"subject": "2"}),  # a second one of an account at the same place
        ("once_answers", {}),
        ("proceeds_tiers", {"cents": 95}),
        ("product_names", {}),
        ("orders", {}),
        ("order_lines", {"boxes": 1}),
        ("goals", {"boxes": 1}),
        ("goals", {"scout_id": None}),
        ("import_answers", {"meaning": "CD"}),
        ("typed_ticks", {}),
        ("count_lines", {"boxes": 1}),
        ("booth_policies", {"max_girls": 5}),
        ("early_windows", {"hours": 5}),
        ("shift_sign_ups", {"state": "waiting"}),
        ("shift_sign_ups", {"state": "waiting", "scout_id": None, "account_id": 1}),
        ("shift_swaps", {"state": "open", "taken_as": None}),
        ("external_entries", {"key": "other"}),
        ("troop", {}),
    ],
)
def test_a_second_one_is_refused(world, table, changes):
    insert(world, table, good(table, **changes))
    with pytest.raises(apsw.ConstraintError, match="UNIQUE"):
        insert(world, table, good(table, **changes))


def test_one_name_to_sign_in_with_in_any_case(world):
    refused(world, "accounts", good("accounts", sign_in_name="OLGA@Example.org"), "UNIQUE")


def test_one_account_for_a_girl_and_one_guardian_for_an_account(world):
    girl = {"role": "scout", "scout_id": 1, "consent_id": insert(world, "consents", good("consents"))}
    insert(world, "accounts", good("accounts", sign_in_name="ana1", **girl))
    refused(world, "accounts", good("accounts", sign_in_name="ana2", **girl), "UNIQUE")
    insert(world, "guardians", good("guardians"))
    refused(world, "guardians", good("guardians", name="Ida"), "UNIQUE")


def test_a_code_stands_for_one_cookie_in_any_case(world):
    refused(world, "products", good("products", code="tm"), "UNIQUE")


def test_one_season_is_current(world):
    refused(world, "seasons", good("seasons", is_current=1), "UNIQUE")


def test_a_number_of_digital_cookie_is_one_sale_in_a_season(world):
    """COOKIE-38: the same order in the troop's and in a caregiver's file is one sale."""
    insert(world, "orders", good("orders"))
    refused(world, "orders", good("orders", scout_id=None), "UNIQUE")
    season = insert(world, "seasons", good("seasons"))
    insert(world, "orders", good("orders", season_id=season))


def test_of_most_places_and_accounts_there_is_one(world):
    says_no(world, "INSERT INTO places (kind) VALUES ('troop')", "UNIQUE")
    says_no(world, "INSERT INTO money_accounts (kind) VALUES ('bank')", "UNIQUE")


def test_a_girl_and_a_booth_get_their_places_by_themselves(world):
    """Triggers a_scout_has_a_place_and_an_account and a_booth_has_a_place."""
    assert one(world, "SELECT kind FROM places WHERE scout_id = 1").kind == "scout"
    assert one(world, "SELECT kind FROM money_accounts WHERE scout_id = 1").kind == "scout"
    assert one(world, "SELECT kind FROM places WHERE booth_id = 1").kind == "booth"
    says_no(world, "INSERT INTO places (kind, scout_id) VALUES ('scout', 1)", "UNIQUE")
    says_no(world, "INSERT INTO places (kind, booth_id) VALUES ('booth', 1)", "UNIQUE")
    says_no(world, "INSERT INTO money_accounts (kind, scout_id) VALUES ('scout', 1)", "UNIQUE")


def test_a_booth_is_closed_once_and_a_sheet_kept_once(world):
    for table, change in (("booth_closings", {"reopened_at": None}), ("booth_sheets", {})):
        insert(world, table, good(table, **change))
        refused(world, table, good(table, **change), "UNIQUE")


@pytest.mark.parametrize("table", ["booth_midcounts", "booth_closing_lines", "booth_shares"])
def test_a_booth_is_counted_and_shared_out_line_by_line(world, table):
    insert(world, table, good(table))
    refused(world, table, good(table), "UNIQUE")


def test_two_people_hold_the_sheet_and_not_one_twice(world):
    """BAK-31."""
    insert(world, "recovery_holders", good("recovery_holders"))
    refused(world, "recovery_holders", good("recovery_holders", id=2), "UNIQUE")


def test_an_entry_is_reversed_once(world):
    insert(world, "journal", good("journal", id=2))
    refused(world, "journal", good("journal", id=3), "UNIQUE")


def test_one_letter_about_consent_waits_and_no_two_have_the_same_link(world):
    waits = {"state": "agreed", "second_sent_at": None}
    insert(world, "consent_letters", good("consent_letters", **waits))
    refused(
        world, "consent_letters", good("consent_letters", link_hash=None, state="asked", second_sent_at=None), "UNIQUE"
    )
    refused(world, "consent_letters", good("consent_letters"), "UNIQUE")


def test_every_unique_index_is_attacked(schema):
    """Each UNIQUE and each key of more than one column has a second row thrown at it above; their number is known."""
    tx = apsw.Connection(":memory:")
    migrate.bring_up(tx)
    unique = {
        f"{table}({', '.join(row.name or 'expression' for row in many(tx, 'SELECT name FROM pragma_index_info(:i)', i=index.name))})"
        for table in schema
        for index in many(tx, 'SELECT name FROM pragma_index_list(:t) WHERE "unique" = 1', t=table)
    }
    assert unique == {
        "push_subscriptions(endpoint)", "push_reminders(sign_up_id, account_id)",
        "pulses(season_id, account_id)", "launch_items(season_id, item)", "kpi_targets(code)", "alert_limits(rule, number)",
        "trial_results(trial_id, scenario, step)",
        "point_entries(returns)", "point_entries(scout_id, reason, key)", "point_prizes(name)", "point_rules(season_id, reason)",
        "reward_choices(scout_id, item_id)", "reward_items(step_id, name)",
        "reward_levels_told(scout_id, season_id, counts, from_boxes)", "reward_opt_outs(season_id, scout_id)",
        "emails_sent(season_id, scout_id)",
        "season_days(season_id, day, expression, expression, expression)",
        "reward_receipt_lines(receipt_id, item_id)", "reward_receipts(season_id, number)", "reward_steps(season_id, counts, from_boxes)",
        "girl_credit_sums(season_id, scout_id)", "booth_sums(booth_id, product_id)",
        "money_sums(account_id, season_id, kind, product_id)",
        "credit_sums(scout_id, product_id, channel)", "box_sums(place_id, product_id)", "order_sums(season_id, scout_id)",
        "recovery_holders(name)", "deletion_requests(scout_id)", "forgotten_names(source, hash)",
        "consent_letters(link_hash)", "consent_letters(scout_id)",
        "notice_acceptances(account_id, kind, hash)", "deposit_payments(entry_id)", "deposits(entry_id)", "receipts(entry_id)",
        "receipts(season_id, number)",
        "unpaid_files(entry_id)", "unpaid_files(season_id, scout_id)", "sweep_rules(entry_id)", "sweep_rules(season_id, due_on)",
        "roll_ups(span, began_at)", "mishaps(door, kind, place, route)",
        "alerts(rule)", "duty_weeks(monday)", "accounts(scout_id)", "accounts(sign_in_name)", "api_tokens(token_hash)",
        "known_devices(account_id, device_hash)", "password_resets(token_hash)", "recovery_codes(account_id, code_hash)",
        "passkeys(credential_id)", "outside_identities(issuer, subject)", "outside_identities(account_id, issuer)",
        "booth_policies(season_id, type)",
        "calendar_links(token_hash)",
        "claims(receipt_id, product_id, kind)", "cupboard_order_lines(order_id, product_id)", "cupboard_orders(season_id)",
        "cupboard_wishes(order_id, expression, expression, product_id)",
        "cupboard_receipts(damaged_entry_id)", "cupboard_receipts(entry_id)",
        "booth_closing_lines(closing_id, product_id)", "booth_closings(booth_id)", "booth_midcounts(booth_id, counted_at, product_id)",
        "booth_entries(uid)", "booth_entries(uid, sha256)", "booth_entry_lines(entry_id, product_id)",
        "booth_shares(entry_id, scout_id)", "booth_sheets(season_id, sha256)",
        "early_windows(season_id, who)", "shift_sign_ups(shift_id, account_id)", "shift_sign_ups(shift_id, scout_id)",
        "shift_swaps(sign_up_id)", "count_lines(count_id, product_id)", "external_entries(entry_id)",
        "external_entries(season_id, system, key)", "goals(season_id, expression)", "guardian_scouts(guardian_id, scout_id)",
        "guardians(account_id)", "import_answers(source, kind, said)", "invitations(token_hash)", "journal(reverses)",
        "money_accounts(kind)", "money_accounts(scout_id)", "once_answers(account_id, key)", "order_lines(order_id, product_id)",
        "orders(season_id, source, external_number)", "places(booth_id)", "places(kind)", "places(scout_id)",
        "proceeds_tiers(season_id, min_pga)", "product_names(season_id, key)", "products(season_id, code)",
        "scout_aliases(source, hash)", "seasons(is_current)", "sessions(token_hash)", "typed_ticks(season_id, key)",
    }  # fmt: skip
