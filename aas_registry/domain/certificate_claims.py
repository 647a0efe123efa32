"""Certificate claims: what a submodel says about a quality certificate in the package.

A claim is the supplier's word about a document; what the document itself says, and who
signed it, is judged elsewhere. Claims are read from

- IDTA 02065-1, "Digital Quality Documents": ``DocumentIds``, ``DocumentClassifications`` and
  ``DocumentInstances``, one document per submodel. It has no fields for acceptance sampling
  and none for an expiry date, so ours carries ``AcceptanceSampling`` (ISO 2859-1: n, Ac, Re,
  found) and ``ExpiryDate`` beside the standard's elements;
- IDTA 02004-2-0, "Handover Documentation", where it holds PDF files of documents that are
  classified as certificates or declarations (VDI 2770, class 02-04). It names no lots: such a
  document speaks of the lot whose shell names the submodel.

Total over any JSON.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import Body, children_of, text_of
from aas_registry.domain.findings import Finding, warning
from aas_registry.domain.id_short_path import IdShortPath
from aas_registry.domain.lot_facts import parse_date
from aas_registry.domain.semantic_ids import comparable, main_semantic_id_of, semantic_ids_of, versioned

QUALITY_DOCUMENT = "https://admin-shell.io/idta/SubmodelTemplate/DigitalQualityDocument/1/0"
HANDOVER = "0173-1#01-AHF578"
_VDI_CLASS = re.compile(r"[0-9]{2}-[0-9]{2}")
_CERTIFICATES = frozenset({"02-04", "0173-1#07-abu488"})
_CERTIFICATE_WORDS = ("certificate", "declaration", "zertifikat", "zeugnis", "bescheinigung", "konformit")
_MAX_CLASS_CHARS = 64
_COUNT = re.compile(r"[0-9]{1,12}")
_SAMPLING = ("SampleSize", "AcceptanceNumber", "RejectionNumber", "NonconformingFound")
_LOT_KEYS = ("manufacturer", "mpn", "lotcode")
_SEMANTIC_IDS = {
    "Documents": "0173-1#02-abi500",
    "DocumentIds": "0173-1#02-abi501",
    "DocumentClassifications": "0173-1#02-abi502",
    "DocumentInstances": "0173-1#02-abi503",
    "DocumentVersions": "0173-1#02-abi503",
    "DigitalFiles": "0173-1#02-abk126",
    "DocumentIdentifier": "0173-1#02-aao099",
    "DocumentIsPrimary": "0173-1#02-abh995",
    "ClassId": "0173-1#02-abh996",
    "ClassName": "0173-1#02-abj219",
    "StatusSetDate": "0173-1#02-abi000",
    "OrganizationShortName": "0173-1#02-abi002",
    "OrganizationOfficialName": "0173-1#02-abi004",
}


@dataclass(frozen=True, slots=True)
class ClaimedLot:
    """A lot that a certificate is said to cover."""

    manufacturer: str
    mpn: str
    lot_code: str


@dataclass(frozen=True, slots=True)
class AcceptanceSampling:
    """A single sampling plan by attributes and its result, counted in pieces.

    Attributes:
        sample_size: n.
        acceptance_number: Ac; a lot with at most so many nonconforming pieces is accepted.
        rejection_number: Re.
        nonconforming_found: What was found in the sample.

    Source:
        ISO 2859-1, clause 3 (n, Ac, Re).
    """

    sample_size: int
    acceptance_number: int
    rejection_number: int
    nonconforming_found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateClaim:
    """What a submodel says about one file.

    Attributes:
        submodel: Id of the submodel.
        path: idShort path of the File element.
        file: The ``File.value``, a part of the package or an address.
        document_type: Class name, or class id where there is no name.
        number: The document's primary identifier.
        issuer: Official name of the issuing organisation, else its short name.
        lots: Lots that it names; empty where it names none.
        issued_on: Date of issue.
        expires_on: Last day of validity.
        sampling: The sampling plan and its result.
    """

    submodel: str
    path: str
    file: str
    document_type: str | None
    number: str | None
    issuer: str | None
    lots: tuple[ClaimedLot, ...] = ()
    issued_on: date | None = None
    expires_on: date | None = None
    sampling: AcceptanceSampling | None = None


def extract_certificates(
    submodels: Mapping[str, Mapping[str, Any]],
) -> tuple[tuple[CertificateClaim, ...], tuple[Finding, ...]]:
    """Return the claims of all quality document and handover documentation submodels.

    Args:
        submodels: AAS JSON by id; others are passed over.

    Returns:
        One claim per file that a document names, in order; and findings where a quality document
        names no file, or a date is none. Of a handover documentation only PDF files count.
    """
    claims: list[CertificateClaim] = []
    findings: list[Finding] = []
    for identifier, submodel in submodels.items():
        if is_handover_documentation(submodel):
            claims += _handed_over(identifier, submodel, findings)
        if not is_quality_document(submodel):
            continue
        found = list(_claims(identifier, submodel, findings))
        claims += found
        if not found:
            message = "The quality document names no file; no certificate was taken from it."
            findings.append(warning(Code.TEMPLATE_VIOLATED, message, path=f"{identifier}/DocumentInstances"))
    return tuple(claims), tuple(findings)


def is_quality_document(submodel: Body) -> bool:
    """Return whether the semantic id is that of IDTA 02065-1."""
    main = main_semantic_id_of(submodel)
    return main is not None and versioned(main) == versioned(QUALITY_DOCUMENT)


def is_handover_documentation(submodel: Body) -> bool:
    """Return whether the semantic id is that of IDTA 02004, in any version."""
    main = main_semantic_id_of(submodel)
    return main is not None and comparable(main) == comparable(HANDOVER)


def _claims(identifier: str, submodel: Body, findings: list[Finding]) -> Iterator[CertificateClaim]:
    document = _ClaimedDocument(submodel, "DocumentInstances")
    for index, instance in enumerate(document.versions):
        read = _Dates(f"{identifier}/{document.path_of(index)}", findings)
        administration = _member(instance, "AdministrativeData")
        core = _member(administration, "CoreData")
        lots = tuple(_lots(_member(administration, "Items")))
        issued_on = read.date(instance, "AdministrativeData", "CoreData", "IssueDate")
        issued_on = issued_on or read.date(instance, "StatusSetDate")
        expires_on = read.date(instance, "ExpiryDate")
        plan = _member(instance, "AcceptanceSampling")
        counts = [_text(plan, name) or "" for name in _SAMPLING]
        is_sampled = all(_COUNT.fullmatch(text) for text in counts)
        for position, element in _files(instance):
            yield CertificateClaim(
                submodel=identifier,
                path=document.path_of(index, _step_of(instance, "DigitalFiles"), position),
                file=element["value"],
                document_type=document.type,
                number=document.number or _text(core, "UniqueIdentifier"),
                issuer=_issuer(instance),
                lots=lots,
                issued_on=issued_on,
                expires_on=expires_on,
                sampling=AcceptanceSampling(*map(int, counts)) if is_sampled else None,
            )


def _handed_over(identifier: str, submodel: Body, findings: list[Finding]) -> Iterator[CertificateClaim]:
    documents = _member(submodel, "Documents")
    for place, entry in enumerate(children_of(documents)):
        document = _ClaimedDocument(entry, "DocumentVersions", (_step(documents, "Documents"), place))
        if not document.is_certificate:
            continue
        for index, version in enumerate(document.versions):
            read = _Dates(f"{identifier}/{document.path_of(index)}", findings)
            issued_on = read.date(version, "StatusSetDate")
            for position, element in _files(version):
                media_type = _plain(element.get("contentType"))
                if media_type != "application/pdf" and not element["value"].casefold().endswith(".pdf"):
                    continue
                yield CertificateClaim(
                    submodel=identifier,
                    path=document.path_of(index, _step_of(version, "DigitalFiles"), position),
                    file=element["value"],
                    document_type=document.type,
                    number=document.number,
                    issuer=_issuer(version),
                    issued_on=issued_on,
                )


class _ClaimedDocument:
    """What both templates say of a document in the same way.

    Attributes:
        is_certificate: Whether a class of it is that of certificates and declarations.
        type: Name of that class, else of the first class; its id where it has no name.
        number: The primary identifier, else the first.
        versions: Its versions, each with files.
    """

    def __init__(self, body: Body, versions: str, path: tuple[str | int, ...] = ()) -> None:
        classes = _members(body, "DocumentClassifications")
        certifying = [each for each in classes if _says_certificate(each)]
        self.is_certificate = bool(certifying)
        named = (_text(each, "ClassName") or _text(each, "ClassId") for each in [*certifying, *classes])
        self.type = next((name for name in named if name), None)
        ids = _members(body, "DocumentIds")
        ids.sort(key=lambda entry: _text(entry, "DocumentIsPrimary") not in ("true", "1"))
        self.number = next((text for each in ids if (text := _text(each, "DocumentIdentifier"))), None)
        found = _member(body, versions)
        self.versions = children_of(found)
        self._path = (*path, _step(found, versions))

    def path_of(self, *steps: str | int) -> str:
        return str(IdShortPath((*self._path, *steps)))


@dataclass(frozen=True, slots=True)
class _Dates:
    """The dates of what stands at a path; one that is none becomes a finding."""

    path: str
    findings: list[Finding]

    def date(self, body: Body, *names: str) -> date | None:
        path = self.path
        for name in names:
            path += f".{_step_of(body, name)}"
            body = _member(body, name)
        text = text_of(body)
        day = None if text is None else parse_date(text)
        if text is not None and day is None:
            message = f"{text[:100]!r} is no date of the form YYYY-MM-DD; it was not taken."
            self.findings.append(warning(Code.CERTIFICATE_DATE, message, path=path))
        return day


def _says_certificate(classification: Body) -> bool:
    number = comparable((_text(classification, "ClassId") or "")[:_MAX_CLASS_CHARS])
    if number in _CERTIFICATES or _VDI_CLASS.fullmatch(number):
        return number in _CERTIFICATES
    name = (_text(classification, "ClassName") or "").casefold()
    return any(word in name for word in _CERTIFICATE_WORDS)


def _files(version: Body) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the files of a document, each once: a file that is named again is no other document."""
    named: set[str] = set()
    for position, element in enumerate(_members(version, "DigitalFiles")):
        value = _plain(element.get("value"))
        if value and value not in named:
            named.add(value)
            yield position, element


