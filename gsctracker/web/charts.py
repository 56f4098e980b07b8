"""Rows of figures become pictures: inline SVG, with words for those who do not see them.

Every chart takes a translated title, rows of (label, whole number) and the heads of its table, and gives Markup. It
raises nothing: no rows make a sentence, less than nothing makes an empty bar beside its true figure. Across, a chart
is measured in per cent and downwards in em, so that it fills any width while its letters keep the reader's size.
Colours are classes of app.css; there is no inline style and no script.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from babel.dates import format_skeleton
from flask_babel import get_locale, gettext
from markupsafe import Markup

from gsctracker.web.locale import number

Rows = Sequence[tuple[str, int]]
Show = Callable[[int], str]

COLOURS = 8
LONGEST_LABEL = 30
MOST_COLUMNS = 62
MOST_DAYS = 200  # the last ones, should a season ever be longer
BAR_EM = 2.8
PLOT_EM = 10


def progress(value: int, goal: int | None, label: str) -> Markup:
    """A bar filled to value of goal; without a goal it stays empty, past it it is full and changes colour."""
    share = _share(value, goal or 0)
    words = gettext("%(value)s of %(goal)s", value=number(value), goal=number(goal)) if goal else number(value)
    drawing = Markup('<rect class="trough" width="100%" height=".7em" rx=".35em"/>')
    if share:
        drawing += Markup('<rect class="{}" width="{}%" height=".7em" rx=".35em"/>').format(
            "full" if share == 100 else "c1", _at(share)
        )
    return Markup('<span class="chart">{}</span>').format(_picture(f"{label}: {words}", "", 0.7, drawing))


def bars(title: str, rows: Rows, heads: tuple[str, str], show: Show = number) -> Markup:
    """One bar a row, in the order given, the longest filling the width: cookies by popularity."""
    if not rows:
        return _nothing(title)
    most = max(value for _, value in rows)
    drawing = Markup("").join(
        _caption(n, label, show(value)) + _bar(n, 0, _share(value, most), "c1", rounded=True)
        for n, (label, value) in enumerate(rows)
    )
    picture = _picture(title, _highest(rows, show), BAR_EM * len(rows) - 0.4, drawing)
    return _figure(title, picture, _table(heads, [(label, show(value)) for label, value in rows]))


def per_day(title: str, rows: Rows, heads: tuple[str, str], show: Show = number, shape: str = "columns") -> Markup:
    """Figures day by day (rows of ("2026-02-14", 12), no day left out) as columns, or as a line if shape is "line".

    More days than a phone has room for are a line whatever was asked.
    """
    if not rows:
        return _nothing(title)
    values = [value for _, value in rows]
    named = [(_day(day), value) for day, value in rows]
    top = _round_up(max(values))
    as_line = shape == "line" or len(rows) > MOST_COLUMNS
    drawing = (
        Markup("").join(_rule(mark, top) for mark in (top, top // 2))
        + (_line(values, top) if as_line else _columns(values, top))
        + Markup('<line class="base" x2="100%" y1="{0}em" y2="{0}em"/>').format(_at(PLOT_EM + 1))
        + Markup("").join(_mark(mark, top, show) for mark in (top, top // 2))
        + _ends(named)
    )
    picture = _picture(title, _highest(named, show), PLOT_EM + 2.4, drawing)
    return _figure(title, picture, _table(heads, [(day, show(value)) for day, value in named]))


def every_day(rows: Rows) -> list[tuple[str, int]]:
    """The rows of `per_day` with the days between them that nobody sold on; days rise."""
    known = dict(rows)
    if not known:
        return []
    first, last = date.fromisoformat(min(known)), date.fromisoformat(max(known))
    span = min((last - first).days, MOST_DAYS)
    days = ((last - timedelta(days=back)).isoformat() for back in range(span, -1, -1))
    return [(day, known.get(day, 0)) for day in days]


def stacked(title: str, rows: Sequence[tuple[str, Rows]], heads: tuple[str, str, str], show: Show = number) -> Markup:
    """One bar a place, put together from its parts: rows of (place, [(cookie, boxes), ...]).

    heads name the place, the part and the figure. Every cookie keeps its colour in all places; the eighth and
    later ones share one. The table holds each place and part on a line.
    """
    rows = [(place, [(part, value) for part, value in parts if value]) for place, parts in rows]
    parts_seen = list(dict.fromkeys(part for _, parts in rows for part, _ in parts))
    if not parts_seen:
        return _nothing(title)
    colour = {part: f"c{min(n, COLOURS)}" for n, part in enumerate(parts_seen, 1)}
    totals = [(place, sum(value for _, value in parts)) for place, parts in rows]
    most = max(sum(max(value, 0) for _, value in parts) for _, parts in rows)
    drawing = Markup("").join(
        _caption(n, place, show(total)) + _segments(n, parts, most, colour, show)
        for n, ((place, total), (_, parts)) in enumerate(zip(totals, rows, strict=True))
    )
    legend = [(part, colour[part]) for part in parts_seen[: COLOURS - 1]]
    rest = parts_seen[COLOURS - 1 :]
    if rest:
        legend.append((rest[0] if len(rest) == 1 else gettext("All others"), f"c{COLOURS}"))
    picture = _picture(title, _highest(totals, show), BAR_EM * len(rows) - 0.4, drawing)
    lines = [(place, part, show(value)) for place, parts in rows for part, value in parts]
    return _figure(title, picture + _legend(legend), _table(heads, lines))


def _picture(title: str, words: str, height: float, drawing: Markup) -> Markup:
    more = Markup("<desc>{}</desc>").format(words) if words else ""
    return Markup('<svg role="img" width="100%" height="{}em"><title>{}</title>{}{}</svg>').format(
        _at(height), title, more, drawing
    )


def _figure(title: str, picture: Markup, table: Markup) -> Markup:
    return Markup('<figure class="chart"><figcaption>{}</figcaption>{}{}</figure>').format(title, picture, table)


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> Markup:
    """The same figures to read; the last column holds them."""
    return Markup("<details><summary>{}</summary><table><thead>{}</thead><tbody>{}</tbody></table></details>").format(
        gettext("As a table"), _row(_HEAD, heads), Markup("").join(_row(_BODY, line) for line in lines)
    )


_HEAD = (
    Markup('<tr><th scope="col">'),
    Markup('</th><th scope="col">'),
    Markup('</th><th scope="col" class="num">'),
    Markup("</th></tr>"),
)
_BODY = (Markup("<tr><td>"), Markup("</td><td>"), Markup('</td><td class="num">'), Markup("</td></tr>"))


def _row(pieces: Sequence[Markup], cells: Sequence[str]) -> Markup:
    """Joined, for Markup's own format looks at each word of each cell, and a season has hundreds."""
    start, between, last, end = pieces
    *texts, figure = cells
    return start + between.join(texts) + last + figure + end


