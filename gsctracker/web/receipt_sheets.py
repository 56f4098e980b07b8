"""Receipts in words: what each is about, whether it was signed, and the sheets that are printed of it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, g
from flask_babel import force_locale, gettext

from gsctracker.domain.money import balances, receipts, reminders
from gsctracker.domain.season import seasons
from gsctracker.domain.season import troop as troops
from gsctracker.integrations import receipt_pdf
from gsctracker.integrations.receipt_pdf import Sheet
from gsctracker.web import locale, reminder_words, trade_words, wording
from gsctracker.words import N_

MOST_IN_FILE = 500
KINDS = {"T2G": N_("Boxes handed out"), "G2T": N_("Boxes brought back"), "payment": N_("Money handed in")}


def state(receipt: Any) -> tuple[str, str]:
    """How far a receipt is, in words, and the kind of its badge."""
    if receipt.void_entry_id:
        return gettext("Void"), "bad"
    if receipt.signature:
        return gettext("Signed"), "good"
    if receipt.confirmed_by:
        return gettext("Confirmed"), "good"
    return gettext("Waits for the family"), "wait"


def signed(receipt: Any) -> str:
    """Who signed or confirmed it, and when; nothing where nobody did."""
    said = []
    if receipt.signature:
        when = locale.moment(receipt.signed_at)
        said.append(gettext("Signed by %(name)s, %(moment)s", name=receipt.adult, moment=when))
    if receipt.confirmed_by:
        when = locale.moment(receipt.confirmed_at)
        said.append(
            gettext("Confirmed by %(name)s with her own account, %(moment)s", name=receipt.confirmer, moment=when)
        )
    return "; ".join(said)


def facts(receipt: Any) -> list[tuple[str, str]]:
    """What a receipt says of itself, beside its lines."""
    found = [
        (gettext("Girl"), wording.girl(receipt)),
        (gettext("Day"), locale.day(receipt.day)),
        (gettext("For the troop"), receipt.issuer),
    ]
    if receipt.adult:
        found.append((gettext("For the family"), receipt.adult))
    if receipt.kind == "payment":
        found += [
            (gettext("Amount"), locale.money(receipt.cents)),
            (gettext("How"), wording.said(trade_words.METHODS, receipt.method)),
        ]
    number = gettext("Number of the check") if receipt.kind == "payment" else gettext("Order number")
    for label, text in ((number, receipt.reference), (gettext("Note"), receipt.note)):
        if text:
            found.append((label, text))
    return found


def sheet(receipt: Any, troop: Any) -> Sheet:
    """One receipt, with `.lines`, as it is printed."""
    priced = any(line.price_cents for line in receipt.lines)
    remarks = []
    if receipt.lines and not priced:
        remarks.append(gettext("Carried for the troop: the family owes nothing for these boxes."))
    if receipt.void_entry_id:
        when = locale.moment(receipt.voided_at)
        remarks.append(gettext("Void since %(moment)s: %(reason)s", moment=when, reason=receipt.void_reason))
    return Sheet(
        head=gettext("Troop %(number)s", number=troop.number),
        title=gettext("Receipt %(number)s: %(what)s", number=receipt.number, what=gettext(KINDS[receipt.kind])),
        facts=[*facts(receipt), (gettext("Written down"), locale.moment(receipt.issued_at))],
        headings=(gettext("Cookie"), gettext("Boxes"), gettext("Price"), gettext("Value")) if receipt.lines else (),
        lines=[
            (
                line.name,
                locale.number(line.boxes),
                locale.money(line.price_cents) if line.price_cents else "",
                locale.money(line.boxes * line.price_cents) if line.price_cents else "",
            )
            for line in receipt.lines
        ],
        total=(gettext("Together"), locale.number(receipt.boxes), "", locale.money(receipt.cents))
        if receipt.lines
        else (),
        strokes=receipts.strokes(receipt.signature),
        signed=signed(receipt) or gettext("Not signed."),
        remarks=remarks,
        stamp=gettext("Void").upper() if receipt.void_entry_id else "",
    )


def reward(receipt: Any, troop: Any) -> Sheet:
    """One receipt of rewards, with `.lines`, as it is printed."""
    when = locale.moment(receipt.handed_at)
    signature = gettext("Signed by %(name)s, %(moment)s", name=receipt.received_by, moment=when)
    about = {"moment": locale.moment(receipt.voided_at), "reason": receipt.void_reason} if receipt.voided_at else None
    return Sheet(
        head=gettext("Troop %(number)s", number=troop.number),
        title=gettext("Receipt %(number)s: %(what)s", number=receipt.number, what=gettext("Rewards handed out")),
        facts=[
            (gettext("Girl"), wording.girl(receipt)),
            (gettext("For the troop"), receipt.giver or ""),
            (gettext("For the family"), receipt.received_by),
            (gettext("Written down"), when),
        ],
        headings=(gettext("Reward"), gettext("Size")),
        lines=[(line.name, line.size) for line in receipt.lines],
        strokes=receipts.strokes(receipt.signature),
        signed=signature if receipt.signature else gettext("Not signed."),
        remarks=[gettext("Void since %(moment)s: %(reason)s", **about)] if about else [],
        stamp=gettext("Void").upper() if about else "",
    )


def season_of(tx: Any, season_id: int, scout_id: int, by: Any) -> bytes:
    """A family's whole season as a PDF: what it owes, what it was told, every receipt."""
    family, own = balances.family(tx, season_id, scout_id, by), troops.own(tx)
    found = receipts.recent(tx, season_id, by, scout_id, limit=MOST_IN_FILE)[::-1]
    receipts.with_lines(tx, found)
    told = reminders.said(tx, season_id, scout_id, by)
    season = seasons.find(tx, season_id)
    return receipt_pdf.drawn(evidence(family, found, told, own, season, troops.today(tx)))


