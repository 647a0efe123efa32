"""Shells, submodels, concept descriptions and submodel elements, one at a time: the AAS API.

Reads answer the stored bytes. Writes are strict (any violation of the metamodel refuses)
and go through the same intake as uploads, so that lot facts follow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import orjson

from aas_registry.domain import elements
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from aas_registry.domain.genealogy import AsRecorded
from aas_registry.domain.id_short_path import IdShortPath, parse_id_short_path
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.domain.reports import answered_as
from aas_registry.domain.submitter import Submitter
from aas_registry.formats.aas.verification import require_valid, require_valid_element
from aas_registry.services import audit
from aas_registry.services.intake import identifiables as intake
from aas_registry.services.intake import lot_facts
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage.clock import as_recorded, recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import documents as document_table
from aas_registry.storage.documents import files as document_files
from aas_registry.storage.documents import versions as document_versions
from aas_registry.storage.documents.documents import Document, Filter
from aas_registry.storage.documents.versions import Held

__all__ = ["Document", "Filter", "Version"]

_NOT_FOUND = {
    IdentifiableKind.SHELL: Code.SHELL_NOT_FOUND,
    IdentifiableKind.SUBMODEL: Code.SUBMODEL_NOT_FOUND,
    IdentifiableKind.CONCEPT_DESCRIPTION: Code.CONCEPT_DESCRIPTION_NOT_FOUND,
}
_SUBMODEL = IdentifiableKind.SUBMODEL


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object: its number, digest, and when it was the recorded one."""

    number: int
    digest: str
    recorded_from: datetime
    recorded_to: datetime | None


def get_document(
    registry: Registry, principal: Principal, kind: IdentifiableKind, identifier: str
) -> Document:
    """Return an object as it is.

    Raises:
        NotFoundError: No such object, or none that the principal may see.
    """
    with registry.read() as connection:
        found = document_table.find_document(connection, principal.scope, kind, identifier)
    if found is None:
        raise _not_found(kind)
    return found


def get_recorded_document(
    registry: Registry,
    principal: Principal,
    kind: IdentifiableKind,
    identifier: str,
    *,
    at: datetime | None,
) -> tuple[AsRecorded, Document]:
    """Return an object as it was recorded at a time, None for now, and up to when that counts.

    The last recording is the site's; for a supplier it is the last one of the object that it may
    see, which tells nothing of what others do.

    Raises:
        NotFoundError: No such object then, or none that the principal may see.
    """
    scope = principal.scope
    with registry.read() as connection:
        recorded = as_recorded(connection, principal.site, at)
        if scope.party is not None:
            newest = document_table.list_versions(connection, scope, kind, identifier, PageRequest(1))
            recorded = AsRecorded(last=newest[0][3] or newest[0][2] if newest else None, asked=at)
        then = None if recorded.is_last else recorded.at
        found = document_table.find_document(connection, scope, kind, identifier, at=then)
    if found is None:
        raise _not_found(kind, told=_told(recorded))
    return recorded, found


def list_documents(
    registry: Registry, principal: Principal, kind: IdentifiableKind, wanted: Filter, page: PageRequest
) -> list[Document]:
    """Return objects that the principal may see, one more than asked where there is a next page."""
    with registry.read() as connection:
        return document_table.list_documents(connection, principal.scope, kind, wanted, page)


def list_versions(
    registry: Registry, principal: Principal, kind: IdentifiableKind, identifier: str, page: PageRequest
) -> list[Version]:
    """Return the versions of an object, newest first, deleted ones too, one more than asked.

    Raises:
        NotFoundError: The principal sees no version.
    """
    with registry.read() as connection:
        found = document_table.list_versions(connection, principal.scope, kind, identifier, page)
    if not found and page.after is None:
        raise _not_found(kind)
    return [Version(*row) for row in found]


def post_document(registry: Registry, principal: Principal, kind: IdentifiableKind, body: Any) -> Document:
    """Store a new object.

    Raises:
        InvalidRequestError: The body violates the metamodel.
        ConflictError: The principal holds an object with the id already.
    """
    entry = _valid(registry, kind, body)
    with registry.write(principal.site) as connection:
        held = _held(connection, principal, entry)
        if held is not None and not held.is_deleted:
            raise ConflictError(Code.IDENTIFIER_EXISTS.meaning, code=Code.IDENTIFIER_EXISTS)
        _store(registry, connection, principal, entry)
        return _own(connection, principal, kind, entry.identifier)


def put_document(
    registry: Registry, principal: Principal, kind: IdentifiableKind, identifier: str, body: Any
) -> Document | None:
    """Store an object of the principal's own under its id; return it where it is new.

    Raises:
        InvalidRequestError: The body violates the metamodel, or has another id.
    """
    entry = _valid(registry, kind, body)
    if entry.identifier != identifier:
        raise InvalidRequestError(Code.IDENTIFIER_MISMATCH.meaning, code=Code.IDENTIFIER_MISMATCH)
    with registry.write(principal.site) as connection:
        held = _held(connection, principal, entry)
        _store(registry, connection, principal, entry)
        is_new = held is None or held.is_deleted
        return _own(connection, principal, kind, identifier) if is_new else None


def delete_document(
    registry: Registry, principal: Principal, kind: IdentifiableKind, identifier: str
) -> None:
    """End an object's current version; every version stays readable by its time.

    Raises:
        NotFoundError: No such object of the principal's own.
    """
    with registry.write(principal.site) as connection:
        found, now = _own(connection, principal, kind, identifier), recording_time(connection)
        document_versions.end_documents(connection, principal.site, [found.id], now=now)
        lot_table.end_lot_submissions(connection, principal.site, [found.id], now=now)
        if kind is _SUBMODEL:
            lot_facts.forget_submodel(registry, connection, _submitter(connection, principal), identifier)
        audit.record(registry, connection, principal, f"{kind} deleted", identifier)


