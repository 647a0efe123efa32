"""What a question is about: names of lots, packages, receipts, date codes and part numbers, looked up.

A customer's auditor asks about what units of the customer hold, or once held; all else is answered
as if it were not on record, whatever it is called.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from aas_registry.domain.findings import error
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.identifiers import LotId, matching_key
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.domain.sought import Subjects
from aas_registry.services.public_ids import Noun, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy import origins
from aas_registry.storage.genealogy.genealogy import WhereUsed
from aas_registry.storage.genealogy.items import names_of
from aas_registry.storage.genealogy.sought import Sought, where_held
from aas_registry.storage.lots import Lot, find_lot

__all__ = ["AskedThing", "Found", "look_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedThing:
    """One of the things that were asked about.

    Attributes:
        kind: lot, package, receipt, dateCode or partNumber.
        name: As it is called: of a lot its code.
        asked: As somebody named it: of a lot its id.
        lot: Of a lot, all of its name.
    """

    kind: str
    name: str
    asked: str
    lot: Lot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The things, and what is to be looked for."""

    things: tuple[AskedThing, ...]
    sought: Sought


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who looks up what, in one snapshot; ``moment`` is the latest of what is asked for and now."""

    registry: Registry
    connection: Connection
    scope: Scope
    moment: Moment
    is_of_one: bool  # then the answer tells whether it exists: see `refuse_unseen`

    def sees(self, sought: Sought, *, among: int = 1) -> bool:
        """Return whether things exist for the asker; ``among`` how many candidates they are looked for."""
        if self.scope.customer is None or (self.is_of_one and among == 1):
            return True
        return _was_held(self.connection, self.scope, sought, self.moment)


def refuse_unseen(connection: Connection, scope: Scope, found: Found, moment: Moment) -> None:
    """Refuse a question whose answer is empty, where its one thing does not exist for the asker.

    Raises:
        NotFoundError: No unit of a customer's auditor holds it, or ever did.
    """
    if scope.customer is not None and not _was_held(connection, scope, found.sought, moment):
        thing = found.things[0]
        raise _unknown(thing.kind, thing.asked)


def _was_held(connection: Connection, scope: Scope, sought: Sought, moment: Moment) -> bool:
    held = where_held(connection, scope.site, sought, moment)
    asked = WhereUsed(scope, held, moment, Level.BOARD, ever=True)
    return bool(asked.rows(connection, PageRequest(1)))


def _unknown(kind: str, name: str) -> NotFoundError:
    code = Code.LOT_NOT_FOUND if kind == "lot" else Code.SUBJECT_NOT_FOUND
    told = f"Nothing that you may see is on record as {kind} {name}."
    return NotFoundError(
        code.meaning if kind == "lot" else told, code=code, findings=[error(code, told, path=kind)]
    )


def look_up(
    registry: Registry, connection: Connection, scope: Scope, subjects: Subjects, moment: Moment
) -> Found:
    """Return what a set of names means, each of them for itself.

    Raises:
        InvalidRequestError: Nothing is asked about (``QUESTION-EMPTY``), or more than the setting
            ``question_things`` (``QUESTION-TOO-LARGE``).
        NotFoundError: One of them is called nothing that the asker may see.
        ConflictError: One of them means several things (``SUBJECT-AMBIGUOUS``).
    """
    if not subjects.count:
        raise InvalidRequestError(Code.QUESTION_EMPTY.meaning, code=Code.QUESTION_EMPTY)
    if subjects.count > registry.settings.question_things:
        most = f"A question may be about at most {registry.settings.question_things} things."
        raise InvalidRequestError(most, code=Code.QUESTION_TOO_LARGE)
    found = list(_each(_Asker(registry, connection, scope, moment, subjects.count == 1), subjects))
    return Found(
        things=tuple(thing for thing, _ in found),
        # What has a date code is found by it, package by package.
        sought=Sought(
            lots=frozenset(number for _, each in found if not each.date_codes for number in each.lots),
            packages=frozenset(
                number for _, each in found if not each.date_codes for number in each.packages
            ),
            date_codes=frozenset(code for _, each in found for code in each.date_codes),
        ),
    )


def _each(asker: _Asker, subjects: Subjects) -> Iterator[tuple[AskedThing, Sought]]:
    yield from (_lot(asker, each) for each in dict.fromkeys(subjects.lots))
    finders: tuple[tuple[str, Iterable[str], Callable[[_Asker, str], Sought | None]], ...] = (
        ("package", subjects.packages, _package),
        ("receipt", subjects.receipts, partial(_receipt, sender=subjects.sender)),
        ("dateCode", subjects.date_codes, _date_code),
        ("partNumber", subjects.part_numbers, _part_number),
    )
    for kind, names, find in finders:
        for name in dict.fromkeys(names):
            sought = find(asker, name)
            if sought is None or not asker.sees(sought):
                raise _unknown(kind, name)
            yield AskedThing(kind=kind, name=name, asked=name), sought


def _lot(asker: _Asker, lot: str) -> tuple[AskedThing, Sought]:
    try:
        number = LotId(to_internal(asker.registry, asker.scope.site, Noun.LOT, lot))
    except NotFoundError as cause:
        raise _unknown("lot", lot) from cause
    found = find_lot(asker.connection, Scope(asker.scope.site, party=asker.scope.party), number)
    if found is None or not asker.sees(Sought(lots=[found.id])):
        raise _unknown("lot", lot)
    return AskedThing(kind="lot", name=found.code, asked=lot, lot=found), Sought(lots=[found.id])


def _package(asker: _Asker, label: str) -> Sought | None:
    site = asker.scope.site
    called = origins.packages_labelled(asker.connection, site, matching_key(label), asker.moment)
    if not called:
        try:
            called = [to_internal(asker.registry, site, Noun.PACKAGE, label)]
        except NotFoundError:
            return None
        called = called if names_of(asker.connection, site, called, asker.moment) else []
    seen = [each for each in called if asker.sees(Sought(packages=[each]), among=len(called))]
    if len(seen) > 1:
        ids = [to_public(asker.registry, site, Noun.PACKAGE, each) for each in seen]
        raise _ambiguous("package", f"Several packages are called {label!r}; ask with one of their ids", ids)
    return Sought(packages=seen) if seen else None


def _receipt(asker: _Asker, note: str, *, sender: str | None) -> Sought | None:
    by_sender = origins.packages_received(
        asker.connection, asker.scope.site, asker.moment, matching_key(note), sender
    )
    seen = {
        name: packages
        for name, packages in by_sender.items()
        if asker.sees(Sought(packages=packages), among=len(by_sender))
    }
    if len(seen) > 1:
        raise _ambiguous(
            "receipt",
            f"Several senders have a delivery note {note!r}; say whose",
            [each or "?" for each in seen],
        )
    return Sought(packages=next(iter(seen.values()))) if seen else None


def _date_code(asker: _Asker, code: str) -> Sought | None:
    lots, packages = origins.dated(asker.connection, asker.scope.site, asker.moment, [code])
    return Sought(lots=lots, packages=packages, date_codes=[code]) if lots or packages else None


def _part_number(asker: _Asker, number: str) -> Sought | None:
    lots, packages = origins.of_part(asker.connection, asker.scope.site, asker.moment, matching_key(number))
    return Sought(lots=lots, packages=packages) if lots or packages else None


def _ambiguous(kind: str, told: str, candidates: Sequence[str]) -> ConflictError:
    text, code = f"{told}: {', '.join(sorted(candidates))}.", Code.SUBJECT_AMBIGUOUS
    return ConflictError(text, code=code, findings=[error(code, text, path=kind)])
