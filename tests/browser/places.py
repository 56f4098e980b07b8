"""Every page there is, and an address to look at it. What stands in braces is made by the fixture `made`."""

PAGES = {
    "/": "/",
    "/account": "/account",
    "/api/docs": "/api/docs",
    "/catalogue": "/catalogue",
    "/catalogue/<id:product_id>": "/catalogue/1",
    "/catalogue/new": "/catalogue/new",
    "/differences": "/differences",
    "/differences/office/<id:scout_id>": "/differences/office/1",
    "/differences/shelf/<id:product_id>": "/differences/shelf/1",
    "/differences/typing": "/differences/typing",
    "/goals": "/goals",
    "/imports": "/imports",
    "/imports/<id:batch_id>": "/imports/{batch}",
    "/imports/answers": "/imports/answers",
    "/imports/files/<key>": "/imports/files/{file}",
    "/jobs": "/jobs",
    "/join/<secret>": "/join/{secret}",
    "/money": "/money",
    "/money/deposit": "/money/deposit",
    "/money/entries": "/money/entries",
    "/money/entries/<id:entry_id>": "/money/entries/{payment}",
    "/money/families/<id:scout_id>": "/money/families/1",
    "/money/sweep": "/money/sweep",
    "/money/take-over": "/money/take-over",
    "/money/troop": "/money/troop",
    "/money/turn-in": "/money/turn-in",
    "/people": "/people",
    "/people/<id:account_id>": "/people/2",
    "/people/invite": "/people/invite",
    "/recovery-sheet": "/recovery-sheet",
    "/reports": "/reports",
    "/sales": "/sales",
    "/sales/<id:sale_id>": "/sales/{sale}",
    "/sales/<id:sale_id>/cancel": "/sales/{sale}/cancel",
    "/sales/<id:sale_id>/change": "/sales/{sale}/change",
    "/sales/new": "/sales/new",
    "/scouts": "/scouts",
    "/scouts/<id:scout_id>": "/scouts/1",
    "/scouts/<id:scout_id>/edit": "/scouts/1/edit",
    "/scouts/new": "/scouts/new",
    "/settings": "/settings",
    "/settings/box": "/settings/box",
    "/settings/next-season": "/settings/next-season",
    "/settings/season": "/settings/season",
    "/settings/troop": "/settings/troop",
    "/sign-in": "/sign-in",
    "/stock": "/stock",
    "/stock/claims": "/stock/claims",
    "/stock/claims/<id:claim_id>": "/stock/claims/2",
    "/stock/counts": "/stock/counts",
    "/stock/counts/<id:count_id>": "/stock/counts/{count}",
    "/stock/cupboard": "/stock/cupboard",
    "/stock/cupboard/<id:order_id>": "/stock/cupboard/4",
    "/stock/cupboard/<id:order_id>/change": "/stock/cupboard/7/change",
    "/stock/cupboard/<id:order_id>/receive": "/stock/cupboard/7/receive",
    "/stock/cupboard/<id:order_id>/recognise": "/stock/cupboard/7/recognise",
    "/stock/cupboard/new": "/stock/cupboard/new",
    "/stock/moves": "/stock/moves",
    "/stock/moves/<id:entry_id>": "/stock/moves/{move}",
    "/stock/moves/new": "/stock/moves/new",
    "/stock/moves/new/<intention>": "/stock/moves/new/hand-out",
    "/stock/places/<id:place_id>": "/stock/places/{place}",
    "/stock/places/<id:place_id>/count": "/stock/places/{place}/count",
    "/styleguide": "/styleguide",
    "/why/account/<kind>": "/why/account/bank",
    "/why/balance/<id:scout_id>": "/why/balance/1",
    "/why/boxes/<group>/<id:product_id>": "/why/boxes/customers/1",
    "/why/council/<part>": "/why/council/charged",
    "/why/credit/<id:scout_id>": "/why/credit/1?product=1",
    "/why/families/<part>": "/why/families/balance",
    "/why/family/<part>/<id:scout_id>": "/why/family/cash/1",
    "/why/proceeds": "/why/proceeds",
    "/why/stock/<id:place_id>": "/why/stock/{place}",
}
"""The rule of each page in Flask's map, and the address to try."""

ELSEWHERE = {"/set-up"}
"""Pages of a box that is not set up yet: tests/browser/test_empty_box.py."""

NO_PAGES = {
    "/setup",
    "/today",
    "/health",
    "/health/detailed",
    "/metrics",
    "/robots.txt",
    "/static/<path:name>",
    "/reports/<name>.<file_type>",
}
"""What is answered with something else than a page; so is everything under /api but its description."""

SIGNED_OUT = ("/sign-in", "/join/<secret>", "/api/docs")
ADMINS = ("/jobs", "/recovery-sheet", "/settings/box", "/styleguide")
FAMILIES = (
    "/",
    "/account",
    "/catalogue",
    "/sales",
    "/sales/<id:sale_id>",
    "/sales/<id:sale_id>/cancel",
    "/sales/<id:sale_id>/change",
    "/sales/new",
    "/scouts/<id:scout_id>",
    "/stock",
    "/stock/counts",
    "/stock/counts/<id:count_id>",
    "/stock/places/<id:place_id>",
    "/stock/places/<id:place_id>/count",
    "/why/credit/<id:scout_id>",
    "/why/stock/<id:place_id>",
)
"""What a caregiver opens for her girl, and the girl for herself."""

ADULTS_OF_FAMILIES = (
    "/money",
    "/money/families/<id:scout_id>",
    "/reports",
    "/why/balance/<id:scout_id>",
    "/why/families/<part>",
    "/why/family/<part>/<id:scout_id>",
)
"""What a caregiver opens and her girl does not."""

VISITS = [
    *[(None, rule) for rule in SIGNED_OUT],
    *[
        ("admin" if rule in ADMINS else "cookie leader", rule)
        for rule in PAGES
        if rule not in ("/sign-in", "/join/<secret>")
    ],
    *[(who, rule) for who in ("caregiver", "scout") for rule in FAMILIES],
    *[("caregiver", rule) for rule in ADULTS_OF_FAMILIES],
]
"""Who looks at what: every page by somebody who runs the season, and by each who sees it in another way."""
