"""What events say of names: gathered before anything of them is related, whatever they wait for."""

from collections.abc import Iterator
from datetime import datetime

from aas_registry.domain.events import (
    Event,
    EventFact,
    Fed,
    LinkKind,
    PackageLinked,
    PackageStated,
    UnitsStated,
)
from aas_registry.domain.items import Name
from aas_registry.domain.namings import NameReused, Naming, NamingKind, SameUnit, by_the_end_of
from aas_registry.storage.genealogy.naming_rows import held_name
from aas_registry.storage.genealogy.workspace import Told, Workspace


def moments_in(event: Event) -> Iterator[datetime]:
    """Yield the times at which names in an event are meant."""
    yield event.happened_at
    for fact in event.facts:
        if isinstance(fact, Fed) and fact.began_at is not None:
            yield fact.began_at
        elif isinstance(fact, SameUnit):
            yield from (at for _, at in fact.units if at is not None)


def gather(work: Workspace, said: Event, number: int) -> None:
    """Gather all that an event says of names."""
    told = Told(said, number, work.now)
    for told.place, fact in enumerate(said.facts):
        for naming, names in _namings(work, fact, told):
            work.namings.add(naming, names)


def _namings(work: Workspace, fact: EventFact, told: Told) -> Iterator[tuple[Naming, tuple[Name, ...]]]:
    match fact:
        case UnitsStated():
            kind = NamingKind.CREATED if fact.is_creation else NamingKind.NAMED
            said = {"unit_kind": fact.kind, "product": work.names.maybe(fact.product)}
            yield from (
                (_naming(told, kind, nth, names, **said), names) for nth, names in enumerate(fact.units)
            )
        case PackageStated():
            lots = frozenset(map(work.lot, fact.lots))
            yield _naming(told, NamingKind.NAMED, 0, (fact.package,), lots=lots), (fact.package,)
        case PackageLinked() if fact.kind is not LinkKind.SPLICE:
            yield _naming(told, NamingKind.NAMED, 0, (fact.child,)), (fact.child,)
        case SameUnit():
            together = tuple((held_name(name), by_the_end_of(at or told.at)) for name, at in fact.units)
            for nth, (name, at) in enumerate(fact.units):
                meant_at = by_the_end_of(at or told.at)
                yield (
                    _naming(told, NamingKind.SAME, nth, (name,), meant_at=meant_at, together=together),
                    (name,),
                )
        case NameReused():
            each = ((nth, (name,)) for nth, name in enumerate(fact.names))
            yield from ((_naming(told, NamingKind.REUSED, nth, names), names) for nth, names in each)
        case _:
            return


def _naming(told: Told, kind: NamingKind, nth: int, names: tuple[Name, ...], **said: object) -> Naming:
    order, held = told.order(nth), tuple(map(held_name, names))
    together = tuple((each, None) for each in held) if len(held) > 1 else ()
    given = {"meant_at": order, "together": together, **said}
    return Naming(line=told.line(nth), kind=kind, names=held, order=order, **given)  # type: ignore[arg-type]
