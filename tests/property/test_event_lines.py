"""Any one broken line of an event of n lines leaves the other n-1 as they would be without it."""

import copy
from typing import Any

from cfx_samples import LINES, enveloped, understood
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.events import Event, PackageLinked, PackageStated
from aas_registry.domain.unread_lines import LineUnread

HEAD = {"id": "e-1", "happenedAt": "2026-03-01T06:00:00+01:00"}
LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L"}
OWN: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "receipt": ({"deliveryNote": "DN-1"}, "lots", LOT),
    "packageCreated": ({"package": "R1"}, "lots", LOT),
    "split": ({"package": "R1"}, "into", {"package": "R2", "quantity": 5}),
    "merged": ({"into": "R1"}, "packages", {"package": "R2", "quantity": 5}),
    "unitCreated": ({}, "units", {"serial": "B1"}),
    "unitProcessed": ({"run": "X"}, "units", {"serial": "B1"}),
    "feed": ({"run": "X"}, "feeds", {"package": "R1", "sequenceFrom": 1, "sequenceTo": 2, "slot": "S"}),
    "assembledInto": ({}, "links", {"unit": "B1", "into": "P1", "position": "1"}),
    "shipped": ({"shipment": "S"}, "units", {"serial": "B1"}),
    "tested": ({"result": "passed"}, "units", {"serial": "B1"}),
}
NAMES = {"UnitIdentifier", "UniqueIdentifier", "serial", "package", "lotCode", "unit"}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.just([]),
    st.just({}),
    st.just([{}]),
)


def renamed(line: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a line that names other things than the others."""
    return {
        key: f"{value}-{number}" if key in NAMES and isinstance(value, str) else value
        for key, value in line.items()
    }


@st.composite
def events_with_one_line_broken(draw) -> tuple[dict[str, Any], str, dict[str, Any], int]:
    """Draw an event, the member that holds its lines, the object it is in, and which line is broken."""
    count = draw(st.integers(2, 6))
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(LINES)))
        member, line = LINES[name]
        body: dict[str, Any] = {member: [renamed(line, number) for number in range(count)]}
        value, within = enveloped(name, body), body
    else:
        kind = draw(st.sampled_from(sorted(OWN)))
        members, member, line = OWN[kind]
        value = {**HEAD, "type": kind, **members, member: [renamed(line, number) for number in range(count)]}
        within = value
    place = draw(st.integers(0, count - 1))
    lines = within[member] = copy.deepcopy(within[member])
    if draw(st.booleans()):
        lines[place] = draw(JUNK)
    else:
        lines[place][draw(st.sampled_from(sorted(lines[place])))] = draw(JUNK)
    return value, member, within, place


def sayings(said: Event) -> list[object]:
    """Return what an event says line by line, whatever it says all lines in one fact."""
    found: list[object] = []
    # Of a line that cannot be read it is said that it is there, and that something came into a package.
    told = [each for each in said.facts if not (isinstance(each, LineUnread) or _is_of_nothing_known(each))]
    for fact in told:
        units = getattr(fact, "units", None)
        lots = fact.lots if isinstance(fact, PackageStated) else getattr(fact, "lots", None)
        found += [(type(fact), each) for each in units or lots or (fact,)]
    return found


def _is_of_nothing_known(fact: object) -> bool:
    return isinstance(fact, PackageLinked) and fact.parent is None


@given(events_with_one_line_broken())
@examples(300)
def test_a_broken_line_leaves_the_others(drawn) -> None:
    value, member, within, place = drawn
    try:
        said = understood(value)
    except (RefusedError, ValueError) as refused:
        raise AssertionError(value) from refused
    assume(said.findings)  # else it is another line, and no broken one

    del within[member][place]
    without = understood(value)

    assert sayings(said) == sayings(without)
    assert without.findings == ()
    path = f"{member}[{place}]"
    assert all(
        f"{found.path}.".removeprefix("MessageBody.").startswith((f"{path}.", f"{path}["))
        for found in said.findings
    )
