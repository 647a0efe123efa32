"""Lot facts of stored shells: read whenever a shell, or a submodel that it names, was written.

`derive` works inside the caller's transaction, once all of its content is stored: a shell may
come before the submodels that it names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

import orjson

from aas_registry.domain.codes import Code
from aas_registry.domain.document_facts import submodel_refs_of
from aas_registry.domain.findings import Finding, FindingList, warning
from aas_registry.domain.identifiers import DocumentId, LotId, tells_apart
from aas_registry.domain.lot_facts import LotFacts, extract_lot_facts, read_lot_texts
from aas_registry.domain.lot_texts import LotText, states_lot_facts
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.progress import Progress
from aas_registry.domain.submitter import Submitter
from aas_registry.services.registry import Registry
from aas_registry.storage import lot_names
from aas_registry.storage import lots as lot_table
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import documents as document_table
from aas_registry.storage.documents import versions
from aas_registry.storage.documents.served_ids import key_of
from aas_registry.storage.rows import in_chunks

_SHELL, _SUBMODEL = IdentifiableKind.SHELL, IdentifiableKind.SUBMODEL
Body = Mapping[str, Any]
Value = TypeVar("Value")


@dataclass(slots=True)
class Stored:
    """What a call has just stored, so that it need not be read back.

    Attributes:
        numbers: Every object's row, by kind and identifier.
        added: Rows of those that were not on record before.
        bodies: Bodies by row: those that were held.
        room: Bytes of canonical JSON that may still be held; None does not bound them.
    """

    numbers: dict[tuple[IdentifiableKind, str], DocumentId] = field(default_factory=dict)
    added: set[DocumentId] = field(default_factory=set)
    bodies: dict[DocumentId, Body] = field(default_factory=dict)
    room: int | None = None

    def hold(self, number: DocumentId, body: Body, size: int) -> None:
        """Keep the body that an object has now, if there is room for its bytes."""
        self.bodies.pop(number, None)
        if self.room is None or size <= self.room:
            self.bodies[number] = body
            self.room = None if self.room is None else self.room - size


@dataclass(slots=True)
class Derived:
    """What shells say of lots.

    Attributes:
        lots: Lot and facts, for every shell that states them.
        submodels_of_shell: Ids of the submodels that those shells name, where they were read.
        findings: What was noticed on the way.
    """

    findings: FindingList
    lots: list[tuple[LotId, LotFacts]] = field(default_factory=list)
    submodels_of_shell: dict[str, list[str]] = field(default_factory=dict)


def derive(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    stored: Stored,
    *,
    stated: Mapping[str, LotFacts],
    progress: Progress,
) -> Derived:
    """Record what the stored shells, and other shells that name a stored submodel, say of lots.

    It takes the place of what these shells said before.

    Args:
        registry: The running parts.
        connection: The transaction that stored them.
        submitter: Whose content it is; shells of others keep what they said.
        stored: What was stored.
        stated: Facts of some of the shells, by their ids, where the caller knows them.
        progress: Told in shells, phase ``deriving``.
    """
    own = {identifier: number for (kind, identifier), number in stored.numbers.items() if kind is _SHELL}
    submodels = [identifier for kind, identifier in stored.numbers if kind is _SUBMODEL]
    naming = document_table.shells_naming(connection, submitter.site, submodels, party=submitter.party)
    told: dict[DocumentId, LotFacts | None] = {own[each]: facts for each, facts in stated.items()}
    shells = [number for number in dict.fromkeys([*own.values(), *naming]) if number not in told]
    derived = Derived(FindingList(registry.limits.listed_findings))
    done, total = 0, len(told) + len(shells)
    for facts_of in chain([told], _read(registry, connection, submitter, shells, stored, derived)):
        if facts_of:
            progress("deriving", done, total)
            _record(registry, connection, submitter, facts_of, stored, derived)
            done += len(facts_of)
    progress("deriving", done, total)
    return derived


def forget_submodel(
    registry: Registry, connection: Connection, submitter: Submitter, identifier: str
) -> None:
    """Read the lot facts of the shells that name a submodel again: it was deleted."""
    stored, derived = Stored(), Derived(FindingList(registry.limits.listed_findings))
    shells = document_table.shells_naming(connection, submitter.site, [identifier], party=submitter.party)
    for facts_of in _read(registry, connection, submitter, shells, stored, derived):
        _record(registry, connection, submitter, facts_of, stored, derived)


def named_submodels(shell: Body, submodels: Mapping[str, Value]) -> dict[str, Value]:
    """Return those of some submodels, or what is known of them, that a shell names, in the shell's order."""
    return {each: submodels[each] for each in submodel_refs_of(shell) if each in submodels}


