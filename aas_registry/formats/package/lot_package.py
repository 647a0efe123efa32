"""An AAS package of one component lot, made from its facts.

What a supplier's tool would make: a shell whose asset is the lot, a lot nameplate, lot
data, and one quality document submodel per certificate. The demo uses it, and so does
anyone who needs an example. The asset kind is ``Instance``: ``Batch`` came with 3.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aas_registry.domain.certificate_claims import AcceptanceSampling
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import AasPackage, Identifiable, IdentifiableKind, PackageFile
from aas_registry.formats.container.opc import part_uri
from aas_registry.formats.templates.catalogue import fill_template, load_template

URN = "urn:"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotCertificate:
    """A certificate to put into a lot's package.

    Attributes:
        file: The document; its part name must be unique in the package.
        number: Number of the document.
        document_type: Name of its class, such as ``Certificate of conformity``.
        title: Title of the document.
        issued_on: Date of issue.
        expires_on: Last day of validity.
        sampling: The sampling plan and its result.
        covers: Lots that it covers; empty: the package's own lot.
    """

    file: PackageFile
    number: str
    document_type: str
    title: str
    issued_on: date
    expires_on: date | None = None
    sampling: AcceptanceSampling | None = None
    covers: tuple[LotFacts, ...] = ()


def build_lot_package(
    facts: LotFacts,
    *,
    designation: str | None = None,
    certificates: Sequence[LotCertificate] = (),
    thumbnail: PackageFile | None = None,
) -> AasPackage:
    """Return the package of one lot: valid by metamodel 3.1, without findings.

    Args:
        facts: The lot; ``facts.shell`` becomes the shell's id.
        designation: What the part is, in words.
        certificates: Documents to carry.
        thumbnail: Picture of the part.
    """
    submodels = build_lot_submodels(facts, designation=designation, certificates=certificates)
    shell = build_lot_shell(facts, [submodel["id"] for submodel in submodels])
    files = tuple(sorted((each.file for each in certificates), key=lambda file: file.part))
    entries = [(IdentifiableKind.SHELL, shell), *((IdentifiableKind.SUBMODEL, each) for each in submodels)]
    return AasPackage(
        metamodel="3.1",
        identifiables=tuple(
            Identifiable(kind=kind, identifier=body["id"], id_short=body.get("idShort"), body=body)
            for kind, body in entries
        ),
        files=files,
        thumbnail=thumbnail,
    )


def build_lot_shell(facts: LotFacts, submodel_ids: Sequence[str]) -> dict[str, Any]:
    """Return the shell of a lot as AAS JSON, referring to its submodels."""
    asset_ids = _identity(facts)
    asset_ids += [("dateCode", code) for code in facts.date_codes]
    if facts.delivery_note:
        asset_ids.append(("deliveryNote", facts.delivery_note))
    return {
        "modelType": "AssetAdministrationShell",
        "id": facts.shell,
        "idShort": "Lot",
        "assetInformation": {
            "assetKind": "Instance",
            "globalAssetId": _id_below(facts.shell, "asset"),
            "specificAssetIds": [{"name": name, "value": value} for name, value in asset_ids],
        },
        "submodels": [
            {"type": "ModelReference", "keys": [{"type": "Submodel", "value": identifier}]}
            for identifier in submodel_ids
        ],
    }


def build_lot_submodels(
    facts: LotFacts, *, designation: str | None = None, certificates: Sequence[LotCertificate] = ()
) -> list[dict[str, Any]]:
    """Return nameplate, lot data and one quality document per certificate, as AAS JSON."""
    nameplate = fill_template(
        load_template("lot_nameplate", "1.0"),
        identifier=_id_below(facts.shell, "LotNameplate"),
        values={
            "ManufacturerName": facts.manufacturer,
            "ManufacturerProductDesignation": designation,
            "ManufacturerPartNumber": facts.mpn,
            "LotCode": facts.lot_code,
            "CountryOfOrigin": facts.country_of_origin,
            "DateOfManufacture": facts.manufactured_on and facts.manufactured_on.isoformat(),
        },
    )
    data = fill_template(
        load_template("lot_data", "1.0"),
        identifier=_id_below(facts.shell, "LotData"),
        values={
            "LotCode": facts.lot_code,
            "DateCodes": facts.date_codes or None,
            "Quantity": None if facts.quantity is None else format(facts.quantity, "f"),
            "UnitOfMeasure": facts.unit_of_measure,
            "DeliveryNote": facts.delivery_note,
            "InternalPartNumber": facts.internal_part_number,
        },
    )
    documents = [_document(facts, each, index) for index, each in enumerate(certificates)]
    return [nameplate, data, *documents]


def _document(facts: LotFacts, certificate: LotCertificate, index: int) -> dict[str, Any]:
    return fill_template(
        load_template("quality_certificate", "1.0"),
        identifier=_id_below(facts.shell, f"QualityCertificate/{index + 1}"),
        values={
            "DocumentIds": [
                {
                    "DocumentDomainId": facts.manufacturer,
                    "DocumentIdentifier": certificate.number,
                    "DocumentIsPrimary": "true",
                }
            ],
            "DocumentClassifications": [
                {
                    "ClassId": "02-04",
                    "ClassName": certificate.document_type,
                    "ClassificationSystem": "VDI2770 Blatt 1:2020",
                }
            ],
            "DocumentInstances": [_document_instance(facts, certificate)],
        },
    )


def _document_instance(facts: LotFacts, certificate: LotCertificate) -> Mapping[str, Any]:
    issued = f"{certificate.issued_on.isoformat()}T00:00:00Z"
    items = [
        [{"IdentificationName": name, "IdentificationValue": value} for name, value in _identity(lot)]
        for lot in certificate.covers or (facts,)
    ]
    plan = certificate.sampling
    return {
        "Language": ["en"],
        "Version": "1",
        "Title": certificate.title,
        "StatusSetDate": issued,
        "StatusValue": "Released",
        "OrganizationShortName": facts.manufacturer,
        "OrganizationOfficialName": facts.manufacturer,
        "ExpiryDate": certificate.expires_on and certificate.expires_on.isoformat(),
        "DigitalFiles": [(part_uri(certificate.file.part), certificate.file.media_type)],
        "AdministrativeData": {
            "CoreData": {"UniqueIdentifier": certificate.number, "IssueDate": issued},
            "Items": {"Item": [{"Identifications": identifications} for identifications in items]},
        },
        "AcceptanceSampling": plan
        and {
            "SampleSize": str(plan.sample_size),
            "AcceptanceNumber": str(plan.acceptance_number),
            "RejectionNumber": str(plan.rejection_number),
            "NonconformingFound": str(plan.nonconforming_found),
        },
    }


def _id_below(shell: str, name: str) -> str:
    # A UUID has no steps below it, but any URN may have a fragment (RFC 8141, 2.3.3).
    return f"{shell}#{name}" if shell.startswith(URN) else f"{shell}/{name}"


def _identity(lot: LotFacts) -> list[tuple[str, str]]:
    return [("manufacturer", lot.manufacturer), ("mpn", lot.mpn), ("lotCode", lot.lot_code)]
