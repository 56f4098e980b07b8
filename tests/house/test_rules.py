"""The rules of the house, read from its source: each says what it forbids, and why an exception is one."""

import ast
import re
import subprocess
import sys

from gsctracker.db import migrate
from tests.house.source import PACKAGE, ROOT, ROW_WORDS, calls, dotted, modules, statements

DOORS = ("web", "cli", "jobs")
LONGEST_FILE = 400
TOO_VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "service",
    "services",
    "base",
    "data",
    "info",
    "misc",
    "tools",
}


def each_module(rule):
    """Make a rule for one module a test of all of them, that names every offender."""

    def test():
        broken = []
        for module in modules():
            try:
                rule(module)
            except AssertionError as no:
                broken.append(f"{module.name}: {no}")
        assert not broken, "\n".join(broken)

    test.__name__, test.__doc__ = rule.__name__, rule.__doc__
    return test


# Where things may stand -----------------------------------------------------------------------------------------------


def test_the_import_contracts_hold():
    """TEST-24: storeys, subjects, plain domain, no SQL in doors: setup.cfg says which, import-linter looks."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@each_module
def test_doors_and_integrations_hold_no_sql(module):
    if not module.within(*DOORS, "integrations"):
        return
    assert not [str(statement) for statement in statements(module)]
    assert not [f"{module.name}:{call.lineno}" for name, call in calls(module) if name in ("execute", "executemany")]


def test_every_statement_of_sql_is_seen():
    """What the rules below cannot read they cannot check: a statement is written where it is used, or is a constant."""
    unseen = []
    for module in modules():
        if module.within("db"):  # rows hands statements on, migrate carries out files
            continue
        for name, call in calls(module):
            place = {"execute": 0, "executemany": 0}.get(
                name, 1 if name in ROW_WORDS and isinstance(call.func, ast.Name) else None
            )
            if place is None or len(call.args) <= place:
                continue
            if (
                not isinstance(call.args[place], ast.Constant | ast.JoinedStr)
                and not dotted(call.args[place]).isupper()
            ):
                unseen.append(f"{module.name}:{call.lineno} {ast.unparse(call.args[place])}")
    assert not [line for line in unseen if not line.startswith(KNOWN_TO_BE_HANDED_ON)]


KNOWN_TO_BE_HANDED_ON = ("domain/journal.py", "ops/practice.py", "domain/reports/season_sql.py")
"""journal._each gets its three from _write, season_sql its own from TABLES, where they are read; practice puts triggers back."""


@each_module
def test_only_the_clock_reads_the_clock(module):
    if module.name == "clock.py":
        return
    asked = {
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "date.today",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
        "time.ctime",
    }
    found = [
        f"{module.name}:{node.lineno}"
        for node in ast.walk(module.tree)
        if ".".join(dotted(node).split(".")[-2:]) in asked
    ]
    found += [str(s) for s in statements(module) if re.search(r"'now'|CURRENT_(TIME|DATE)", s.text)]
    assert not found


READS_THE_ENVIRONMENT = {
    "config.py": "the settings themselves",
    "cli/options.py": "hands the environment to config.load, for every command",
}


@each_module
def test_the_environment_is_read_in_one_place(module):
    if module.name in READS_THE_ENVIRONMENT:
        return
    assert not [
        f"{module.name}:{node.lineno}"
        for node in ast.walk(module.tree)
        if dotted(node) in ("os.environ", "os.getenv", "os.putenv")
    ]


@each_module
def test_nobody_uses_the_other_sqlite(module):
    """DB-22: two SQLite libraries in one process drop each other's file locks (apsw is the one)."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                assert "sqlite3" not in {name.name.partition(".")[0] for name in names}, module.name
            case ast.ImportFrom(module=str(name)):
                assert name.partition(".")[0] != "sqlite3", module.name


@each_module
def test_nobody_opens_the_database_as_a_file(module):
    """Closing any descriptor of the live file drops SQLite's locks on it."""
    touching = {
        "open",
        "read_bytes",
        "read_text",
        "write_bytes",
        "write_text",
        "copy",
        "copyfile",
        "copy2",
        "touch",
        "unlink",
    }
    found = []
    for name, call in calls(module):
        said = ast.unparse(call)
        if "with_name(" in said:  # a file beside it, with a name of its own
            continue
        if name in touching and re.search(r"\bdatabase\b|\bdb\.path\b|database_path", said):
            found.append(f"{module.name}:{call.lineno} {ast.unparse(call)}")
    assert not found


# SQL ------------------------------------------------------------------------------------------------------------------

