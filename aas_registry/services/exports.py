"""Exports: lots, shells, submodels or all of a party as AASX, AAS JSON or AAS XML.

The objects are read in one snapshot and written one by one into a file without a name;
the contents of files are copied piece by piece. Equal content gives equal bytes and an
equal digest, so whoever has an export need not fetch it again. What leaves the registry
stands in the audit trail.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO

import orjson

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.codes import Code
from aas_registry.domain.disk import failure_of
from aas_registry.domain.errors import TooLargeError
from aas_registry.domain.exports import ExportForm, Selection, rename_files
from aas_registry.domain.findings import Finding
from aas_registry.domain.identifiers import LotId
from aas_registry.domain.package import IdentifiableKind, Metamodel, PackageFile
from aas_registry.domain.principals import Principal
from aas_registry.formats.aas.environment_writer import (
    CanonicalObject,
    DataFormat,
    Source,
    Written,
    fitting_metamodel,
    write_fitting_environment,
    write_json,
    write_xml,
)
from aas_registry.formats.package.aasx_writer import save_aasx
from aas_registry.services import audit
from aas_registry.services.export_selection import Gathered, gather, party_of
from aas_registry.services.public_ids import Noun, to_internal
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import exports as export_table

__all__ = ["Export", "ExportForm", "Metamodel", "Selection", "export"]

_WRITER = "2"  # changes when the bytes for the same content change
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_NAME_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A written export.

    Attributes:
        form: The form that was asked for.
        digest: Equal for equal content in the same form; an entity tag.
        file_name: A safe name for the file.
        data_format: How the AAS data are written; a finding says why an AASX holds JSON.
        metamodel: By whose rules the XML is written; None for JSON, which has no version.
        counts: Numbers of ``shells``, ``submodels``, ``conceptDescriptions`` and ``files``.
        findings: What was renamed, and what else whoever reads it should know.
        size: Of the file, in bytes; 0 where the asker has the export already.
        stream: The file, at its first byte; close it. None where the asker has
            the export already, or asked for a dry run.
    """

    form: ExportForm
    digest: str
    file_name: str
    data_format: DataFormat | None
    metamodel: Metamodel | None
    counts: dict[str, int]
    findings: tuple[Finding, ...]
    size: int
    stream: BinaryIO | None

    def as_json(self) -> dict[str, Any]:
        """Return what is known of it, but not the file, as the API answers it."""
        return {
            "format": self.form.value,
            "sha256OfContent": self.digest,
            "fileName": self.file_name,
            "dataFormat": self.data_format,
            "metamodel": self.metamodel,
            **self.counts,
            "size": self.size,
            "findings": [each.as_json() for each in self.findings],
        }


def export(
    registry: Registry,
    principal: Principal,
    selection: Selection,
    form: ExportForm,
    *,
    metamodel: Metamodel | None = None,
    dry_run: bool = False,
    is_known: Callable[[str], bool] = lambda _digest: False,
) -> Export:
    """Write what a selection brings, as far as the principal may see it.

    Args:
        registry: The running parts.
        principal: Who asks.
        selection: What is asked for.
        form: How it is written.
        metamodel: The version of the XML; None for the one that fits best.
        dry_run: Tell what it would hold, and hand out nothing.
        is_known: Answers whether the asker has the export with a digest already.

    Raises:
        NotFoundError: Something that is named is not there, or there is nothing at all.
        ForbiddenError: A supplier named another party.
        TooLargeError: EXPORT-TOO-LARGE; the message names the setting.
        RefusedError: EXPORT-NOT-XML: XML was asked for and would lose something.
        StorageFullError: No room is left for it.
        UnavailableError: A stored file cannot be read, or the database is busy.
    """
    try:
        return _export(
            registry, principal, selection, form, metamodel=metamodel, dry_run=dry_run, is_known=is_known
        )
    except OSError as cause:
        raise failure_of(cause, f"The export cannot be written: {cause.strerror}.") from cause


