"""Consent: recorded before a girl has an account, ended with the season or at once, kept as it was."""

import apsw
import pytest

from gsctracker import clock
from gsctracker.db.rows import add, one, run, value
from gsctracker.domain.people import accounts, consents, families, girls_accounts, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import HASH, agree, make_person, make_scout

TODAY = clock.now()[:10]


@pytest.fixture
def ana(tx):
    return make_scout(tx)


@pytest.fixture
def cara(tx, ana):
    return make_person(tx, "caregiver", "Cara", scout_ids=(ana,))


@pytest.fixture
def lea(tx):
    return make_person(tx, "leader")


def guardian_of(tx, scout_id):
    return families.of_scouts(tx, [scout_id])[scout_id][0].id


def test_a_girl_has_no_account_before_consent_is_recorded(tx, ana, cara, lea):
    """AUTH-06: consent is needed before a child can sign in."""
    with pytest.raises(Conflict, match="No guardian's consent"):
        girls_accounts.open_for(tx, ana, "ana-mint", HASH, cara)
    consents.record(tx, ana, guardian_id=guardian_of(tx, ana), signed_on=TODAY, by=lea)
    account = girls_accounts.open_for(tx, ana, "ana-mint", HASH, cara)
    assert accounts.candidate(tx, "ana-mint").id == account


def test_the_file_itself_knows_no_girls_account_without_consent(tx, ana, cara, lea):
    """AUTH-06: the triggers a_girls_account_has_consent and a_girls_account_keeps_consent, and the reference that is not null."""
    row = "INSERT INTO accounts (sign_in_name, first_name, role, scout_id, consent_id, password_hash, created_at) "
    with pytest.raises(apsw.ConstraintError, match="a consent that stands"):
        run(
            tx,
            row + "VALUES ('ana', 'Ana', 'scout', :ana, NULL, :hash, :now)",
            ana=ana,
            hash=HASH,
            now=clock.now(),
        )
    consent = agree(tx, ana)
    bea = make_scout(tx, "Bea", "B.")
    with pytest.raises(apsw.ConstraintError, match="a consent that stands"):
        run(
            tx,
            row + "VALUES ('bea', 'Bea', 'scout', :bea, :consent, :hash, :now)",
            bea=bea,
            consent=consent,
            hash=HASH,
            now=clock.now(),
        )
    agree(tx, ana)
    girls_accounts.open_for(tx, ana, "ana", HASH, cara)
    consents.withdraw(tx, ana, cara)
    with pytest.raises(apsw.ConstraintError, match="a consent that stands"):
        run(tx, "UPDATE accounts SET state = 'active' WHERE scout_id = :ana", ana=ana)


def test_taking_it_back_ends_her_sessions_and_her_account_at_once(tx, ana, cara, admin):
    """AUTH-06: withdrawal is felt at once, by the sessions that are open too (a_withdrawal_is_felt_at_once)."""
    girl = make_person(tx, "scout", "Ana", scout_ids=(ana,))
    token = sessions.start(tx, girl.id)
    assert sessions.resume(tx, token).id == girl.id
    consents.withdraw(tx, ana, cara)
    assert sessions.resume(tx, token) is None
    assert accounts.find(tx, girl.id).state == "disabled"
    assert consents.may_be_named(tx) == frozenset()
    with pytest.raises(Conflict, match="No guardian's consent"):
        accounts.enable(tx, girl.id, admin)
    agree(tx, ana)
    assert accounts.find(tx, girl.id).state == "active"


def test_it_ends_with_the_season(tx, ana, admin):
    """AUTH-06: a new season asks anew."""
    girl = make_person(tx, "scout", "Ana", scout_ids=(ana,))
    token = sessions.start(tx, girl.id)
    seasons.begin(tx, 2027, "abc", by=admin)
    assert consents.standing(tx, ana) is None
    assert sessions.resume(tx, token) is None
    assert accounts.candidate(tx, accounts.find(tx, girl.id).sign_in_name) is None
    assert consents.put_to_rest(tx) == 1
    assert accounts.find(tx, girl.id).state == "disabled"
    assert consents.put_to_rest(tx) == 0


