"""Raw events, taken apart: names in one form, times, quantities, and the lines that stand alone."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, NamedTuple

Key = tuple[datetime, int, int]
Json = dict[str, Any]
LAST = 1 << 64  # a rank behind every rank: with it a key means "all that happened at this time"


class Name(NamedTuple):
    """One label of one thing, in the form for comparing."""

    scheme: str
    issuer: str
    value: str


class Lot(NamedTuple):
    """A manufacturer's lot, in the form for comparing."""

    manufacturer: str
    mpn: str
    code: str


@dataclass(frozen=True)
class Ref:
    """A name, or several of one thing, as a line gives it; meant at ``key``."""

    kind: str  # "unit", "package" or "receipt"
    names: tuple[Name, ...]
    key: Key


@dataclass(frozen=True)
class Line:
    """What stands alone in an event: its kind, its own members, and the names that it needs."""

    key: Key
    event: str
    kind: str
    said: Json
    whole: Json
    refs: dict[str, Ref] = field(default_factory=dict)
    problem: bool = False
    is_dated_ahead: bool = False

    def __hash__(self) -> int:
        return hash((self.event, self.key[2]))

    def covers(self, number: int) -> bool:
        """[9.5] Answer whether a range covers a number; one that cannot be read, any of the run that was fed."""
        return self.problem or self.said["sequenceFrom"] <= number <= self.said["sequenceTo"]


class UnreadableError(ValueError):
    """A line names something in a way that cannot be read."""


