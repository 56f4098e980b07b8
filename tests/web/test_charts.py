"""Pictures made of rows: what they say to eyes, to ears and to a strict content policy."""

import re
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask_babel import Babel

from gsctracker.web import charts
from gsctracker.web.locale import money

COOKIES = [("Thin Mints", 1200), ("Trefoils", 300), ("Lemonades", 0)]
HEADS = ("Cookie", "Boxes")


@pytest.fixture
def spanish():
    app = Flask("pictures")
    Babel(app, default_locale="es")
    with app.test_request_context():
        yield


def drawing(markup):
    """The first picture, read as strictly as XML is."""
    return ElementTree.fromstring(re.search(r"<svg.*?</svg>", markup, re.DOTALL)[0])


def widths(markup, colour):
    return [float(bar.get("width").rstrip("%")) for bar in drawing(markup).iter("rect") if bar.get("class") == colour]


def every_chart():
    return [
        charts.progress(143, 200, "Ana"),
        charts.bars("Cookies", COOKIES, HEADS),
        charts.per_day("Days", [("2026-02-13", 4), ("2026-02-14", 9)], ("Day", "Boxes")),
        charts.per_day("Days", [("2026-02-13", 4), ("2026-02-14", 9)], ("Day", "Boxes"), shape="line"),
        charts.stacked("Stock", [("Closet", COOKIES), ("Ana", COOKIES[:1])], ("Place", "Cookie", "Boxes")),
    ]


def test_the_longest_bar_fills_the_width_and_the_others_keep_their_share():
    assert widths(charts.bars("Cookies", COOKIES, HEADS), "c1") == [100, 25]


def test_every_chart_is_a_picture_with_a_name():
    for markup in every_chart():
        picture = drawing(markup)
        assert picture.get("role") == "img"
        assert picture.find("title").text


def test_the_description_names_the_highest_row():
    assert drawing(charts.bars("Cookies", COOKIES, HEADS)).find("desc").text == "The most: Thin Mints, 1,200."


def test_every_figure_of_a_chart_can_be_read_in_its_table():
    table = charts.bars("Cookies", COOKIES, HEADS).split("<table>")[1]
    for label, shown in [("Thin Mints", "1,200"), ("Trefoils", "300"), ("Lemonades", "0")]:
        assert f'<td>{label}</td><td class="num">{shown}</td>' in table


def test_no_chart_needs_an_inline_style_or_a_script():
    for markup in every_chart():
        assert not re.search(r"\sstyle=|<style|<script|\son\w+=", markup)


def test_a_name_cannot_become_markup():
    hostile = '<img src=x onerror="alert(1)">'
    for markup in (
        charts.progress(1, 2, hostile),
        charts.bars(hostile, [(hostile, 1)], (hostile, hostile)),
        charts.stacked(hostile, [(hostile, [(hostile, 1)])], (hostile, hostile, hostile)),
    ):
        assert "<img" not in markup


def test_a_long_name_is_shortened_in_the_picture_and_whole_in_the_table():
    name = "A cookie with a name that nobody could ever fit on a phone"
    markup = charts.bars("Cookies", [(name, 1)], HEADS)
    assert all(len(text.text) <= charts.LONGEST_LABEL for text in drawing(markup).iter("text"))
    assert f"<td>{name}</td>" in markup


@pytest.mark.parametrize(
    "empty",
    [
        charts.bars("Cookies", [], HEADS),
        charts.per_day("Days", [], HEADS),
        charts.stacked("Stock", [("Closet", [])], ("Place", "Cookie", "Boxes")),
    ],
)
def test_nothing_to_draw_is_said_in_words(empty):
    assert "<svg" not in empty
    assert "nothing to draw yet" in empty


def test_less_than_nothing_has_no_bar_but_keeps_its_figure():
    markup = charts.bars("Cookies", [("Thin Mints", 10), ("Trefoils", -3)], HEADS)
    assert widths(markup, "c1") == [100]
    assert "-3" in markup


def test_rows_of_nothing_are_drawn_without_bars():
    assert widths(charts.bars("Cookies", [("Thin Mints", 0)], HEADS), "c1") == []


@pytest.mark.parametrize(("value", "goal", "colour", "width"), [(50, 200, "c1", 25), (210, 200, "full", 100)])
def test_progress_is_a_share_of_the_goal_and_changes_colour_when_it_is_reached(value, goal, colour, width):
    assert widths(charts.progress(value, goal, "Ana"), colour) == [width]


@pytest.mark.parametrize("goal", [None, 0])
def test_progress_without_a_goal_is_empty(goal):
    assert widths(charts.progress(50, goal, "Ana"), "trough") == [100]
    assert len(list(drawing(charts.progress(50, goal, "Ana")).iter("rect"))) == 1


def test_days_stand_on_an_axis_with_round_figures():
    markup = charts.per_day("Days", [("2026-02-13", 0), ("2026-02-14", 143)], ("Day", "Boxes"))
    assert [text.text for text in drawing(markup).iter("text")] == ["200", "100", "Feb 13", "Feb 14"]


def test_days_are_written_as_the_language_writes_them(spanish):
    markup = charts.per_day("Días", [("2026-02-13", 0), ("2026-02-14", 143)], ("Día", "Cajas"))
    assert "13 feb" in markup


def test_a_whole_season_of_days_becomes_a_line():
    days = [(f"2026-{1 + n // 28:02}-{1 + n % 28:02}", n) for n in range(100)]
    picture = drawing(charts.per_day("Days", days, ("Day", "Boxes")))
    assert not list(picture.iter("rect"))
    assert len([one for one in picture.iter("line") if one.get("class") == "stroke"]) == 99


def test_a_cookie_keeps_its_colour_in_every_place():
    markup = charts.stacked(
        "Stock",
        [("Closet", [("Thin Mints", 3), ("Trefoils", 1)]), ("Ana", [("Trefoils", 4)])],
        ("Place", "Cookie", "Boxes"),
    )
    colours = {one.find("title").text: one.get("class") for one in drawing(markup).iter("rect")}
    assert colours == {"Thin Mints: 3": "c1", "Trefoils: 1": "c2", "Trefoils: 4": "c2"}


def test_more_cookies_than_colours_share_the_last_one():
    markup = charts.stacked(
        "Stock", [("Closet", [(f"Cookie {n}", 5) for n in range(12)])], ("Place", "Cookie", "Boxes")
    )
    assert [one.get("class") for one in drawing(markup).iter("rect")][-5:] == ["c8"] * 5
    assert "All others" in markup


def test_figures_can_be_money():
    assert "$12.50" in charts.bars("Owed", [("Ana", 1250)], ("Girl", "Owes"), show=money)