def get_element(registry: Registry, principal: Principal, submodel: str, path: str) -> Mapping[str, Any]:
    """Return the submodel element at an idShort path.

    Raises:
        NotFoundError: No such submodel or element.
        InvalidRequestError: The path is not well formed.
    """
    wanted = parse_id_short_path(path, limits=registry.limits)
    found = get_document(registry, principal, _SUBMODEL, submodel)
    return elements.find_element(orjson.loads(found.body), wanted)


def open_attachment(
    registry: Registry, principal: Principal, submodel: str, path: str
) -> tuple[str, str, BinaryIO]:
    """Return name, media type and content of the file that a File element names.

    Raises:
        NotFoundError: No such element, or it names no stored file.
    """
    found = get_document(registry, principal, _SUBMODEL, submodel)
    element = elements.find_element(
        orjson.loads(found.body), parse_id_short_path(path, limits=registry.limits)
    )
    name = str(element.get("value") or "")
    with registry.read() as connection:
        stored = document_files.find_file(connection, principal.site, found.id, found.version, name)
    if element.get("modelType") != "File" or stored is None:
        raise NotFoundError("The element names no stored file.", code=Code.ELEMENT_NOT_FOUND)
    return name, stored[1], registry.files.open(stored[0])


def post_element(
    registry: Registry, principal: Principal, submodel: str, parent: str | None, body: Any
) -> str:
    """Add an element to a submodel or to one of its elements; return the new idShort path.

    Raises:
        InvalidRequestError: The element, or the submodel with it, violates the metamodel.
        ConflictError: The idShort is taken.
        NotFoundError: No such submodel or parent.
    """
    require_valid_element(body, limits=registry.limits)
    wanted = None if parent is None else parse_id_short_path(parent, limits=registry.limits)
    added: list[IdShortPath] = []

    def insert(stored: dict[str, Any]) -> dict[str, Any]:
        changed, path = elements.insert_element(stored, wanted, body)
        added.append(path)
        return changed

    _change_submodel(registry, principal, submodel, insert)
    return str(added[0])


def put_element(registry: Registry, principal: Principal, submodel: str, path: str, body: Any) -> None:
    """Replace the element at an idShort path.

    Raises:
        InvalidRequestError: The element, or the submodel with it, violates the metamodel.
        NotFoundError: No such submodel or element.
    """
    require_valid_element(body, limits=registry.limits)
    wanted = parse_id_short_path(path, limits=registry.limits)
    _change_submodel(
        registry, principal, submodel, lambda stored: elements.replace_element(stored, wanted, body)
    )


def delete_element(registry: Registry, principal: Principal, submodel: str, path: str) -> None:
    """Remove the element at an idShort path; the submodel's versions before keep it.

    Raises:
        NotFoundError: No such submodel or element.
    """
    wanted = parse_id_short_path(path, limits=registry.limits)
    _change_submodel(registry, principal, submodel, lambda stored: elements.delete_element(stored, wanted))


def _change_submodel(
    registry: Registry,
    principal: Principal,
    identifier: str,
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    with registry.write(principal.site) as connection:
        stored = _own(connection, principal, _SUBMODEL, identifier)
        body = change(orjson.loads(stored.body))
        _store(registry, connection, principal, _valid(registry, _SUBMODEL, body))


def _valid(registry: Registry, kind: IdentifiableKind, body: Any) -> Identifiable:
    require_valid(kind, body, limits=registry.limits)
    return Identifiable(kind=kind, identifier=body["id"], id_short=body.get("idShort"), body=body)


def _store(registry: Registry, connection: Connection, principal: Principal, entry: Identifiable) -> None:
    intake.take(registry, connection, _submitter(connection, principal), [entry])
    audit.record(registry, connection, principal, f"{entry.kind} written", entry.identifier)


def _submitter(connection: Connection, principal: Principal) -> Submitter:
    at = recording_time(connection)
    return Submitter(site=principal.site, party=principal.scope.party, submission=None, at=at)


def _held(connection: Connection, principal: Principal, entry: Identifiable) -> Held | None:
    return document_versions.find_held(
        connection, principal.site, entry.kind, entry.identifier, party=principal.scope.party
    )


def _own(connection: Connection, principal: Principal, kind: IdentifiableKind, identifier: str) -> Document:
    party = principal.scope.party
    found = document_table.find_own_document(connection, principal.site, kind, identifier, party=party)
    if found is not None:
        return found
    if party is None and document_table.find_document(connection, principal.scope, kind, identifier):
        code, noun = _NOT_FOUND[kind], kind.replace("_", " ")
        message = (
            f"The plant holds no {noun} of its own with this id; only its submitter changes or ends this one."
        )
        raise NotFoundError(message, code=code)
    raise _not_found(kind)


def _told(recorded: AsRecorded) -> str:
    later, known = recorded.later_than_known, recorded.at
    told = "" if later is None or known is None else f" {answered_as(later, known)}"
    return told if recorded.unsure is None else f"{told} {recorded.unsure.told}"


def _not_found(kind: IdentifiableKind, *, told: str = "") -> NotFoundError:
    code = _NOT_FOUND[kind]
    return NotFoundError(code.meaning + told, code=code)
