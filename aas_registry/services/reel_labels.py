"""Reel labels: read one, find what it names on record, print one for a lot.

A label is matched by what it says and nothing else: lots by manufacturer part number and lot code
(by the code alone where no such part is on record: a lot code recurs for other parts, so all are
candidates), packages and units by package id, licence plate or serial number, certificates by the
lots. What the principal may not see is not found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from aas_registry.domain.codes import Code
from aas_registry.domain.data_identifiers import Meaning
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.file_names import display_name
from aas_registry.domain.findings import Finding, info
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.principals import Permission, Principal
from aas_registry.domain.reel_label import ReelLabel, Syntax, interpret
from aas_registry.domain.search import Hit, HitGroup, HitKind, MatchedBy, SearchResult
from aas_registry.formats.labels import picture as label_picture
from aas_registry.formats.labels import reel_label as label_format
from aas_registry.formats.labels.picture import Barcode
from aas_registry.formats.labels.reel_label_writer import (
    Symbology,
    write_drawing,
    write_message,
    write_picture,
)
from aas_registry.services import search_hits
from aas_registry.services.genealogy import lots as lot_service
from aas_registry.services.genealogy.lots import LotRow
from aas_registry.services.registry import Registry
from aas_registry.services.search_hits import MOST_HITS, Asker
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage.lots import Lot

__all__ = ["Barcode", "LabelForm", "LabelMatch", "PictureMatch", "Symbology"]

_NAMING = (Meaning.PACKAGE, Meaning.LICENCE_PLATE, Meaning.SERIAL)
_WEEK_CODE_CHARS = 4
_MOST_NAMES = 12  # of one label that are looked up; a reel has two or three
_MOST_LABELS = 20  # of one picture that are looked up
_MOST_CERTIFICATES = 100  # of which some are of several lots


class LabelForm(StrEnum):
    """How a label is written for printing."""

    PNG = "png"
    SVG = "svg"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label, and by kind what it names on record."""

    label: ReelLabel
    groups: Sequence[HitGroup]


@dataclass(frozen=True, slots=True)
class PictureMatch:
    """The codes of a picture, the labels that they make, and what was left over."""

    codes: Sequence[Barcode]
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


def match_picture(
    registry: Registry, principal: Principal, content: bytes, *, file_name: str
) -> PictureMatch:
    """Return the labels that a picture shows, and what they name.

    Raises:
        RefusedError: The picture cannot be read, or shows no label (LABEL-…); its findings name the file.
    """
    try:
        reading = label_picture.read_picture(content, limits=registry.limits)
    except RefusedError as cause:
        shown = display_name(file_name)
        raise RefusedError(*(replace(each, file=shown) for each in cause.findings)) from cause
    with registry.read() as connection:
        asker = Asker(registry, connection, principal, "")
        matched = [LabelMatch(label, _groups(asker, label)) for label in reading.labels[:_MOST_LABELS]]
    others = [LabelMatch(label, ()) for label in reading.labels[_MOST_LABELS:]]
    message = f"The picture shows more than {_MOST_LABELS} labels; the others were not looked up."
    more = [info(Code.LABEL_CODE_IGNORED, message)] if others else []
    return PictureMatch(reading.codes, [*matched, *others], [*reading.findings, *more])


def find_by_scan(asker: Asker, text: str) -> SearchResult:
    """Return what a scanned text names if it reads as a label or as one field of one.

    Certificates, and packages of a lot that is found itself, are left out: one scan, one answer.
    """
    limits = asker.registry.limits
    label = label_format.recognise_label(text.strip(" \r\n\t"), limits=limits)
    if label is None:
        field = label_format.read_field(asker.text) if len(asker.text) <= limits.label_chars else None
        # "S0042" may be a serial number itself; "1T0042" is hardly a lot code.
        if field is None or not field.identifier[0].isdigit():
            return SearchResult(asker.text, ())
        label = interpret([field], syntax=Syntax.IDENTIFIERS)
    groups = _groups(asker, label)
    lots = {hit.id for group in groups if group.kind is HitKind.LOT for hit in group.hits}
    kept = [
        HitGroup(group.kind, [hit for hit in group.hits if hit.id not in lots], group.has_more)
        if group.kind is HitKind.PACKAGE
        else group
        for group in groups
        if group.kind is not HitKind.CERTIFICATE
    ]
    return SearchResult(asker.text, [group for group in kept if group.hits], label.possible_lots)


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