def test_it_ends_after_a_year(tx, ana, lea, monkeypatch):
    girl = make_person(tx, "scout", "Ana", scout_ids=(ana,))
    token = sessions.start(tx, girl.id)
    later = clock.after(days=367)
    run(tx, "UPDATE sessions SET expires_at = :later", later=clock.after(days=400))
    monkeypatch.setattr(clock, "now", lambda: later)
    assert consents.standing(tx, ana) is None
    assert sessions.resume(tx, token) is None


@pytest.mark.parametrize("days", [-500, 3])
def test_a_paper_of_another_time_is_refused_beside_its_field(tx, ana, cara, lea, days):
    with pytest.raises(Invalid) as no:
        consents.record(tx, ana, guardian_id=guardian_of(tx, ana), signed_on=clock.after(days=days)[:10], by=lea)
    assert "signedOn" in no.value.fields


def test_only_an_adult_who_answers_for_her_signs(tx, ana, cara, lea):
    bea = make_scout(tx, "Bea", "B.")
    make_person(tx, "caregiver", "Dora", scout_ids=(bea,))
    with pytest.raises(Invalid, match="answers for her"):
        consents.record(tx, ana, guardian_id=guardian_of(tx, bea), signed_on=TODAY, by=lea)
    with pytest.raises(NotAllowed):
        consents.record(tx, ana, guardian_id=guardian_of(tx, ana), signed_on=TODAY, by=cara)


def test_another_familys_consent_is_not_to_be_found(tx, ana):
    agree(tx, ana)
    dora = make_person(tx, "caregiver", "Dora", scout_ids=(make_scout(tx, "Bea", "B."),))
    for ask in (consents.withdraw, consents.history, girls_accounts.of):
        with pytest.raises(NotFound):
            ask(tx, ana, by=dora)
    with pytest.raises(NotFound):
        girls_accounts.open_for(tx, ana, "ana", HASH, dora)
    herself = make_person(tx, "scout", "Ana", scout_ids=(ana,))
    with pytest.raises(NotAllowed):
        consents.withdraw(tx, ana, herself)


def test_scopes_say_what_other_families_may_read(tx, ana):
    bea = make_scout(tx, "Bea", "B.")
    agree(tx, ana, shows_name=True)
    agree(tx, bea, ranks=True)
    assert (consents.may_be_named(tx), consents.may_be_ranked(tx)) == ({ana}, {bea})
    agree(tx, ana)
    assert consents.may_be_named(tx) == frozenset()


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE consents SET shows_name = 1",
        "UPDATE consents SET expires_on = '2099-01-01'",
        "UPDATE consents SET evidence = 'elsewhere'",
        "DELETE FROM consents",
    ],
)
def test_what_was_signed_is_never_edited(tx, ana, attack):
    """AUTH-07: consents_are_kept and consents_stay."""
    agree(tx, ana)
    with pytest.raises(apsw.ConstraintError, match=r"a consent is (never edited|kept for three years)"):
        run(tx, attack)


def agreed_on(tx, scout_id, day, until, taken_back_on=""):
    """Consent as it was recorded on a day long ago; gives its id."""
    row = """INSERT INTO consents (scout_id, season_id, kind, guardian_id, method, signed_on, expires_on, recorded_at)
             VALUES (:scout, 1, :kind, :guardian, 'paper', :day, :until, :at)"""
    who = {"scout": scout_id, "guardian": guardian_of(tx, scout_id)}
    given = add(tx, row, kind="given", day=day, until=until, at=f"{day}T10:00:00Z", **who)
    if taken_back_on:
        add(tx, row, kind="withdrawn", day=taken_back_on, until=None, at=f"{taken_back_on}T10:00:00Z", **who)
    return given


