"""The rules of the doors: each route says who may enter, each call is described, each command explains itself."""

import ast
import re

import click
import pytest
from flask import Blueprint

from gsctracker import cli
from tests.house.source import dotted, functions, modules


def test_every_route_says_who_may_enter():
    """AUTH-01: @allow stands at each route (and create_app looks again, see below)."""
    routes = [(module, function) for module in modules() if module.within("web") for function in functions(module)]
    for module, function in routes:
        said = [dotted(mark.func if isinstance(mark, ast.Call) else mark) for mark in function.decorator_list]
        if any(re.fullmatch(r"(bp|app|\w+_bp)\.(get|post|put|patch|delete|route)", mark) for mark in said):
            assert any(mark.split(".")[-1] == "allow" for mark in said), (
                f"{module.name}:{function.lineno} {function.name}"
            )


def test_a_route_that_says_nothing_stops_the_start(make_app, monkeypatch):
    """AUTH-01: an unmarked route is a build failure, not an open door."""
    from gsctracker.web import pages

    silent = Blueprint("silent", __name__)
    silent.get("/silent")(lambda: "anybody?")
    monkeypatch.setattr(pages, "blueprints", lambda: [silent])
    with pytest.raises(RuntimeError, match=r"do not say who may enter \(@allow\): /silent"):
        make_app()


def test_a_route_for_a_permission_nobody_has_stops_the_start(make_app, monkeypatch):
    from gsctracker.web import pages
    from gsctracker.web.access import allow

    odd = Blueprint("odd", __name__)
    odd.get("/odd")(allow("nonsense")(lambda: "nobody"))
    monkeypatch.setattr(pages, "blueprints", lambda: [odd])
    with pytest.raises(RuntimeError, match="nobody has the permission 'nonsense'"):
        make_app()


def test_every_call_is_described(make_app):
    """Each address under /api is in the description, and the description has no address that is not there."""
    app = make_app()
    described = {
        (method.upper(), re.sub(r"{\w+}", "{}", address))
        for address, methods in app.test_client().get("/api/openapi.json").get_json()["paths"].items()
        for method in methods
    }
    served = {
        (method, re.sub(r"<[^>]+>", "{}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.rule != "/api/docs"
    }
    assert {(method, re.sub(r"{}|\b1\b", "{}", address)) for method, address in described} == {
        (method, re.sub(r"{}|\b1\b", "{}", address)) for method, address in served
    }


CONTRACT = """
    POST /api/auth/login · POST /api/auth/logout · GET /api/auth/me · GET /api/sales · POST /api/sales · GET /api/sales/{}
    PATCH /api/sales/{} · DELETE /api/sales/{} · GET /api/troops/{}/summary · GET /api/troops/{}/reports/summary
    GET /api/troops/{}/scouts · GET /api/troops/{}/products · GET /api/troops/{}/inventory · GET /api/troops/{}/balances
    GET /api/troops/{}/booths · GET /api/troops/{}/goals · POST /api/troops/{}/transfers · POST /api/troops/{}/payments
    POST /api/troops/{}/imports · POST /api/troops/{}/imports/{}/apply · POST /api/troops/{}/imports/{}/undo
    GET /health · GET /metrics · GET /api/openapi.json · GET /api/docs · GET /robots.txt
"""
"""The addresses that programs outside rely on."""


def test_the_addresses_of_the_contract_are_there(make_app):
    served = {
        f"{method} {re.sub(r'<[^>]+>', '{}', rule.rule)}"
        for rule in make_app().url_map.iter_rules()
        for method in rule.methods
    }
    assert not {line.strip() for line in re.split(r"·|\n", CONTRACT) if line.strip()} - served


def commands(group, path=("gsctracker",)):
    """Every command with the words that call it."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def test_every_command_has_help_with_an_example():
    """`--help` says what it does, and how it is written."""
    for called, command in commands(cli.main):
        help_text = command.get_help(click.Context(command, info_name=called))
        assert command.help, called
        assert re.search(rf"Examples?: {called}\b", " ".join(help_text.split())), f"{called} --help has no example"
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert parameter.help, f"{called} {parameter.opts[0]} is not explained"