def _export(
    registry: Registry,
    principal: Principal,
    selection: Selection,
    form: ExportForm,
    *,
    metamodel: Metamodel | None,
    dry_run: bool,
    is_known: Callable[[str], bool],
) -> Export:
    with ExitStack() as opened:
        with registry.read() as connection:
            found = gather(registry, connection, principal, selection, with_files=form is ExportForm.AASX)
            digest = found.digest(_WRITER, form.value, metamodel)
            name = f"{_name(registry, connection, principal, selection)}.{form.value}"
            if is_known(digest):
                return _answer(found, form, digest=digest, file_name=name)
            data = opened.enter_context(registry.scratch())
            source = _source(registry, connection, principal, found)
            written = _write_data(registry, source, data, form, metamodel)
        stream = data
        if form is ExportForm.AASX:
            stream = opened.enter_context(registry.scratch())
            _write_package(registry, found, stream, data=data, data_format=written.data_format)
            data.close()
        made = _answer(found, form, digest=digest, file_name=name, written=written, stream=stream)
        if dry_run:
            return replace(made, stream=None)
        counted = ", ".join(f"{noun}: {count}" for noun, count in made.counts.items())
        detail = f"{counted}, sha256OfContent: {made.digest}"
        with registry.write(principal.site) as connection:
            audit.record(registry, connection, principal, "export made", name, detail)
        opened.pop_all()
    return made


def _write_data(
    registry: Registry, source: Source, data: BinaryIO, form: ExportForm, asked: Metamodel | None
) -> Written:
    if form is ExportForm.JSON:
        write_json(source, data)
        written = Written("json", None)
    elif form is ExportForm.XML:
        written = Written("xml", asked or fitting_metamodel(source))
        write_xml(source, data, metamodel=written.metamodel or "3.1")
    else:
        written = write_fitting_environment(source, data, metamodel=asked)
    most = registry.settings.aas_data_bytes
    if data.tell() > most:  # this registry itself would not take it
        message = f"The AAS data has more than {most:,} bytes (setting aas_data_bytes); export it in parts."
        raise TooLargeError(message, code=Code.EXPORT_TOO_LARGE)
    return written


def _source(registry: Registry, connection: Connection, principal: Principal, found: Gathered) -> Source:
    def of_kind(kind: IdentifiableKind) -> Iterator[CanonicalObject]:
        for stored, body in export_table.bodies_of(connection, principal.site, found.of_kind(kind)):
            registry.check_time()
            renamed = found.placed.renamed.get(stored.id)
            if not renamed:
                yield CanonicalObject(kind, body)
                continue
            parsed = orjson.loads(body)
            rename_files(parsed, renamed)
            yield CanonicalObject(kind, canonical_bytes(parsed))

    return of_kind


def _write_package(
    registry: Registry, found: Gathered, stream: BinaryIO, *, data: BinaryIO, data_format: DataFormat
) -> None:
    files = {
        part: PackageFile(part, media_type, found.sizes[sha256], partial(registry.files.open, sha256))
        for part, (sha256, media_type) in found.placed.parts.items()
    }
    save_aasx(
        stream,
        data=data,
        data_format=data_format,
        files=[file for part, file in files.items() if part in found.supplements],
        thumbnail=files[found.thumbnail] if found.thumbnail else None,
    )


def _answer(
    found: Gathered,
    form: ExportForm,
    *,
    digest: str,
    file_name: str,
    written: Written | None = None,
    stream: BinaryIO | None = None,
) -> Export:
    findings = found.findings
    if written is not None and written.reason is not None:
        findings = (written.reason, *findings)
    size = 0
    if stream is not None:
        size = stream.seek(0, 2)
        stream.seek(0)
    return Export(
        form=form,
        digest=digest,
        file_name=file_name,
        data_format=None if written is None else written.data_format,
        metamodel=None if written is None else written.metamodel,
        counts={
            "shells": len(found.of_kind(IdentifiableKind.SHELL)),
            "submodels": len(found.of_kind(IdentifiableKind.SUBMODEL)),
            "conceptDescriptions": len(found.of_kind(IdentifiableKind.CONCEPT_DESCRIPTION)),
            "files": len(found.placed.parts),
        },
        findings=findings,
        size=size,
        stream=stream,
    )


def _name(registry: Registry, connection: Connection, principal: Principal, selection: Selection) -> str:
    wanted = "aas-export"
    if selection.party is not None:
        wanted = party_of(connection, principal, selection.party).code
    elif len(selection.lots) == 1 and not selection.shells and not selection.submodels:
        number = LotId(to_internal(registry, principal.site, Noun.LOT, selection.lots[0]))
        lot = lot_table.find_lot(connection, principal.scope, number)
        wanted = f"lot-{lot.code}" if lot else wanted
    return _UNSAFE.sub("-", wanted).strip("-")[:_NAME_CHARS] or "aas-export"