def _issuer(version: Body) -> str | None:
    return _text(version, "OrganizationOfficialName") or _text(version, "OrganizationShortName")


def _lots(items: Body) -> Iterator[ClaimedLot]:
    for item in _members(items, "Item"):
        named: dict[str, str] = {}
        for entry in _members(item, "Identifications"):
            key = (_text(entry, "IdentificationName") or "").casefold()
            named.setdefault(key, _text(entry, "IdentificationValue") or "")
        manufacturer, mpn, lot_code = (named.get(key, "") for key in _LOT_KEYS)
        if lot_code:
            yield ClaimedLot(manufacturer, mpn, lot_code)


def _member(container: Body, id_short: str) -> Body:
    """Return the member of a name, else the one with the name's semantic id, else nothing."""
    children = children_of(container)
    named = (child for child in children if child.get("idShort") == id_short)
    key = _SEMANTIC_IDS.get(id_short)
    meant = (child for child in children if key and key in map(comparable, semantic_ids_of(child)))
    return next(chain(named, meant), {})


def _members(container: Body, id_short: str) -> list[dict[str, Any]]:
    return children_of(_member(container, id_short))


def _text(container: Body, id_short: str) -> str | None:
    return text_of(_member(container, id_short))


def _step_of(container: Body, id_short: str) -> str:
    return _step(_member(container, id_short), id_short)


def _step(element: Body, id_short: str) -> str:
    return _plain(element.get("idShort")) or id_short


def _plain(value: object) -> str | None:
    return value if isinstance(value, str) else None
