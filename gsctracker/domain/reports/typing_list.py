"""What to type into the back office tonight, line by line; a line goes when it is ticked or when the office's export shows it."""

from dataclasses import dataclass

import apsw

from gsctracker.db.rows import many
from gsctracker.domain.imports import ticks
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import channels, differences
from gsctracker.domain.season import seasons
from gsctracker.errors import NotFound
from gsctracker.words import N_

SENTENCES = {
    "share": N_("Virtual Cookie Share for %(girl)s: enter %(n)s."),
    "t2g": N_("Transfer troop to girl for %(girl)s: %(n)s %(cookie)s."),
    "g2t": N_("Transfer girl to troop from %(girl)s: %(n)s %(cookie)s."),
    "booth": N_("Booth divider for %(girl)s: %(n)s %(cookie)s."),
    "site": N_("Distribute orders of the troop's site to %(girl)s: %(n)s %(cookie)s."),
    "ledger": N_("Girl Orders, %(girl)s: %(n)s %(cookie)s."),
}
_FROM_PARTS = {
    "hand_out_not_typed": "t2g", "booth_not_divided": "booth", "site_not_divided": "site", "not_in_ledger": "ledger",
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One line to type: `boxes` are still to type, `typed` were ticked since the office's last export."""

    key: str
    kind: str
    office: str
    scout_id: int
    first_name: str
    last_initial: str
    product: str
    boxes: int
    typed: int
    sentence: Note

    @property
    def is_done(self) -> bool:
        """Whether all of it was ticked."""
        return self.boxes == 0


def page(tx: apsw.Connection, season_id: int, by: Person) -> list[Item]:
    """Every line, by girl; those ticked since the last export stay, done, until the next one proves them."""
    roles.require(by, "differences")
    season = seasons.find(tx, season_id)
    office = differences.OFFICES[season.baker]
    typed = ticks.since_export(tx, season_id)
    girls = {row.id: row for row in many(tx, "SELECT id, first_name, last_initial FROM scouts")}
    wanted: list[tuple[str, str, int, str, str, int]] = []
    if season.baker == "abc":
        for scout_id, share in channels.share_to_type(tx, season_id).items():
            wanted.append((f"share/{scout_id}", "share", scout_id, "", "", share.to_type))
    if ticks.last_export(tx, season_id):
        for line in differences.page(tx, season_id, by).lines:
            for part in line.parts:
                kind = _FROM_PARTS.get(part.code)
                if kind and not (kind == "ledger" and part.boxes > 0):
                    key = f"{kind}/{line.scout_id}/{line.code}"
                    wanted.append((key, kind, line.scout_id, line.code, line.name, -part.boxes))
    items = []
    for key, kind, scout_id, _, cookie, needed in wanted:
        if needed <= 0:
            continue
        girl, done = girls[scout_id], min(max(typed.get(key, 0), 0), needed)
        name = f"{girl.first_name} {girl.last_initial}".strip()
        note = Note(SENTENCES[kind], {"girl": name, "n": needed - done or needed, "cookie": cookie})
        items.append(
            Item(key, kind, office, scout_id, girl.first_name, girl.last_initial, cookie, needed - done, done, note)
        )
    return sorted(items, key=lambda item: (item.is_done, item.first_name, item.scout_id, item.key))


def tick(tx: apsw.Connection, season_id: int, by: Person, key: str) -> None:
    """It is typed, as many as the line says now. Raises NotFound where there is no such line any more."""
    item = next((item for item in page(tx, season_id, by) if item.key == key), None)
    if item is None:
        raise NotFound(N_("This line is not on the list any more."), "no_such_line")
    ticks.tick(tx, by, season_id, key, item.boxes + item.typed)


def untick(tx: apsw.Connection, season_id: int, by: Person, key: str) -> None:
    """It was not typed after all."""
    ticks.untick(tx, by, season_id, key)
