"""What the source may not do, whatever it is for: the rules that keep whole kinds of holes out."""

import ast
import hashlib
import re

from gsctracker.web.access import Notices
from tests.house.source import PACKAGE, calls, dotted, modules

TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.html"))


def test_no_template_turns_escaping_off():
    """SEC-18: |safe and autoescape false are not in our language: what a template shows is text."""
    assert len(TEMPLATES) > 50
    odd = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")
    assert not [file.name for file in TEMPLATES if odd.search(file.read_text(encoding="utf-8"))]


def test_no_template_holds_a_script_a_style_or_a_handler():
    """SEC-18: the policy allows none, so none may be needed."""
    odd = re.compile(r"""<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=["']|javascript:""", re.IGNORECASE)
    assert not [
        file.name
        for file in TEMPLATES
        if odd.search(re.sub(r"{#.*?#}", "", file.read_text(encoding="utf-8"), flags=re.S))
    ]


DRAWN_BY_US = {
    "web/pages/recovery.py": "a QR code drawn by segno from a key of ours",
    "web/pages/second_factor.py": "a QR code drawn by segno from a secret of ours and her sign-in name",
    "web/pages/people.py": "a QR code drawn by segno from an address of ours",
}
"""Where finished markup comes from elsewhere, and why it holds nothing that anybody typed."""


def test_markup_is_only_made_of_constants_that_escape_what_is_filled_in():
    """SEC-18: Markup("...") takes a literal, and .format() on it escapes; everything else has to be named here."""
    found = set()
    for module in modules():
        for name, call in calls(module):
            if name == "Markup" and call.args and not isinstance(call.args[0], ast.Constant):
                found.add(module.name)
    assert found <= set(DRAWN_BY_US), found - set(DRAWN_BY_US)


FORBIDDEN = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "pickle.loads", "pickle.load", "marshal.loads",
    "yaml.load", "shelve.open", "tempfile.mktemp", "random.random", "render_template_string",
}  # fmt: skip
"""Calls that make code of text, or guessable what must not be guessed."""


def test_nothing_makes_code_of_text():
    """SEC-27: no eval, no pickle, no shell, no template from a string."""
    found = [
        f"{module.name}:{node.lineno} {dotted(node.func)}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) in FORBIDDEN
    ]
    assert not found


def test_no_program_is_started_through_a_shell():
    """SEC-27: a subprocess gets a list of words, and `shell` is never set."""
    found = []
    for module in modules():
        for name, call in calls(module):
            if name in ("run", "Popen", "check_output", "call") and dotted(call.func).startswith("subprocess."):
                shell = [key for key in call.keywords if key.arg == "shell"]
                if shell or isinstance(call.args[0], ast.JoinedStr | ast.Constant):
                    found.append(f"{module.name}:{call.lineno}")
    assert not found


def test_no_call_outside_trusts_any_certificate():
    """SEC-08: verification of certificates is turned off only where somebody asks for that by an option of a command."""
    odd = re.compile(r"verify\s*=\s*False|CERT_NONE|_create_unverified_context|check_hostname\s*=\s*False")
    assert not [module.name for module in modules() if odd.search(module.text) and module.name not in ASKED_FOR]


ASKED_FOR = {"ops/smoke.py": "a box whose certificate the operator knows to be its own; her option says so each time"}


def test_what_can_be_guessed_makes_no_secret():
    """SEC-01: `random` is for the example troop alone; secrets come from `secrets`."""
    found = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Import) and "random" in {name.name for name in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module == "random")
    }
    assert not {name for name in found if not name.startswith("ops/demo")}


def test_no_weak_hash_is_used():
    """SEC-27: MD5 and SHA-1 are used for nothing at all, the cookie of the notices included."""
    found = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if dotted(node).split(".")[-1] in ("md5", "sha1", "MD5", "SHA1")
        or (isinstance(node, ast.Constant) and node.value in ("md5", "sha1"))
    ]
    assert not found
    assert Notices.digest_method is hashlib.sha256


def test_every_password_field_hides_and_takes_a_paste():
    """SEC-21: type=password, with the word that a password manager looks for, and no script between paste and field."""
    fields = [
        (file.name, tag)
        for file in TEMPLATES
        for tag in re.findall(r"field\(\"(?:password|repeat|current)\".*?\) }}", file.read_text(encoding="utf-8"))
    ]
    assert len(fields) > 8
    for name, tag in fields:
        assert 'type="password"' in tag, (name, tag)
        assert re.search(r'autocomplete="(current|new)-password"', tag), (name, tag)
    scripts = "".join(file.read_text(encoding="utf-8") for file in (PACKAGE / "web" / "static").rglob("*.js"))
    assert "onpaste" not in scripts
    assert 'addEventListener("paste"' not in scripts


def test_scripts_put_in_text_as_text():
    """SEC-18 ASVS 3.2.2: no script of ours makes code of a string; the live board's part goes through a parser that runs nothing."""
    odd = re.compile(
        r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment|\bsrcdoc\b|\beval\(|new Function\("
    )
    scripts = sorted((PACKAGE / "web" / "static").rglob("*.js"))
    assert len(scripts) > 5
    assert [file.name for file in scripts if odd.search(file.read_text(encoding="utf-8"))] == []


def test_pages_and_scripts_ask_nobody_else_and_nothing_in_the_open():
    """SEC-12: live boards and all else come from the box itself over the page's own connection: no mixed content."""
    from gsctracker.web.headers import POLICY

    assert "connect-src 'self'" in POLICY
    odd = re.compile(
        r"""\bwss?:|new WebSocket|(?:src|action|href|fetch\(|EventSource\(|import)\s*[=(]?\s*["'`]https?://""",
        re.IGNORECASE,
    )
    files = [*TEMPLATES, *(PACKAGE / "web" / "static").rglob("*.js"), *(PACKAGE / "web" / "static").rglob("*.css")]
    assert [
        file.name for file in files if odd.search(re.sub(r"{#.*?#}", "", file.read_text(encoding="utf-8"), flags=re.S))
    ] == []