def _legend(entries: Sequence[tuple[str, str]]) -> Markup:
    swatch = Markup('<li><svg aria-hidden="true"><rect class="{}" width="100%" height="100%" rx=".15em"/></svg>{}</li>')
    return Markup('<ul class="legend">{}</ul>').format(
        Markup("").join(swatch.format(colour, part) for part, colour in entries)
    )


def _nothing(title: str) -> Markup:
    return Markup('<p class="soft">{}: {}</p>').format(title, gettext("nothing to draw yet."))


def _caption(n: int, label: str, figure: str) -> Markup:
    line = Markup('<text y="{0}em">{1}</text><text x="100%" y="{0}em" text-anchor="end">{2}</text>')
    return line.format(_at(BAR_EM * n + 1), _short(label), figure)


def _bar(n: int, start: float, width: float, colour: str, rounded: bool = False) -> Markup:
    if not width:
        return Markup("")
    return Markup('<rect class="{}" x="{}%" y="{}em" width="{}%" height=".7em"{}/>').format(
        colour, _at(start), _at(BAR_EM * n + 1.4), _at(width), Markup(' rx=".35em"') if rounded else ""
    )


def _segments(n: int, parts: Rows, most: int, colour: dict[str, str], show: Show) -> Markup:
    """The parts of one place side by side, a hair apart."""
    drawn, start = Markup(""), 0.0
    for part, value in parts:
        width = _share(value, most)
        if width:
            piece = Markup('<rect class="{}" x="{}%" y="{}em" width="{}%" height=".9em"><title>{}</title></rect>')
            tip = f"{part}: {show(value)}"
            drawn += piece.format(colour[part], _at(start), _at(BAR_EM * n + 1.35), _at(max(width - 0.35, 0.15)), tip)
        start += width
    return drawn