def test_a_record_of_consent_goes_three_years_after_it_ended_and_no_sooner(tx, ana, cara):
    """AUTH-12 AUTH-07: with the word that took it back, and that they went is said; what was agreed later stays."""
    today = clock.now()[:10]
    year = int(today[:4])
    agreed_on(tx, ana, f"{year - 6}-01-10", f"{year - 5}-01-10", f"{year - 6}-03-01")
    kept = agreed_on(tx, ana, f"{year - 3}-01-10", f"{year - 2}-01-10")
    assert consents.forget(tx) == 2
    assert [row.id for row in consents.history(tx, ana, cara)] == [kept]
    assert value(tx, "SELECT detail FROM audit_log WHERE action = 'consent.records_over'") == '{"records":2,"years":3}'
    assert consents.forget(tx) == 0


def test_a_word_that_took_back_a_consent_stays_as_long_as_the_consent(tx, ana, cara):
    year = int(clock.now()[:4])
    agreed_on(tx, ana, f"{year - 4}-01-10", f"{year - 2}-12-31", f"{year - 4}-03-01")
    assert consents.forget(tx) == 0
    assert [row.kind for row in consents.history(tx, ana, cara)] == ["withdrawn", "given"]


def test_a_girls_account_that_slept_for_years_holds_no_record_back(tx, ana, cara):
    """AUTH-12: the account stays asleep, and needs a new consent to wake."""
    year = int(clock.now()[:4])
    girl = make_person(tx, "scout", "Ana", scout_ids=(ana,))
    consents.withdraw(tx, ana, cara)
    old = agreed_on(tx, ana, f"{year - 6}-01-10", f"{year - 5}-01-10")
    run(tx, "UPDATE accounts SET consent_id = :old WHERE id = :id", old=old, id=girl.id)
    assert consents.forget(tx) == 1
    assert accounts.find(tx, girl.id).state == "disabled"
    agree(tx, ana)
    assert accounts.find(tx, girl.id).state == "active"


def test_each_word_is_a_row_and_a_line_of_the_record(tx, ana, cara):
    """AUTH-07: consent given and withdrawn is kept, by ids."""
    agree(tx, ana)
    consents.withdraw(tx, ana, cara)
    assert [row.kind for row in consents.history(tx, ana, cara)] == ["withdrawn", "given"]
    assert value(tx, "SELECT group_concat(action) FROM audit_log WHERE action GLOB 'consent*'") == (
        "consent.given,consent.withdrawn"
    )
    assert "Ana" not in value(tx, "SELECT group_concat(detail) FROM audit_log")
    with pytest.raises(Conflict, match="nothing to take back"):
        consents.withdraw(tx, ana, cara)


def test_her_passphrase_is_her_guardians_to_set(tx, ana, cara, admin, lea):
    """AUTH-06: a reset of a child's sign-in goes to her guardian."""
    girl = make_person(tx, "scout", "Ana", scout_ids=(ana,))
    token = sessions.start(tx, girl.id)
    with pytest.raises(NotAllowed, match="An adult of her family"):
        girls_accounts.reset(tx, ana, HASH, admin)
    with pytest.raises(NotAllowed):
        girls_accounts.reset(tx, ana, HASH, lea)
    with pytest.raises(NotAllowed):
        girls_accounts.reset(tx, ana, HASH, Person(girl.id, "scout", "Ana", scout_ids=frozenset({ana})))
    other = HASH.replace("AAAA", "BBBB", 1)
    girls_accounts.reset(tx, ana, other, cara)
    assert one(tx, "SELECT password_hash FROM accounts WHERE id = :id", id=girl.id).password_hash == other
    assert sessions.resume(tx, token) is None


def test_who_manages_people_sets_it_where_no_guardian_has_an_account(tx, ana, admin):
    girl = make_person(tx, "scout", "Ana", scout_ids=(ana,))
    girls_accounts.reset(tx, ana, HASH, admin)
    with pytest.raises(Conflict, match="an account already"):
        girls_accounts.open_for(tx, ana, "ana-2", HASH, admin)
    assert accounts.find(tx, girl.id).state == "active"
