"""Says in one sentence per field why a value that was sent cannot be right."""

import types
import typing

import msgspec
from msgspec import inspect as shape

from gsctracker.errors import Invalid
from gsctracker.words import N_

Sentence = tuple[str, dict[str, object]]


def refusal(wanted: type, given: object, strict: bool = True) -> Invalid:
    """The refusal for a value that does not fit the Struct `wanted`, with a sentence beside each wrong field."""
    if not isinstance(given, dict):
        return Invalid(N_("Send a JSON object with named fields."), "invalid")
    return Invalid(
        N_("Something here cannot be right. Please look at the fields named."),
        "invalid",
        fields=_of_struct(wanted, given, strict, ""),
    )


def _of_struct(wanted: type, given: dict, strict: bool, path: str) -> dict[str, object]:
    found: dict[str, object] = {}
    known = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
    for name in given:
        if name not in known:
            found[path + str(name)[:60]] = (N_("There is no field of this name here."), {})
    for name, field in known.items():
        if name in given:
            found |= _of_value(field.type, given[name], strict, path + name)
        elif field.required:
            found[path + name] = (N_("This is needed."), {})
    return found


def _of_value(wanted: object, given: object, strict: bool, path: str) -> dict[str, object]:
    try:
        msgspec.convert(given, wanted, strict=strict)
    except msgspec.ValidationError:
        pass
    else:
        return {}
    inner = _plain(wanted)
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and isinstance(given, dict):
        return _of_struct(inner, given, strict, path + ".")
    if typing.get_origin(inner) is list and isinstance(given, list):
        (one,) = typing.get_args(inner)
        found: dict[str, object] = {}
        for place, item in enumerate(given):
            found |= _of_value(one, item, strict, f"{path}.{place}")
        if found:
            return found
    return {path: sentence(wanted)}


def _plain(wanted: object) -> object:
    """The type without its bounds and without `| None`."""
    if typing.get_origin(wanted) is typing.Annotated:
        return _plain(typing.get_args(wanted)[0])
    if typing.get_origin(wanted) in (typing.Union, types.UnionType):
        rest = [one for one in typing.get_args(wanted) if one is not type(None)]
        if len(rest) == 1:
            return _plain(rest[0])
    return wanted


def sentence(wanted: object) -> Sentence:
    """What a value of that type must be, as a sentence and what fills its places."""
    kind = shape.type_info(wanted)
    if isinstance(kind, shape.UnionType):
        kind = next(one for one in kind.types if not isinstance(one, shape.NoneType))
    match kind:
        case shape.IntType(ge=low, le=high) if high == 2**53:
            return N_("Give a whole number from %(low)s on."), {"low": low}
        case shape.IntType(ge=low, le=high) if low is not None and high is not None:
            return N_("Give a whole number from %(low)s to %(high)s."), {"low": low, "high": high}
        case shape.IntType():
            return N_("Give a whole number."), {}
        case shape.BoolType():
            return N_("Give true or false."), {}
        case shape.StrType(min_length=least, max_length=most) if most is not None and least:
            return N_("Give a text of 1 to %(most)s characters."), {"most": most}
        case shape.StrType(max_length=most) if most is not None:
            return N_("Give a text of at most %(most)s characters."), {"most": most}
        case shape.StrType():
            return N_("Give a text."), {}
        case shape.LiteralType(values=choices):
            return N_("Choose one of these: %(choices)s."), {"choices": ", ".join(str(one) for one in choices)}
        case shape.DateType():
            return N_("Give a day like 2026-02-14."), {}
        case shape.ListType(max_length=most) if most is not None:
            return N_("Give a list of 1 to %(most)s entries."), {"most": most}
        case _:
            return N_("This cannot be right."), {}