def drawn_in(app: Flask, language: str) -> Callable[[Any, int, int, Any], bytes]:
    """`season_of` in her language, in a thread that answers no request."""

    def drawn(tx: Any, season_id: int, scout_id: int, by: Any) -> bytes:
        own = troops.own(tx)
        with app.app_context(), force_locale(language):
            g.language, g.time_zone = language, own.time_zone if own else "UTC"
            return season_of(tx, season_id, scout_id, by)

    return drawn


def evidence(
    family: Any, found: Sequence[Any], reminders: Sequence[Any], troop: Any, season: Any, today: str
) -> list[Sheet]:
    """All receipts of a family's season, oldest first, behind a page with what it owes and what it was told."""
    balance = [
        (gettext("Boxes she still holds, at their price"), locale.money(family.boxes_held_cents)),
        (gettext("Cash she collected and still holds"), locale.money(family.cash_held_cents)),
        (
            gettext("What her customers have not paid yet")
            if family.customers_owe_cents >= 0
            else gettext("What her customers paid ahead"),
            locale.money(family.customers_owe_cents),
        ),
    ]
    if family.written_off_cents:
        balance.append((gettext("Taken over by the council"), locale.money(-family.written_off_cents)))
    head = gettext("Troop %(number)s", number=troop.number)
    title = gettext("%(girl)s: statement of %(day)s", girl=wording.girl(family), day=locale.day(today))
    sheets = [
        Sheet(
            head=head,
            title=title,
            facts=[(gettext("Season"), season.name)],
            headings=(gettext("What the family owes the troop"), ""),
            lines=balance,
            total=(gettext("Together"), locale.money(family.balance_cents)),
        ),
        Sheet(
            head=head,
            title=gettext("Receipts of the season"),
            headings=(gettext("Receipt"), gettext("Value"), gettext("State")),
            lines=[
                (
                    f"{one.number}  {locale.day(one.day)}  {gettext(KINDS[one.kind])}",
                    locale.money(one.cents),
                    state(one)[0],
                )
                for one in found
            ],
        ),
    ]
    if reminders:
        sheets.append(
            Sheet(
                head=head,
                title=gettext("What the family was told"),
                headings=(gettext("Day and how"), gettext("Owed then")),
                lines=[
                    (
                        f"{locale.day(one.day)}  {gettext(reminder_words.TOLD[one.kind])}  {one.note}".strip(),
                        locale.money(one.owed_cents),
                    )
                    for one in reminders
                ],
            )
        )
    return [*sheets, *(sheet(one, troop) for one in found)]