def _columns(values: Sequence[int], top: int) -> Markup:
    slot = 100 / len(values)
    return Markup("").join(
        Markup('<rect class="c1" x="{}%" y="{}em" width="{}%" height="{}em"/>').format(
            _at(slot * n + slot * 0.1), _at(_down(value, top)), _at(slot * 0.8), _at(PLOT_EM + 1 - _down(value, top))
        )
        for n, value in enumerate(values)
        if value > 0
    )


def _line(values: Sequence[int], top: int) -> Markup:
    slot = 100 / len(values)
    middles = [(slot * (n + 0.5), _down(value, top)) for n, value in enumerate(values)]
    lines = list(pairwise(middles if len(middles) > 1 else middles * 2))
    return (_STROKE * len(lines)) % tuple(_at(length) for line in lines for point in line for length in point)


_STROKE = Markup('<line class="stroke" x1="%s%%" y1="%sem" x2="%s%%" y2="%sem"/>')


def _rule(mark: int, top: int) -> Markup:
    return Markup('<line class="rule" x2="100%" y1="{0}em" y2="{0}em"/>').format(_at(_down(mark, top)))


def _mark(mark: int, top: int, show: Show) -> Markup:
    text = Markup('<text class="faint halo" x="100%" y="{}em" dy="-.3em" text-anchor="end">{}</text>')
    # The letters are smaller than the drawing's, and an em is theirs.
    return text.format(_at(_down(mark, top) * 14 / 12), show(mark))


def _ends(named: Rows) -> Markup:
    text = Markup('<text class="faint" x="{}%" y="{}em" text-anchor="{}">{}</text>')
    below = _at((PLOT_EM + 2.2) * 14 / 12)
    first = text.format(0, below, "start", named[0][0])
    return first + (text.format(100, below, "end", named[-1][0]) if len(named) > 1 else "")


def _highest(rows: Rows, show: Show) -> str:
    label, value = max(rows, key=lambda row: row[1])
    return gettext("The most: %(label)s, %(value)s.", label=label, value=show(value))


def _share(value: int, whole: int) -> float:
    """Per cent of the whole, never under 0 nor over 100."""
    return min(max(value, 0) * 100 / whole, 100) if whole > 0 else 0


def _down(value: int, top: int) -> float:
    return 1 + PLOT_EM * (100 - _share(value, top)) / 100


def _round_up(most: int) -> int:
    """The next even figure a person would write on an axis: 2, 4, 10, 20, 40, 60, 80, 100, 200 ..."""
    if most <= 2:
        return 2
    step = 10 ** (len(str(most)) - 1)
    return next(step * times for times in (1, 2, 4, 6, 8, 10) if step * times >= most and step * times % 2 == 0)


def _day(day: str) -> str:
    return _day_in(day, str(get_locale() or "en"))


@lru_cache(maxsize=1000)
def _day_in(day: str, language: str) -> str:
    return format_skeleton("MMMd", date.fromisoformat(day), locale=language)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def _at(length: float) -> str:
    """A length with as many digits as an eye can tell apart."""
    return f"{length:.2f}".rstrip("0").rstrip(".")