def form(text: str | None) -> str:
    """[4.1] Return the one form in which texts are compared."""
    before, now = "", text or ""
    while before != now:
        before, now = now, unicodedata.normalize("NFKC", now.casefold())
    seen = (each for each in now if each.isspace() or unicodedata.category(each) not in {"Cf", "Cc", "Co"})
    return " ".join("".join(seen).split())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def content_of(event: Json) -> str:
    """[1.2] Return what makes events equal: all that was sent, but the id, in the canonical form of RFC 8785.

    Of events whose numbers are whole and whose members' names are ASCII this is that form.
    """
    said = {member: each for member, each in event.items() if member != "id"}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def rank(event: Json) -> int:
    """[2] Return what orders events of one time: 63 bits of the digest of what they say."""
    digest = hashlib.sha256(b"\n" + content_of(event).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def amount(value: Any) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def measure(text: str | None) -> str:
    """[6.5] Return a unit of measure; nothing said means pieces."""
    return "pcs" if text is None or form(text) in {"pcs", "pieces"} else form(text)


def listed(value: Any) -> list[Any]:
    """[events10] A null list means an empty one."""
    return value or []


def lot_of(value: Json) -> Lot:
    return Lot(form(value["manufacturer"]), form(value["mpn"]), form(value["lotCode"]))


def lots_read(values: Any) -> list[Lot]:
    """[6.1] Return the lots of a list that can be read."""
    texts = ("manufacturer", "mpn", "lotCode")
    lots = [each for each in listed(values) if isinstance(each, dict)]
    return [lot_of(each) for each in lots if all(isinstance(each.get(one), str) for one in texts)]


def unit_names(value: Any) -> tuple[Name, ...]:
    """Return all names of a unit ref, that which leads first."""
    value = {"serial": value} if isinstance(value, str) else value
    if not isinstance(value, dict) or (value.get("panel") is None) != (value.get("position") is None):
        raise UnreadableError
    found = []
    if value.get("serial") is not None:
        found.append(Name("serial", form(value.get("issuer")), form(value["serial"])))
    if value.get("panel") is not None:
        place = Name("panel", "", f"{form(value['panel'])}/{value['position']}")
        # [4.4] A place leads before the number of its own panel.
        found.insert(0 if form(value.get("serial")) == form(value["panel"]) else len(found), place)
    if value.get("container") is not None:
        found.append(Name("container", "", form(value["container"])))
    if not found:
        raise UnreadableError
    return tuple(found)


def package_names(value: Any) -> tuple[Name, ...]:
    value = {"id": value} if isinstance(value, str) else value
    if not isinstance(value, dict) or value.get("id") is None:
        raise UnreadableError
    return (Name("package", form(value.get("issuer")), form(value["id"])),)


def is_splice(line: "Line") -> bool:
    """[6.3] Answer whether a package joined a running one: several at once have a label of their own."""
    if line.whole.get("how") != "splice":
        return False
    into = package_names(line.whole["into"])
    return len([each for each in line.whole["packages"] if _package_read(each) != into]) == 1


def _package_read(portion: Any) -> tuple[Name, ...] | None:
    try:
        return package_names(portion["package"])
    except (UnreadableError, TypeError, KeyError):
        return None


def receipt_names(value: Json) -> tuple[Name, ...]:
    """Return the name of a line of a delivery note: its sender is the issuer."""
    line = "" if value.get("line") is None else f" line {form(value['line'])}"
    return (Name("receipt", form(value.get("from")), form(value["deliveryNote"]) + line),)


def run_id(value: Any) -> str | None:
    """Return the run that is named, in the form for comparing."""
    if value is None:
        return None
    return form(value if isinstance(value, str) else value["id"])


def receipt_id(value: Json) -> str:
    """Return a receipt's name: sender, delivery note, line."""
    return "|".join(form(value.get(each)) for each in ("from", "deliveryNote", "line"))


# Per type: the list whose entries are lines (None: the event is one line), and the refs of a line:
# role -> (kind, whether it stands in the line or in the event, member).
_SHAPES: dict[str, tuple[str | None, dict[str, tuple[str, str, str]]]] = {
    "receipt": (None, {"receipt": ("receipt", "line", "")}),
    "packageCreated": (
        None,
        {"package": ("package", "line", "package"), "receipt": ("receipt", "line", "receipt")},
    ),
    "split": ("into", {"from": ("package", "event", "package"), "into": ("package", "line", "package")}),
    "merged": ("packages", {"from": ("package", "line", "package"), "into": ("package", "event", "into")}),
    "relabelled": (None, {"from": ("package", "line", "package"), "into": ("package", "line", "into")}),
    "unitCreated": ("units", {"unit": ("unit", "line", "")}),
    "unitProcessed": ("units", {"unit": ("unit", "line", "")}),
    "unitCompleted": ("units", {"unit": ("unit", "line", "")}),
    "tested": ("units", {"unit": ("unit", "line", "")}),
    "shipped": ("units", {"unit": ("unit", "line", "")}),
    "returned": ("units", {"unit": ("unit", "line", "")}),
    "sameUnit": ("units", {"unit": ("unit", "line", "")}),
    "feed": ("feeds", {"package": ("package", "line", "package")}),
    "consumed": (None, {"unit": ("unit", "line", "unit"), "package": ("package", "line", "package")}),
    "assembledInto": ("links", {"unit": ("unit", "line", "unit"), "into": ("unit", "line", "into")}),
    "setUp": ("slots", {"package": ("package", "line", "package")}),
    "nameReused": (None, {"unit": ("unit", "line", "unit"), "package": ("package", "line", "package")}),
    "correction": (None, {}),
}
_MAY_BE_LEFT_OUT = {
    ("packageCreated", "receipt"),
    ("setUp", "package"),
    ("nameReused", "unit"),
    ("nameReused", "package"),
}


_NAMES = {"unit": unit_names, "package": package_names, "receipt": receipt_names}


def lines_of(event: Json) -> list[Line]:
    """[3] Return the lines of an event, each with its place in the order of section 2."""
    if event["type"] == "removed":
        return _removed_lines(event)
    within, refs = _SHAPES[event["type"]]
    entries = [event] if within is None else listed(event[within])
    return [_line(event, entry, place, event["type"], refs) for place, entry in enumerate(entries)]


def _removed_lines(event: Json) -> list[Line]:
    # A removal of a part and one of material are two lines: each can wait alone.
    found = []
    unit = ("unit", "line", "unit")
    if event.get("part") is not None:
        found.append(_line(event, event, 0, "partRemoved", {"unit": unit, "part": ("unit", "line", "part")}))
    if event.get("package") is not None or listed(event.get("designators")):
        refs = {"unit": unit}
        if event.get("package") is not None:
            refs["package"] = ("package", "line", "package")
        found.append(_line(event, event, 1, "removed", refs))
    return found


def _line(event: Json, entry: Any, place: int, kind: str, shape: dict[str, tuple[str, str, str]]) -> Line:
    key = (moment(event["happenedAt"]), rank(event), place)
    said = entry if isinstance(entry, dict) else {"serial": entry}
    refs, problem = {}, False
    for role, (thing, where, member) in shape.items():
        value = entry if not member else (said if where == "line" else event).get(member)
        if value is None and (kind, role) in _MAY_BE_LEFT_OUT:
            continue
        try:
            names = _NAMES[thing](value)
        except UnreadableError:
            problem = True  # [3] of a line that cannot be read counts what of it can be
            continue
        refs[role] = Ref(thing, names, _meant_at(kind, said, key))
    return Line(key, event["id"], kind, said, event, refs, problem)


def _meant_at(kind: str, said: Json, key: Key) -> Key:
    # [4.6, D8] `at` means whoever has the name when all of that time was said; [7.2, D14] a feed's
    # package is the one that has the label when the feed begins.
    if kind == "sameUnit":
        return (moment(said["at"]) if said.get("at") else key[0], LAST, 0)
    if kind == "feed" and said.get("from"):
        return (moment(said["from"]), key[1], key[2])
    return key


def run_declared(event: Json) -> Json:
    """Return what an event declares of its run, the id left out."""
    value = event.get("run")
    if not isinstance(value, dict):
        return {}
    return {member: each for member, each in value.items() if member != "id" and each is not None}
