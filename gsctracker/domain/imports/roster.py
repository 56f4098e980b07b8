"""A troop's roster as rows: First Name, Last Name, and optionally Level, Grade, GSUSA ID and one guardian. Pure."""

import re
from dataclasses import replace

from gsctracker.domain.imports import cells, columns
from gsctracker.domain.imports.rows import Note, Parsed, ScoutRow, Sheet
from gsctracker.errors import Invalid
from gsctracker.words import N_

SOURCE = "roster"
NAME_MOST = 80
LEVELS = ("daisy", "brownie", "junior", "cadette", "senior", "ambassador")
PLURALS = {"daisies": "daisy"} | {f"{level}s": level for level in LEVELS}

MEANINGS = {
    "first": ("firstname", "first", "girlfirstname", "scoutfirstname", "givenname"),
    "last": ("lastname", "last", "girllastname", "scoutlastname", "surname"),
    "name": ("name", "girl", "girlname", "scout", "scoutname", "fullname", "membername"),
    "level": ("level", "programlevel", "gradelevel", "trooplevel"),
    "grade": ("grade", "schoolgrade"),
    "gsusa_id": ("gsusaid", "gsusanumber", "memberid", "membershipnumber", "membershipid"),
    "guardian": ("guardianname", "guardian", "parentname", "caregivername", "caregiver", "parentguardianname"),
    "email": ("guardianemail", "parentemail", "caregiveremail", "parentguardianemail", "email"),
}


def kind_of(sheet: Sheet) -> str:
    """scouts, or "" when the sheet has no column of names."""
    return "scouts" if _header(sheet) else ""


def _header(sheet: Sheet) -> columns.Header | None:
    return columns.find_header(sheet, MEANINGS, ("first", "last")) or columns.find_header(sheet, MEANINGS, ("name",))


def parse(sheet: Sheet) -> Parsed:
    """The scouts of a roster. Refuses with Invalid a sheet that names nobody."""
    header = _header(sheet)
    if not header:
        raise Invalid(N_("A roster needs the columns First Name and Last Name."), "not_a_roster")
    rows: list[ScoutRow] = []
    first_row: dict[str, int] = {}
    for reading in columns.readings(sheet, header):
        row = _scout(reading)
        if row.key in first_row:
            twice = Note(N_("She is already in row %(row)s."), {"row": first_row[row.key]})
            row = replace(row, refused=row.refused or twice, key=f"{row.key}#{row.row_no}")
        first_row.setdefault(row.key, row.row_no)
        rows.append(row)
    totals = {"rows": len(rows), "refused": sum(1 for row in rows if row.refused)}
    return Parsed(SOURCE, "scouts", "scout", tuple(rows), totals)


def _scout(reading: columns.Reading) -> ScoutRow:
    first, last = cells.person_name(reading.cell("name"))
    first, last = reading.text("first") or first, reading.text("last") or last
    if "," in first and not last:
        first, last = cells.person_name(first)
    gsusa_id = reading.wished("gsusa_id", cells.order_number, "")
    if not first or not last:
        reading.refuse(Note(N_("A scout needs a first and a last name.")))
    elif max(len(first), len(last)) > NAME_MOST:
        reading.refuse(Note(N_("A name is longer than %(most)s characters."), {"most": NAME_MOST}))
    elif cells.is_number(first) or cells.is_number(last):
        reading.refuse(Note(N_("A number stands where a name should be.")))
    email = reading.text("email").lower()
    if email and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+", email):
        reading.doubt(N_("“%(seen)s” is not an e-mail address."), seen=email)
        email = ""
    return ScoutRow(
        row_no=reading.row_no,
        key=gsusa_id or f"{cells.letters(first)}.{cells.letters(last)}",
        refused=reading.refused,
        first_name=first,
        last_name=last,
        level=_level(reading),
        grade=_grade(reading),
        gsusa_id=gsusa_id,
        guardian_name=reading.text("guardian"),
        guardian_email=email,
        doubts=tuple(reading.doubts),
        seen={heading: cell for heading, cell in reading.seen().items() if heading != _number_heading(reading)},
    )


def _number_heading(reading: columns.Reading) -> str:
    return reading.header.headings.get("gsusa_id", "")


def _level(reading: columns.Reading) -> str:
    seen = reading.text("level")
    words = [PLURALS.get(word, word) for word in re.findall(r"[a-z]+", seen.lower())]
    level = next((word for word in words if word in LEVELS), "")
    if seen and not level:
        reading.doubt(N_("“%(seen)s” is not a level from Daisy to Ambassador."), seen=seen)
    return level


def _grade(reading: columns.Reading) -> int | None:
    seen = reading.text("grade")
    if not seen:
        return None
    if cells.letters(seen) in ("k", "kg", "kindergarten", "gradek"):
        return 0
    number = re.fullmatch(r"(?:grade\s*)?(\d{1,2})(?:\.0|st|nd|rd|th)?(?:\s*grade)?", seen, re.IGNORECASE | re.ASCII)
    if number and int(number[1]) <= 12:
        return int(number[1])
    reading.doubt(N_("“%(seen)s” is not a grade from K to 12."), seen=seen)
    return None