FILLED_IN = {
    (
        "domain/journal.py",
        "columns",
    ): "names of the journal's columns from the caller's keywords, SQLite knows only real ones",
    ("domain/journal.py", "places"): "the same names with a colon",
    ("db/snapshot.py", "table.quoted"): "a table's name, quoted by SQLite itself",
    ("db/contents.py", "quoted"): "a table's name as SQLite gives it, in quotation marks",
    ("db/contents.py", "figures"): "count, max and sum of columns as SQLite names them, each in quotation marks",
    ("db/contents.py", "ordered"): "the columns of the key as SQLite names them, each in quotation marks",
    ("db/contents.py", "backwards"): "the same, each with DESC",
    ("db/contents.py", "line"): "every column with its length, as SQLite names them, each in quotation marks",
    ("db/contents.py", "rows"): "the table, the key and a constant; where the last part ended is bound",
    ("db/contents.py", "together"): "a constant",
    ("db/carrying.py", "table"): "one of the names in CARRIED",
    ("db/carrying.py", "names"): "a table's columns as SQLite names them, each in quotation marks",
    ("db/row_changes.py", "quoted"): "a table's name as SQLite gives it, in quotation marks",
    ("db/row_changes.py", "which"): "the columns of the key as SQLite names them; what they hold is bound",
    ("db/row_changes.py", "names"): "a table's columns as SQLite names them, each in quotation marks",
    ("db/row_changes.py", "marks"): "a question mark for each of them",
    ("db/row_changes.py", "shown"): "columns as SQLite names them, each in quotation marks",
    ("db/row_changes.py", "same"): "the columns of the key, each equal to the other file's",
    ("db/row_changes.py", "first"): "the first column of the key, in quotation marks",
    ("db/row_changes.py", "other"): "every column, each unlike the other file's",
    ("db/difference.py", "mine"): "a table's name as SQLite gives it, in quotation marks",
    ("db/difference.py", "theirs"): "the same in the other file",
    ("db/difference.py", "same_key"): "columns as SQLite names them, each in quotation marks",
    ("db/difference.py", "same_row"): "columns as SQLite names them, each in quotation marks",
    ("domain/money/sweeps.py", "_THEN if day else _NOW"): "one of two constants; season and day are bound",
    ("domain/people/consents.py", "scope"): "the name of a column, from two constants below",
    ("domain/reports/data_of_a_child.py", "names"): "a table's columns as SQLite names them, each in quotation marks",
    ("domain/reports/data_of_a_child.py", "table"): "a table's name as SQLite gives it, in quotation marks",
    ("domain/reports/data_of_a_child.py", "where"): "one of the constants in THROUGH; the girl is bound",
    ("domain/sales/buyers.py", "which"): "one of two constants; days and girls are bound",
    ("ops/forgetting.py", "column.in_table"): "a table's name as SQLite gives it, in quotation marks",
    ("ops/practice.py", "table"): "a table's name as SQLite gives it, in quotation marks",
    ("ops/forgetting.py", "test"): "a column as SQLite names it, in quotation marks; the words are bound",
    ("domain/sales/listing.py", "where"): "terms made of constants in _where; what was typed is bound",
    ("domain/sales/listing.py", "boxes"): "a column for each cookie of the season, named by int() of its row's id",
}
"""What is filled into a statement though it is no constant, and why that is safe."""


@each_module
def test_values_are_bound_never_written_into_sql(module):
    found = []
    for statement in statements(module):
        for part in statement.filled:
            said = ast.unparse(part)
            constant = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
            if constant and all(name == "tuple" or name.isupper() or name.strip("_").isupper() for name in constant):
                continue
            if (module.name, said) not in FILLED_IN:
                found.append(f"{statement} {{{said}}}")
    assert not found


def test_no_statement_is_built_with_percent_format_or_plus():
    found = []
    for module in modules():
        for node in ast.walk(module.tree):
            match node:
                case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod() | ast.Add()) if is_statement(text):
                    found.append(f"{module.name}:{node.lineno}")
                case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")) if is_statement(
                    text
                ):
                    found.append(f"{module.name}:{node.lineno}")
    assert not found


def is_statement(text):
    return bool(re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|PRAGMA)\s", text))


def owners():
    """Who writes each table: the heading above it in schema.sql, or the end of its own line, `-- ...   ops/runs`."""
    found, heading = {}, ()
    for line in migrate.schema_sql().splitlines():
        said = re.findall(r"\b((?:db|domain|ops)/\w+)(?=,|\s*$)", line)
        if line.startswith("-- ") and said:
            heading = tuple(said)
        if created := re.match(r"CREATE (?:VIRTUAL )?TABLE (\w+)", line):
            found[created[1]] = tuple(said) or heading
    return found


