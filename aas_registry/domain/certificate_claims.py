"""Certificate claims: what a submodel says about a quality certificate in the package.

A claim is the supplier's word about a document; what the document itself says, and who
signed it, is judged elsewhere. The structure is that of IDTA 02065-1, "Digital Quality
Documents": ``DocumentIds``, ``DocumentClassifications`` and ``DocumentInstances``, one
document per submodel. It has no fields for acceptance sampling and none for an expiry
date, so ours carries ``AcceptanceSampling`` (ISO 2859-1: n, Ac, Re, found) and
``ExpiryDate`` beside the standard's elements.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import Body, children_of, text_of
from aas_registry.domain.findings import Finding, warning
from aas_registry.domain.id_short_path import IdShortPath
from aas_registry.domain.lot_facts import parse_date

QUALITY_DOCUMENT = "https://admin-shell.io/idta/SubmodelTemplate/DigitalQualityDocument/1/0"
_COUNT = re.compile(r"[0-9]{1,12}")
_LOT_KEYS = ("manufacturer", "mpn", "lotcode")


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
        content_type: Declared media type.
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
    content_type: str | None
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
    """Return the claims of all quality document submodels.

    Args:
        submodels: AAS JSON by id; others than quality documents are passed over.

    Returns:
        One claim per File with a value, in order; and findings where a document names no file.
    """
    claims: list[CertificateClaim] = []
    findings: list[Finding] = []
    for identifier, submodel in submodels.items():
        if not is_quality_document(submodel):
            continue
        found = list(_claims(identifier, submodel))
        claims += found
        if not found:
            message = "The quality document names no file; no certificate was taken from it."
            findings.append(warning(Code.TEMPLATE_VIOLATED, message, path=f"{identifier}/DocumentInstances"))
    return tuple(claims), tuple(findings)


def is_quality_document(submodel: Body) -> bool:
    """Return whether the semantic id is that of IDTA 02065-1."""
    keys = (submodel.get("semanticId") or {}).get("keys") or ()
    return any(str(key.get("value")).rstrip("/") == QUALITY_DOCUMENT for key in keys)


def _claims(identifier: str, submodel: Body) -> Iterator[CertificateClaim]:
    document_type = _document_type(submodel)
    number = _number(submodel)
    for index, instance in enumerate(_members(submodel, "DocumentInstances")):
        administration = _member(instance, "AdministrativeData")
        core = _member(administration, "CoreData")
        issued = _text(core, "IssueDate") or _text(instance, "StatusSetDate")
        issuer = _text(instance, "OrganizationOfficialName") or _text(instance, "OrganizationShortName")
        for position, element in enumerate(_members(instance, "DigitalFiles")):
            if not isinstance(element.get("value"), str) or not element["value"]:
                continue
            path = IdShortPath(("DocumentInstances", index, "DigitalFiles", position))
            yield CertificateClaim(
                submodel=identifier,
                path=str(path),
                file=element["value"],
                content_type=element.get("contentType"),
                document_type=document_type,
                number=number or _text(core, "UniqueIdentifier"),
                issuer=issuer,
                lots=tuple(_lots(_member(administration, "Items"))),
                issued_on=parse_date(issued or ""),
                expires_on=parse_date(_text(instance, "ExpiryDate") or ""),
                sampling=_sampling(_member(instance, "AcceptanceSampling")),
            )


def _document_type(submodel: Body) -> str | None:
    for classification in _members(submodel, "DocumentClassifications"):
        name = _text(classification, "ClassName") or _text(classification, "ClassId")
        if name:
            return name
    return None


def _number(submodel: Body) -> str | None:
    ids = _members(submodel, "DocumentIds")
    ids.sort(key=lambda entry: _text(entry, "DocumentIsPrimary") not in ("true", "1"))
    return next((number for entry in ids if (number := _text(entry, "DocumentIdentifier"))), None)


def _lots(items: Body) -> Iterator[ClaimedLot]:
    for item in _members(items, "Item"):
        named: dict[str, str] = {}
        for entry in _members(item, "Identifications"):
            key = (_text(entry, "IdentificationName") or "").casefold()
            named.setdefault(key, _text(entry, "IdentificationValue") or "")
        manufacturer, mpn, lot_code = (named.get(key, "") for key in _LOT_KEYS)
        if lot_code:
            yield ClaimedLot(manufacturer, mpn, lot_code)


def _sampling(plan: Body) -> AcceptanceSampling | None:
    names = ("SampleSize", "AcceptanceNumber", "RejectionNumber", "NonconformingFound")
    texts = [_text(plan, name) or "" for name in names]
    if not all(_COUNT.fullmatch(text) for text in texts):
        return None
    return AcceptanceSampling(*map(int, texts))


def _member(container: Body, id_short: str) -> Body:
    return next((child for child in children_of(container) if child.get("idShort") == id_short), {})


def _members(container: Body, id_short: str) -> list[dict[str, Any]]:
    return children_of(_member(container, id_short))


def _text(container: Body, id_short: str) -> str | None:
    return text_of(_member(container, id_short))
