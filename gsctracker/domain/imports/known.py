"""What is known before a file is looked at, loaded once: the season's cookies, the girls, and what was answered before."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many
from gsctracker.domain.imports import cells
from gsctracker.domain.imports.rows import Line, Note
from gsctracker.domain.imports.verdicts import Ask
from gsctracker.domain.people import scouts
from gsctracker.domain.season import catalogue
from gsctracker.words import N_

SITE, OTHER, NOTHING = "site", "other", "none"
"""Answers beside a girl or a cookie: the troop's own site, a girl of another troop, not a cookie at all."""

NUMBERS = ("gsusa", "sc")
"""Whose numbers of girls are remembered, as hashes: the national one, and Smart Cookies' own."""

NOT_OURS = Note(N_("Somebody said that this girl is not one of ours."))


class Girl(NamedTuple):
    """Whom a name means: a scout, or the site; else the question who she is, or why her rows stay away though nothing is asked."""

    scout_id: int | None = None
    is_site: bool = False
    ask: Ask | None = None
    reason: Note | None = None


class Known:
    """Look-ups that live as long as one file is worked on."""

    def __init__(self, tx: apsw.Connection, season: Row, source: str) -> None:
        self._tx = tx
        self.season = season
        self.source = source
        self.products = {product.id: product for product in catalogue.products(tx, season.id)}
        self._by_code = {product.code: product for product in self.products.values()}
        self._by_name = {
            row.key: self.products[row.product_id]
            for row in many(tx, "SELECT key, product_id FROM product_names WHERE season_id = :season", season=season.id)
        }
        self.share = next((p for p in self.products.values() if p.is_virtual), None)
        self._answers = {
            (row.kind, row.said): row.meaning
            for row in many(
                tx, "SELECT kind, said, meaning FROM import_answers WHERE source IN (:source, '')", source=source
            )
        }
        self._roster = many(tx, "SELECT id, first_name, last_initial FROM scouts ORDER BY id")
        self._aliases = {
            row.hash: row.scout_id
            for row in many(
                tx,
                """SELECT hash, scout_id FROM forgotten_names WHERE source = 'name'
                    UNION ALL SELECT hash, scout_id FROM scout_aliases WHERE source = 'name'""",
            )
        }
        self._named = set(self._aliases.values())
        self._numbers = {
            (row.source, row.hash): row.scout_id
            for row in many(
                tx,
                """SELECT source, hash, scout_id FROM forgotten_names WHERE source <> 'name'
                    UNION ALL SELECT source, hash, scout_id FROM scout_aliases WHERE source <> 'name'""",
            )
        }
        self._hashes: dict[str, str] = {}
        self._girls: dict[str, Girl] = {}

    def meaning(self, kind: str, said: str) -> str:
        """What somebody once said that this means, or ""."""
        return self._answers.get((kind, key_of(kind, said)), "")

    def cookie(self, line: Line) -> Row | None:
        """The season's cookie of a line, or None."""
        if code := self.meaning("cookie", line.cookie):
            return self._by_code.get(code)
        return self._by_name.get(values.letters(line.cookie))

    def lines(self, lines: Iterable[Line]) -> tuple[dict[int, int], list[Ask]]:
        """Packages by product, and the cookies that nobody knows."""
        found: dict[int, int] = {}
        asks = []
        for line in lines:
            product = self.cookie(line)
            if product is not None:
                found[product.id] = found.get(product.id, 0) + line.boxes
            elif self.meaning("cookie", line.cookie) != NOTHING:
                asks.append(Ask("cookie", line.cookie))
        return found, asks

    def hash_of(self, first: str, last: str) -> str:
        """The salted hash of a name, as aliases keep it."""
        said = f"{first} {last}".strip()
        if said not in self._hashes:
            self._hashes[said] = scouts.name_hash(self._tx, said)
        return self._hashes[said]

    def meet(self, names: Iterable[tuple[str, str]]) -> None:
        """Look at all names of a file first: two names that would mean the same girl mean neither without being asked."""
        met = {(first, last) for first, last in names if first or last}
        guessed: dict[int, set[str]] = {}
        for first, last in sorted(met):
            girl = self._girls[_letters(first, last)] = self._look_up(first, last)
            if girl.scout_id is not None and self._by_alias(first, last) is None:
                guessed.setdefault(girl.scout_id, set()).add(_letters(first, last))
        for names_of_one in guessed.values():
            if len(names_of_one) > 1:
                for first, last in met:
                    if _letters(first, last) in names_of_one:
                        self._girls[_letters(first, last)] = self._unknown(first, last)

    def girl(self, first: str, last: str) -> Girl:
        """Whom a name means: as remembered, else the only girl of that first name and last initial, else nobody knows."""
        key = _letters(first, last)
        if key not in self._girls:
            self._girls[key] = self._look_up(first, last)
        return self._girls[key]

    def girl_named(self, name: str) -> Girl:
        """The same for "Ana Rivera" or "Rivera, Ana"."""
        return self.girl(*cells.person_name(name))

    def numbered(self, numbers: Mapping[str, str]) -> int | None:
        """The girl whom one of these numbers means (source to hash): GSUSA's first, it stays hers from year to year."""
        found = (self._numbers.get((source, numbers.get(source, ""))) for source in NUMBERS)
        return next((scout_id for scout_id in found if scout_id is not None), None)

    def has_other_number(self, scout_id: int, source: str, number: str) -> bool:
        """Whether a girl is known by another number of that source (a hash), so that this one may be somebody else's."""
        return any(
            known[0] == source and known[1] != number for known, girl in self._numbers.items() if girl == scout_id
        )

    def _look_up(self, first: str, last: str) -> Girl:
        if (scout_id := self._by_alias(first, last)) is not None:
            return Girl(scout_id)
        said = self.meaning("scout", self.hash_of(first, last))
        if said == SITE:
            return Girl(is_site=True)
        if said == OTHER:
            return Girl(reason=NOT_OURS)
        fitting = [
            row.id
            for row in self._roster
            if row.id not in self._named
            and row.last_initial
            and values.letters(row.first_name) == values.letters(first)
            and values.letters(last).startswith(values.letters(row.last_initial))
        ]
        return Girl(fitting[0]) if len(fitting) == 1 and last else self._unknown(first, last)

    def _by_alias(self, first: str, last: str) -> int | None:
        scout_id = self._aliases.get(self.hash_of(first, last))
        return scout_id if scout_id is not None else self._aliases.get(self.hash_of(last, first))

    def _unknown(self, first: str, last: str) -> Girl:
        return Girl(
            ask=Ask("scout", self.hash_of(first, last)),
            reason=Note(N_("Nobody on the roster is known by this name. Say who she is.")),
        )


def key_of(kind: str, said: str) -> str:
    """How a text is kept in import_answers: letters and digits only, a hash as it is."""
    return said if kind in ("scout", "refund", "move") else (cells.letters(said) or said.strip() or "?")[:200]


def _letters(first: str, last: str) -> str:
    return f"{values.letters(first)}.{values.letters(last)}"