def test_every_table_has_an_owner():
    assert all(owners().values())
    there = {module.name for module in modules()}
    for owner in {owner for names in owners().values() for owner in names}:
        assert any(name == f"{owner}.py" or name.startswith(f"{owner}/") for name in there), f"there is no {owner}"


@each_module
def test_a_table_is_written_by_its_owner_alone(module):
    """The heading of schema.sql names the subject; a trigger may write what it keeps in step."""
    known, found = owners(), []
    for statement in statements(module):
        for table in re.findall(r"(?:INTO|(?<!DO )UPDATE(?: OR \w+)?|DELETE FROM)\s+(\w+)", statement.text):
            if table in known and not any(
                module.name.startswith((f"{owner}/", f"{owner}.py")) for owner in known[table]
            ):
                found.append(f"{statement} writes {table}, which is {' and '.join(known[table])}'s")
    assert not found


@each_module
def test_the_domain_never_begins_or_ends_a_transaction(module):
    if module.within("domain"):
        said = [
            node.value
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert not [text for text in said if re.match(r"\s*(BEGIN|COMMIT|ROLLBACK)(\s|$)", text)]


# Size, names, words ---------------------------------------------------------------------------------------------------


@each_module
def test_a_file_holds_one_subject(module):
    assert len(module.text.splitlines()) <= LONGEST_FILE
    assert not set(re.split(r"[/.]", module.name)) & TOO_VAGUE
    assert module.tree.body == [] or ast.get_docstring(module.tree), "a module says what it is for"


def test_a_test_file_holds_one_subject_too():
    files = sorted((ROOT / "tests").rglob("*.py"))
    assert not [file.name for file in files if len(file.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE]
    assert not {file.stem for file in files} & TOO_VAGUE


@each_module
def test_every_function_that_others_call_says_what_it_does(module):
    silent = [
        node.name
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


@each_module
def test_sentences_are_whole_and_plain(module):
    """A sentence that is put together cannot be translated: what is marked is one literal, the rest comes as parameters.

    gettext may also get a name, or an entry of a table: what stands there was marked where it was written.
    """
    found = []
    for name, call in calls(module):
        if name in ("N_", "gettext", "ngettext", "lazy_gettext") and module.name not in (
            "web/errors.py",
            "cli/language.py",
            "ops/letters.py",
        ):  # they say what a Refusal carries
            wanted = call.args[: 2 if name == "ngettext" else 1]
            named = () if name in ("N_", "ngettext") else (ast.Name, ast.Subscript, ast.Attribute)
            if not all(
                isinstance(arg, named) or (isinstance(arg, ast.Constant) and isinstance(arg.value, str))
                for arg in wanted
            ):
                found.append(f"{module.name}:{call.lineno} {ast.unparse(call)}")
    assert not found


@each_module
def test_nothing_is_printed_but_by_click(module):
    assert not [f"{module.name}:{call.lineno}" for name, call in calls(module) if name == "print"]


PERSONAL = {
    "name", "first_name", "last_name", "last_initial", "email", "sign_in_name", "phone", "address", "customer", "customer_name",
    "customer_email", "customer_phone", "customer_address", "guardian", "guardian_name", "guardian_email", "password", "token",
    "secret", "said",
}  # fmt: skip


@each_module
def test_nobody_is_named_in_the_audit_log_or_in_log_lines(module):
    """Who and what by number; a log is read by operators and kept for long."""
    found = []
    for _, call in calls(module):
        spoken = dotted(call.func)
        if spoken == "audit.note":
            extra = {word.arg for word in call.keywords} & PERSONAL
        elif re.fullmatch(r"(logger|log|logging)\.(debug|info|warning|error|exception|critical)", spoken):
            inside = [node for arg in (*call.args, *(word.value for word in call.keywords)) for node in ast.walk(arg)]
            extra = {node.attr for node in inside if isinstance(node, ast.Attribute)} & (PERSONAL - {"name", "address"})
        else:
            continue
        if extra:
            found.append(f"{module.name}:{call.lineno} {sorted(extra)}")
    assert not found


def test_nothing_is_in_the_package_that_is_not_read():
    """Every file of the package is one the set-up ships: Python, SQL, templates, static files, translations."""
    known = {
        ".py",
        ".sql",
        ".toml",
        ".html",
        ".txt",
        ".md",
        ".css",
        ".js",
        ".svg",
        ".png",
        ".webmanifest",
        ".json",
        ".po",
        ".mo",
        ".pot",
        ".ico",
    }
    for file in PACKAGE.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            assert file.suffix in known, file
