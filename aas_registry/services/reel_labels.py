"""Reel labels: read one, find what it names on record, print one for a lot.

A label is matched by what it says and nothing else: lots by manufacturer part number and lot code
(by the code alone where no such part is on record: a lot code recurs for other parts, so all are
candidates), packages and units by package id, licence plate or serial number, certificates by the
lots. What the principal may not see is not found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aas_registry.domain.data_identifiers import Meaning
from aas_registry.domain.findings import Finding
from aas_registry.domain.principals import Permission, Principal
from aas_registry.domain.reel_label import ReelLabel, Syntax, interpret
from aas_registry.domain.search import Group, Hit, HitKind, MatchedBy
from aas_registry.formats import label_picture
from aas_registry.formats import reel_label as label_format
from aas_registry.formats.label_picture import Code
from aas_registry.formats.reel_label_writer import (
    Symbology,
    write_drawing,
    write_message,
    write_picture,
)
from aas_registry.services import lots as lot_service
from aas_registry.services import search_hits
from aas_registry.services.lots import LotRow
from aas_registry.services.registry import Registry
from aas_registry.services.search_hits import MOST_HITS, PAGE, Asker
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage.certificates import CertificateFilter
from aas_registry.storage.lots import Lot, LotFilter

__all__ = ["Code", "LabelForm", "LabelMatch", "PictureMatch", "Symbology"]

_NAMING = (Meaning.PACKAGE, Meaning.LICENCE_PLATE, Meaning.SERIAL)
_WEEK_CODE_CHARS = 4


class LabelForm(StrEnum):
    """How a label is written for printing."""

    PNG = "png"
    SVG = "svg"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label, and by kind what it names on record."""

    label: ReelLabel
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class PictureMatch:
    """The codes of a picture, the labels that they make, and what was left over."""

    codes: Sequence[Code]
    labels: Sequence[LabelMatch]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A label to print."""

    content: bytes
    media_type: str


def match_text(registry: Registry, principal: Principal, text: str) -> LabelMatch:
    """Return the label that a scanned text holds, and what it names.

    Raises:
        RefusedError: The text is no label (LABEL-…).
    """
    label = label_format.read_label(text, limits=registry.limits)
    with registry.read() as connection:
        return LabelMatch(label, _groups(Asker(registry, connection, principal, ""), label))


def match_picture(registry: Registry, principal: Principal, content: bytes) -> PictureMatch:
    """Return the labels that a picture shows, and what they name.

    Raises:
        RefusedError: The picture cannot be read, or shows no label (LABEL-…).
    """
    reading = label_picture.read_picture(content, limits=registry.limits)
    with registry.read() as connection:
        asker = Asker(registry, connection, principal, "")
        matched = [LabelMatch(label, _groups(asker, label)) for label in reading.labels]
    return PictureMatch(reading.codes, matched, reading.findings)


def find_by_scan(asker: Asker, text: str) -> list[Group]:
    """Return what a scanned text names if it reads as a label or as one field of one.

    Certificates, and packages of a lot that is found itself, are left out: one scan, one answer.
    """
    limits = asker.registry.limits
    label = label_format.recognise_label(text.strip(" \r\n\t"), limits=limits)
    if label is None:
        field = label_format.read_field(asker.text) if len(asker.text) <= limits.label_chars else None
        # "S0042" may be a serial number itself; "1T0042" is hardly a lot code.
        if field is None or not field.identifier[0].isdigit():
            return []
        label = interpret([field], syntax=Syntax.IDENTIFIERS)
    groups = _groups(asker, label)
    lots = {hit.id for group in groups if group.kind is HitKind.LOT for hit in group.hits}
    kept = [
        Group(group.kind, [hit for hit in group.hits if hit.id not in lots], group.has_more)
        if group.kind is HitKind.PACKAGE
        else group
        for group in groups
        if group.kind is not HitKind.CERTIFICATE
    ]
    return [group for group in kept if group.hits]


def write_lot_label(
    registry: Registry,
    principal: Principal,
    lot: str,
    *,
    symbology: Symbology,
    form: LabelForm,
    quantity: str | None = None,
    package: str | None = None,
) -> LabelFile:
    """Return the label of a lot, for a printer.

    Args:
        registry: The running parts.
        principal: Who asks.
        lot: Opaque id of the lot.
        symbology: The kind of code.
        form: Picture, drawing, or the text that the code holds.
        quantity: What the reel holds, if it is to be printed.
        package: The reel's own id, if it is to be printed.

    Raises:
        NotFoundError: No such lot, or none that the principal may see.
        RefusedError: LABEL-UNWRITABLE; a text does not fit the symbology.
    """
    data = _data_of(lot_service.find_lot(registry, principal, lot), quantity, package)
    if form is LabelForm.TEXT:
        return LabelFile(write_message(data).encode(), "text/plain")
    if form is LabelForm.SVG:
        return LabelFile(write_drawing(data, symbology).encode(), "image/svg+xml")
    return LabelFile(write_picture(data, symbology), "image/png")


def _groups(asker: Asker, label: ReelLabel) -> list[Group]:
    may = asker.principal.may
    lots = _lots(asker, label) if may(Permission.READ_LOTS) else {}
    found = [(HitKind.LOT, [search_hits.lot_hit(asker, lot, by) for lot, by in lots.items()])]
    names, packages = _names(label), []
    if may(Permission.READ_GENEALOGY):
        found.append((HitKind.UNIT, _each(search_hits.unit_hits(asker.about(name)) for name in names)))
        packages += [search_hits.package_hits(asker.about(name)) for name in names]
    if may(Permission.READ_LOTS):
        packages += [search_hits.stated_package_hits(asker.about(name)) for name in names]
    found.append((HitKind.PACKAGE, _each(packages)))
    if may(Permission.READ_CERTIFICATES):
        found.append((HitKind.CERTIFICATE, _each(_certificates(asker, lot) for lot in lots)))
    return [Group(kind, hits[:MOST_HITS], len(hits) > MOST_HITS) for kind, hits in found if hits]


def _lots(asker: Asker, label: ReelLabel) -> dict[Lot, tuple[MatchedBy, ...]]:
    parts = label.texts(Meaning.MANUFACTURER_PART)[:MOST_HITS]
    found: dict[Lot, tuple[MatchedBy, ...]] = {}
    for each in label.lots[:MOST_HITS]:
        named = _lots_named(asker, each.code, parts)
        if not named and "/" in each.code:
            # Two lots in one field, without their quantities: only the record can tell.
            for code in each.code.split("/")[:MOST_HITS]:
                named |= _lots_named(asker, code.strip(), parts)
        found |= named
    if not label.lots:
        for part in parts:
            found |= _lots_of_part(asker, part, label.date_codes)
    return found


def _lots_named(asker: Asker, code: str, parts: Sequence[str]) -> dict[Lot, tuple[MatchedBy, ...]]:
    for part in parts:
        found = _list(asker, LotFilter(code=code, mpn=part))
        if found:
            return dict.fromkeys(found, (MatchedBy.LOT_CODE, MatchedBy.PART_NUMBER))
    return dict.fromkeys(_list(asker, LotFilter(code=code)) if code else (), (MatchedBy.LOT_CODE,))


def _lots_of_part(asker: Asker, part: str, date_codes: Sequence[str]) -> dict[Lot, tuple[MatchedBy, ...]]:
    wanted = [LotFilter(mpn=part, date_code=code) for code in date_codes[:MOST_HITS]]
    by_date = [lot for each in wanted for lot in _list(asker, each)]
    if by_date:
        return dict.fromkeys(by_date, (MatchedBy.PART_NUMBER, MatchedBy.DATE_CODE))
    return dict.fromkeys(_list(asker, LotFilter(mpn=part)), (MatchedBy.PART_NUMBER,))


def _list(asker: Asker, wanted: LotFilter) -> list[Lot]:
    return lot_table.list_lots(asker.connection, asker.principal.scope, wanted, PAGE)


def _names(label: ReelLabel) -> list[str]:
    """Return how the reel may be called on record: with or without the data identifier."""
    texts = [
        (field.identifier, field.text.strip())
        for field in label.fields
        if field.meaning in _NAMING and field.text.strip()
    ]
    names = [text for _, text in texts] + [identifier + text for identifier, text in texts]
    return list(dict.fromkeys(names))[: 2 * MOST_HITS]


def _certificates(asker: Asker, lot: Lot) -> list[Hit]:
    found = certificate_table.list_certificates(
        asker.connection, asker.principal.scope, CertificateFilter(lot=lot.id), PAGE
    )
    return [search_hits.certificate_hit(asker, each, MatchedBy.LOT_CODE) for each in found]


def _each(lists: Iterable[list[Hit]]) -> list[Hit]:
    return list(dict.fromkeys(hit for hits in lists for hit in hits))


def _data_of(row: LotRow, quantity: str | None, package: str | None) -> list[tuple[str, str]]:
    """Return the fields of a lot's label, those without a text left out."""
    dates = sorted({code for said, _ in row.statements for code in said.date_codes})
    date_code = dates[0] if len(dates) == 1 else ""
    is_week = len(date_code) == _WEEK_CODE_CHARS and date_code.isascii() and date_code.isdigit()
    countries = {said.country_of_origin for said, _ in row.statements if said.country_of_origin}
    inner = {said.internal_part_number for said, _ in row.statements if said.internal_part_number}
    data = [
        ("P", inner.pop() if len(inner) == 1 else ""),
        ("1P", row.lot.mpn),
        ("1V", row.lot.manufacturer),
        ("1T", row.lot.code),
        ("10D" if is_week else "9D", date_code),
        ("4L", countries.pop() if len(countries) == 1 else ""),
        ("Q", quantity or ""),
        ("3S", package or ""),
    ]
    return [(identifier, text) for identifier, text in data if text]
