"""Signing in and out, and who is signed in."""

from typing import Annotated

from flask import Blueprint, Response, after_this_request, g, request
from msgspec import Meta

from gsctracker.domain.people import accounts, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Invalid
from gsctracker.web import limits
from gsctracker.web.access import allow
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask
from gsctracker.web.visitors import enter, forget, remember, token_of
from gsctracker.words import N_

bp = Blueprint("auth_calls", __name__, url_prefix="/api/auth")


class SignIn(Ask, frozen=True):
    """The name somebody signs in with (mostly an e-mail address) and her password; a code where she has a second factor."""

    email: Annotated[str, Meta(min_length=1, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=200)]
    code: Annotated[str, Meta(max_length=60)] = ""


class User(Answer, frozen=True):
    """Somebody who is signed in."""

    id: int
    first_name: str
    last_name: str
    role: str
    troop_id: int
    language: str
    scout_ids: list[int]


class SignedIn(Answer, frozen=True):
    """Who is signed in now."""

    user: User


def _checked(body: SignIn) -> limits.Checked:
    """The account that name and password belong to; takes as long for a name nobody has."""
    found = limits.checked(body.email, body.password)
    if found.needs_code and not body.code:
        raise Invalid(N_("This account asks for a code of the phone too: send it as code."), "second_factor_required")
    if found.needs_code:
        limits.take_code(body.email, found.account.id, body.code)
    return found


@bp.post("/login")
@allow("public")
@call(form=True, before=_checked, refuses=(401, 429))
def sign_in(tx, body: SignIn, ready: limits.Checked) -> SignedIn:
    """Sign in with name and password, as JSON or as a form; answers with a session cookie."""
    if ready.renewed:
        accounts.renew_hash(tx, ready.account.id, ready.account.password_hash, ready.renewed)
    limits.of().note("right")
    token = enter(tx, ready.account.id)

    @after_this_request
    def _(response: Response) -> Response:
        return remember(response, token)

    return SignedIn(_user(sessions.resume(tx, token)))


@bp.post("/logout")
@allow("public")
@call(204)
def sign_out(tx) -> None:
    """Sign out of this session."""
    token = token_of(request.environ)
    if token:
        sessions.end(tx, token)

    @after_this_request
    def _(response: Response) -> Response:
        return forget(response)


@bp.get("/me")
@allow("anyone")
@call()
def me() -> SignedIn:
    """Who is signed in."""
    return SignedIn(_user(g.by))


def _user(person: Person) -> User:
    return User(
        id=person.id,
        first_name=person.first_name,
        last_name=person.last_name,
        role=person.role,
        troop_id=1,
        language=person.language,
        scout_ids=sorted(person.scout_ids),
    )