def _groups(asker: Asker, label: ReelLabel) -> list[HitGroup]:
    may = asker.principal.may
    lots = _lots(asker, label) if may(Permission.READ_LOTS) else {}
    found = [(HitKind.LOT, [search_hits.lot_hit(asker, lot, by) for lot, by in lots.items()])]
    texts = [(field.identifier, field.text.strip()) for field in label.fields if field.meaning in _NAMING]
    # A reel may be on record with the data identifier before its name, or without it.
    said = [text for _, text in texts if text] + [identifier + text for identifier, text in texts if text]
    names, packages = list(dict.fromkeys(said))[:_MOST_NAMES], []
    if may(Permission.READ_GENEALOGY):
        found.append((HitKind.UNIT, _each(search_hits.unit_hits(asker.about(name)) for name in names)))
        packages += [search_hits.package_hits(asker.about(name)) for name in names]
    if may(Permission.READ_LOTS):
        packages += [search_hits.stated_package_hits(asker.about(name)) for name in names]
    found.append((HitKind.PACKAGE, _each(packages)))
    if may(Permission.READ_CERTIFICATES):
        stored = certificate_table.certificates_of(
            asker.connection, asker.principal.scope, [lot.id for lot in lots], most=_MOST_CERTIFICATES
        )
        certificates = (search_hits.certificate_hit(asker, each, MatchedBy.LOT_CODE) for _, each in stored)
        found.append((HitKind.CERTIFICATE, list(dict.fromkeys(certificates))))
    return [HitGroup(kind, hits[:MOST_HITS], len(hits) > MOST_HITS) for kind, hits in found if hits]


def _lots(asker: Asker, label: ReelLabel) -> dict[Lot, tuple[MatchedBy, ...]]:
    parts = label.texts(Meaning.MANUFACTURER_PART)[:MOST_HITS]
    if not label.lots and not label.possible_lots:
        dates = label.date_codes[:MOST_HITS]
        by_date = _labelled(asker, mpns=parts, date_codes=dates) if parts and dates else []
        if by_date:
            return dict.fromkeys(by_date, (MatchedBy.PART_NUMBER, MatchedBy.DATE_CODE))
        of_part = _labelled(asker, mpns=parts) if parts else []
        return dict.fromkeys(of_part, (MatchedBy.PART_NUMBER,))
    # Of the lots that an ambiguous label may mean, those on record are shown, for a person to choose.
    codes = [*(each.code for each in label.lots), *label.possible_lots][:MOST_HITS]
    found = _lots_named(asker, codes, parts)
    # Two lots in one field, without their quantities: only the record can tell.
    pieces = [piece for code in _unknown(codes, found) if "/" in code for piece in code.split("/")]
    return found | _lots_named(asker, pieces[:MOST_HITS], parts)


def _lots_named(asker: Asker, codes: Sequence[str], parts: Sequence[str]) -> dict[Lot, tuple[MatchedBy, ...]]:
    codes = [code for code in codes if code.strip()]
    of_part = _labelled(asker, codes=codes, mpns=parts) if codes and parts else []
    others = _unknown(codes, of_part)
    by_code = _labelled(asker, codes=others) if others else []
    both = (MatchedBy.LOT_CODE, MatchedBy.PART_NUMBER)
    return dict.fromkeys(of_part, both) | dict.fromkeys(by_code, (MatchedBy.LOT_CODE,))


def _labelled(asker: Asker, **texts: Sequence[str]) -> list[Lot]:
    return lot_table.lots_labelled(asker.connection, asker.principal.scope, most=MOST_HITS + 1, **texts)


def _unknown(codes: Sequence[str], found: Iterable[Lot]) -> list[str]:
    known = {matching_key(lot.code) for lot in found}
    return [code for code in codes if matching_key(code) not in known]


def _each(lists: Iterable[list[Hit]]) -> list[Hit]:
    return list(dict.fromkeys(hit for hits in lists for hit in hits))


def _data_of(row: LotRow, quantity: str | None, package: str | None) -> list[tuple[str, str]]:
    """Return the fields of a lot's label, those without a text left out."""
    dates = sorted({code for said, _ in row.submissions for code in said.date_codes})
    date_code = dates[0] if len(dates) == 1 else ""
    is_week = len(date_code) == _WEEK_CODE_CHARS and date_code.isascii() and date_code.isdigit()
    countries = {said.country_of_origin for said, _ in row.submissions if said.country_of_origin}
    inner = {said.internal_part_number for said, _ in row.submissions if said.internal_part_number}
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
