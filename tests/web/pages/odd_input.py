"""What people, mistakes and attackers type into a field."""

ODD = {
    "nothing": "",
    "spaces": "   ",
    "far too long": "x" * 5_000,
    "a control character": "a\x00b",
    "another alphabet": "Ωμέγα 饼干 печенье",
    "markup": "<script>alert(1)</script>",
    "SQL": "'; DROP TABLE scouts; --",
    "below zero": "-5",
    "a fraction": "1.5",
    "not a number": "NaN",
    "an exponent": "1e9",
    "digits of another script": "١٢٣",
    "enormous": "9" * 40,
    "a list": "1,2,3",
    "right to left": "\u202eabc",
    "format signs": "%(name)s {0} %s %d",
}


def forms(usual: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Every form with one field at a time replaced by each odd text or left out: (what was done, the form)."""
    found = [("nothing at all", {})]
    for field in usual:
        found.append((f"no {field}", {name: text for name, text in usual.items() if name != field}))
        found += [(f"{field}: {what}", usual | {field: text}) for what, text in ODD.items()]
    return found
