"""Names that were given to something else, or to the same thing again, without anybody saying so.

Source:
    docs/semantics.md, 4.3 and 4.7.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.items import Scheme, key_of
from aas_registry.domain.namings import HeldName, Holder, Holders, Naming, NamingKind

_REUSED = {Scheme.PACKAGE: AnomalyKind.LABEL_REUSED, Scheme.SERIAL: AnomalyKind.SERIAL_REUSED}


def find_reused(
    name: HeldName, holders: Holders, items: Mapping[Holder, int], decisions: Collection[Naming]
) -> Iterator[Anomaly]:
    """Yield what does not fit of the holders of a name, each under the event that it was found in.

    Args:
        name: A package label or a serial number; of all others nothing is listed.
        holders: Who has which name.
        items: The package or unit that each is a holder of.
        decisions: Statements that names are one unit's.
    """
    for each in holders.holders_of(name) if name.scheme in _REUSED else ():
        yield from _given_anew(each, holders, items)
        if name.scheme is not Scheme.SERIAL:
            continue
        for again in each.created_again:
            if not _is_one_unit(each, again, holders, decisions):
                first = again if each.created is None else each.created
                yield _found(AnomalyKind.CREATED_AGAIN, name, (first, again), {items[each]})


def _given_anew(now: Holder, holders: Holders, items: Mapping[Holder, int]) -> Iterator[Anomaly]:
    if now.begun_by is None or now.after is None or now.begun_by.kind is NamingKind.REUSED:
        return
    every = holders.holders_of(now.name)
    two = {items[now], items[every[every.index(now) - 1]]}
    if len(two) > 1:
        yield _found(_REUSED[now.name.scheme], now.name, (now.after, now.begun_by), two)


def _is_one_unit(now: Holder, again: Naming, holders: Holders, decisions: Collection[Naming]) -> bool:
    """Return whether a decision names a holder both before it was created again, and from then on."""
    sides: defaultdict[int, set[bool]] = defaultdict(set)
    for said in decisions:
        if any(now in holders.meant(name, said.meant_at) for name in said.names):
            sides[said.line.event].add(said.meant_at.happened_at < again.order.happened_at)
    return any(len(each) > 1 for each in sides.values())


def _found(kind: AnomalyKind, name: HeldName, said: tuple[Naming, Naming], things: set[int]) -> Anomaly:
    *_, last = said
    return Anomaly(
        kind=kind,
        subject=last.line.event,
        key=key_of(name.scheme, name.issuer_key, name.value_key),
        events=frozenset(each.line.event for each in said),
        things=frozenset(things),
        holds_from=last.order.happened_at,
    )