def _read(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    shells: Sequence[DocumentId],
    stored: Stored,
    derived: Derived,
) -> Iterator[dict[DocumentId, LotFacts | None]]:
    """Yield what shells say, in batches: of those that are current and the submitter's own."""
    limits = registry.limits
    said: dict[str, tuple[LotText, ...]] = {}
    for bodies in _bodies_of_shells(connection, submitter, shells, stored):
        submodels = _stating_submodels(connection, submitter, bodies.values(), stored)
        said = {each: said[each] for each in submodels if each in said}  # many shells may share one
        new = {each: body for each, body in submodels.items() if each not in said}
        said |= read_lot_texts(new, limits=limits)
        facts_of: dict[DocumentId, LotFacts | None] = {}
        for number, shell in bodies.items():
            facts, findings = extract_lot_facts(shell, named_submodels(shell, said), limits=limits)
            facts_of[number] = facts
            derived.findings.extend(findings)
            if facts is not None:
                derived.submodels_of_shell[facts.shell] = submodel_refs_of(shell)
        yield facts_of


def _bodies_of_shells(
    connection: Connection, submitter: Submitter, shells: Sequence[DocumentId], stored: Stored
) -> Iterator[dict[DocumentId, Body]]:
    for part in in_chunks([number for number in shells if number in stored.bodies]):
        yield {number: stored.bodies[number] for number in part}
    others = [number for number in shells if number not in stored.bodies]
    for batch in document_table.read_shells(connection, submitter.site, others, party=submitter.party):
        yield {number: orjson.loads(body) for number, body in batch}


def _record(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    facts_of: Mapping[DocumentId, LotFacts | None],
    stored: Stored,
    derived: Derived,
) -> None:
    site, now = submitter.site, submitter.at
    known = [number for number in facts_of if number not in stored.added]
    lot_table.end_lot_submissions(connection, site, known, now=now)
    stated = [(number, facts) for number, facts in facts_of.items() if facts is not None]
    names = [(facts.manufacturer, facts.mpn, facts.lot_code) for _, facts in stated]
    lots = lot_names.find_or_create_lots(connection, registry.allocator, site, names, now=now)
    lot_table.add_lot_submissions(
        connection,
        registry.allocator,
        site,
        [(lot, number, facts) for lot, (number, facts) in zip(lots, stated, strict=True)],
        submission=submitter.submission,
        party=submitter.party,
        now=now,
    )
    recorded = [(lot, facts) for lot, (_, facts) in zip(lots, stated, strict=True)]
    derived.findings.extend(_spelled_otherwise(connection, submitter, recorded))
    derived.lots.extend(recorded)


def _spelled_otherwise(
    connection: Connection, submitter: Submitter, recorded: Sequence[tuple[LotId, LotFacts]]
) -> Iterator[Finding]:
    """Yield a warning for each lot whose code the submitter sees on record in another spelling."""
    numbers = [lot for lot, _ in recorded]
    said = lot_table.codes_said(connection, submitter.scope, numbers, since=submitter.at)
    for lot, facts in recorded:
        code = facts.lot_code
        other = next((each for each in said.get(lot, ()) if tells_apart(each, code)), None)
        if other is not None:
            message = (
                f"The lot {code!r} is on record as {other!r}, too: they are compared as equal, and one lot."
            )
            yield warning(Code.LOT_SPELLED_OTHERWISE, message, path=facts.shell, value=code)


def _stating_submodels(
    connection: Connection, submitter: Submitter, shells: Iterable[Body], stored: Stored
) -> dict[str, Body]:
    """Return the submodels that some shells name and that state facts about lots, by id.

    A submodel is the submitter's own; the plant may name one that somebody else holds.
    """
    named = dict.fromkeys(identifier for shell in shells for identifier in submodel_refs_of(shell))
    numbers = [stored.numbers.get((_SUBMODEL, each)) for each in named]
    others = [
        key_of(_SUBMODEL, each)
        for each, number in zip(named, numbers, strict=True)
        if number is None and "\x00" not in each
    ]
    known = [each for each in numbers if each is not None]
    held = versions.find_numbers(connection, submitter.site, others, party=submitter.party)
    if submitter.party is None:
        missing = [each for each in others if each not in held]
        held |= versions.find_served(connection, submitter.site, missing)
    known += held.values()
    bodies = [stored.bodies[each] for each in known if each in stored.bodies]
    rest = [each for each in known if each not in stored.bodies]
    bodies += map(orjson.loads, document_table.read_submodels(connection, submitter.scope, rest))
    return {body["id"]: body for body in bodies if states_lot_facts(body)}
