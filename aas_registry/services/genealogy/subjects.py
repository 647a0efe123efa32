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
    """The things, and what is to be looked for.

    Attributes:
        sought: At the time that is asked for.
        known: By what is said of them now.
    """

    things: tuple[AskedThing, ...]
    sought: Sought
    known: Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    """What a name means at the time that is asked for (``then``), and now: its packages are said anew."""

    then: Sought
    now: Sought

    @classmethod
    def always(cls, sought: Sought) -> "_Meaning":
        return cls(then=sought, now=sought)


_NOTHING = _Meaning.always(Sought(packages=[0]))  # no package has this number


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who looks up what, in one snapshot.

    Attributes:
        moment: What is asked for.
        known: The latest of that and now: what is held later is on record, too.
        is_of_one: Whether one thing is asked about; then the answer tells whether it exists: `refuse_unseen`.
    """

    registry: Registry
    connection: Connection
    scope: Scope
    moment: Moment
    known: Moment
    is_of_one: bool

    def sees(self, meaning: _Meaning, *, among: int = 1) -> bool:
        """Return whether things exist for the asker; ``among`` how many candidates they are looked for."""
        if self.scope.customer is None or (self.is_of_one and among == 1):
            return True
        ways = {self.moment: meaning.then, self.known: meaning.now}
        return any(_was_held(self.connection, self.scope, sought, at) for at, sought in ways.items())


def refuse_unseen(connection: Connection, scope: Scope, found: Found, moment: Moment) -> None:
    """Refuse a question whose answer is empty, where its one thing does not exist for the asker.

    Raises:
        NotFoundError: No unit of a customer's auditor holds it, or ever did.
    """
    if scope.customer is not None and not _was_held(connection, scope, found.known, moment):
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
    registry: Registry,
    connection: Connection,
    scope: Scope,
    subjects: Subjects,
    *,
    moment: Moment,
    known: Moment,
) -> Found:
    """Return what a set of names means, each of them for itself.

    Args:
        registry: The running parts.
        connection: An open connection.
        scope: Of whoever asks.
        subjects: The names.
        moment: The two times that are asked for: what is said of packages is said at a time.
        known: The same, or now, where that is later: what exists at all.

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
    asker = _Asker(registry, connection, scope, moment, known, is_of_one=subjects.count == 1)
    found = list(_each(asker, subjects))
    return Found(
        things=tuple(thing for thing, _ in found),
        sought=Sought.of_all(meaning.then for _, meaning in found),
        known=Sought.of_all(meaning.now for _, meaning in found),
    )


def _each(asker: _Asker, subjects: Subjects) -> Iterator[tuple[AskedThing, _Meaning]]:
    yield from (_lot(asker, each) for each in dict.fromkeys(subjects.lots))
    finders: tuple[tuple[str, Iterable[str], Callable[[_Asker, str], _Meaning | None]], ...] = (
        ("package", subjects.packages, _package),
        ("receipt", subjects.receipts, partial(_receipt, sender=subjects.sender)),
        ("dateCode", subjects.date_codes, _date_code),
        ("partNumber", subjects.part_numbers, _part_number),
    )
    for kind, names, find in finders:
        for name in dict.fromkeys(names):
            meaning = find(asker, name)
            if meaning is None and asker.scope.customer is not None:
                # [11] It takes an auditor as long as what only others have.
                meaning = _NOTHING
            if meaning is None or not asker.sees(meaning):
                raise _unknown(kind, name)
            is_told = kind == "package" and asker.scope.customer is None
            called = _called(asker, name, meaning) if is_told else name
            yield AskedThing(kind=kind, name=called, asked=name), meaning


def _lot(asker: _Asker, lot: str) -> tuple[AskedThing, _Meaning]:
    try:
        number = LotId(to_internal(asker.registry, asker.scope.site, Noun.LOT, lot))
    except NotFoundError as cause:
        raise _unknown("lot", lot) from cause
    found = find_lot(asker.connection, Scope(asker.scope.site, party=asker.scope.party), number)
    meaning = None if found is None else _Meaning.always(Sought(lots=[found.id]))
    if found is None or meaning is None or not asker.sees(meaning):
        raise _unknown("lot", lot)
    return AskedThing(kind="lot", name=found.code, asked=lot, lot=found), meaning


def _called(asker: _Asker, asked: str, meaning: _Meaning) -> str:
    """Return the name of what was asked about: of a package that was asked for by its id, its label."""
    for package in meaning.then.packages:
        if to_public(asker.registry, asker.scope.site, Noun.PACKAGE, package) == asked:
            return names_of(asker.connection, asker.scope.site, [package], asker.known)[package][0].value
    return asked


def _package(asker: _Asker, label: str) -> _Meaning | None:
    site = asker.scope.site
    called = origins.packages_labelled(asker.connection, site, matching_key(label), asker.known)
    if not called:
        try:
            called = [to_internal(asker.registry, site, Noun.PACKAGE, label)]
        except NotFoundError:
            return None
        called = called if names_of(asker.connection, site, called, asker.known) else []
    meanings = {each: _Meaning.always(Sought(packages=[each])) for each in called}
    seen = [each for each, meaning in meanings.items() if asker.sees(meaning, among=len(called))]
    if len(seen) > 1:
        ids = [to_public(asker.registry, site, Noun.PACKAGE, each) for each in seen]
        raise _ambiguous("package", f"Several packages are called {label!r}; ask with one of their ids", ids)
    return meanings[seen[0]] if seen else None


def _receipt(asker: _Asker, note: str, *, sender: str | None) -> _Meaning | None:
    then, now = (
        origins.packages_received(asker.connection, asker.scope.site, moment, matching_key(note), sender)
        for moment in (asker.moment, asker.known)
    )
    by_sender = {
        name: _Meaning(then=Sought(packages=then.get(name, [])), now=Sought(packages=now.get(name, [])))
        for name in [*then, *(each for each in now if each not in then)]
    }
    seen = {name: meaning for name, meaning in by_sender.items() if asker.sees(meaning, among=len(by_sender))}
    if len(seen) > 1:
        raise _ambiguous(
            "receipt",
            f"Several senders have a delivery note {note!r}; say whose",
            [each or "?" for each in seen],
        )
    return next(iter(seen.values()), None)


def _date_code(asker: _Asker, code: str) -> _Meaning | None:
    found = origins.dated(asker.connection, asker.scope.site, asker.known, [code], at_any_time=True)
    # What has a date code is found by it, package by package.
    return _Meaning.always(Sought(date_codes=[code])) if any(found) else None


def _part_number(asker: _Asker, number: str) -> _Meaning | None:
    connection, site, key = asker.connection, asker.scope.site, matching_key(number)
    if not any(origins.of_part(connection, site, asker.known, key, at_any_time=True)):
        return None
    of_part = (origins.of_part(connection, site, moment, key) for moment in (asker.moment, asker.known))
    then, now = (Sought(lots=lots, packages=packages) for lots, packages in of_part)
    return _Meaning(then=then, now=now)


def _ambiguous(kind: str, told: str, candidates: Sequence[str]) -> ConflictError:
    text, code = f"{told}: {', '.join(sorted(candidates))}.", Code.SUBJECT_AMBIGUOUS
    return ConflictError(text, code=code, findings=[error(code, text, path=kind)])
