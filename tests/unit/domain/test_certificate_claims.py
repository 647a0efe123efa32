"""Certificate claims: what a submodel may leave out without being misread."""

from datetime import date
from typing import Any

import pytest
from template_samples import complete, places

from aas_registry.domain.certificate_claims import (
    QUALITY_DOCUMENT,
    extract_certificates,
    is_quality_document,
)
from aas_registry.domain.codes import Code


def collection(name: str | None, *value: dict[str, Any]) -> dict[str, Any]:
    return {"modelType": "SubmodelElementCollection", "idShort": name, "value": list(value)}


def members(name: str, *value: dict[str, Any]) -> dict[str, Any]:
    return {"modelType": "SubmodelElementList", "idShort": name, "value": list(value)}


def prop(name: str, value: str) -> dict[str, Any]:
    return {"modelType": "Property", "idShort": name, "value": value}


def document(*instance: dict[str, Any], ids: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "modelType": "Submodel",
        "semanticId": {"keys": [{"value": QUALITY_DOCUMENT}]},
        "submodelElements": [
            members("DocumentIds", *ids),
            members("DocumentInstances", collection(None, *instance)),
        ],
    }


FILES = members(
    "DigitalFiles", {"modelType": "File", "value": "/a.pdf"}, {"modelType": "File", "value": "/b.pdf"}
)


def test_every_file_is_a_claim_with_its_path() -> None:
    claims, findings = extract_certificates({"urn:a": document(FILES)})

    assert [(claim.submodel, claim.path, claim.file) for claim in claims] == [
        ("urn:a", "DocumentInstances[0].DigitalFiles[0]", "/a.pdf"),
        ("urn:a", "DocumentInstances[0].DigitalFiles[1]", "/b.pdf"),
    ]
    assert (claims[0].number, claims[0].lots, claims[0].issued_on, claims[0].sampling) == (
        None,
        (),
        None,
        None,
    )
    assert findings == ()


def test_a_document_without_a_file_is_told() -> None:
    claims, findings = extract_certificates(
        {"urn:a": document(members("DigitalFiles", {"modelType": "File"}))}
    )

    assert claims == ()
    assert [finding.code for finding in findings] == [Code.TEMPLATE_VIOLATED]


def test_a_file_that_is_named_again_is_no_other_claim() -> None:
    twice = members("DigitalFiles", *FILES["value"], *FILES["value"])

    claims, _ = extract_certificates({"urn:a": document(twice)})

    assert [claim.file for claim in claims] == ["/a.pdf", "/b.pdf"]


@pytest.mark.parametrize("text", ["31.12.2026", "2026-03-01garbage", "2026-W10-5", "20260301", "2026-02-30"])
def test_a_date_that_is_none_is_told_with_its_place(text: str) -> None:
    core = collection("CoreData", prop("IssueDate", text))
    instance = (FILES, collection("AdministrativeData", core), prop("ExpiryDate", text))

    claims, findings = extract_certificates({"urn:a": document(*instance)})

    assert {(claim.issued_on, claim.expires_on) for claim in claims} == {(None, None)}
    assert [(finding.code, finding.path) for finding in findings] == [
        (Code.CERTIFICATE_DATE, "urn:a/DocumentInstances[0].AdministrativeData.CoreData.IssueDate"),
        (Code.CERTIFICATE_DATE, "urn:a/DocumentInstances[0].ExpiryDate"),
    ]


def test_the_date_of_the_status_stands_in_for_that_of_issue() -> None:
    claims, findings = extract_certificates(
        {"urn:a": document(FILES, prop("StatusSetDate", "2026-03-04T00:00:00Z"))}
    )

    assert claims[0].issued_on == date(2026, 3, 4)
    assert findings == ()


def test_a_date_of_a_handover_documentation_that_is_none_is_told_with_its_place() -> None:
    submodel = classified("02-04")
    for path, element, _ in places(submodel):
        if path.endswith(".StatusSetDate"):
            element["value"] = "in March"

    claims, findings = extract_certificates({"urn:h": submodel})

    assert {claim.issued_on for claim in claims} == {None}
    assert {finding.code for finding in findings} == {Code.CERTIFICATE_DATE}
    assert findings[0].path == "urn:h/Documents[0].DocumentVersions[0].StatusSetDate"


def test_the_primary_number_goes_first() -> None:
    ids = (
        collection(None, prop("DocumentIdentifier", "second")),
        collection(None, prop("DocumentIdentifier", "first"), prop("DocumentIsPrimary", "true")),
    )

    claims, _ = extract_certificates({"urn:a": document(FILES, ids=ids)})

    assert claims[0].number == "first"


@pytest.mark.parametrize("found", ["-1", "many", "1.5", "9" * 5000])
def test_a_sampling_plan_that_is_no_count_is_none(found: str) -> None:
    plan = collection(
        "AcceptanceSampling",
        prop("SampleSize", "125"), prop("AcceptanceNumber", "3"), prop("RejectionNumber", "4"),
        prop("NonconformingFound", found),
    )  # fmt: skip

    claims, _ = extract_certificates({"urn:a": document(FILES, plan)})

    assert claims[0].sampling is None


def test_other_submodels_claim_nothing() -> None:
    assert not is_quality_document({"modelType": "Submodel"})
    assert extract_certificates({"urn:a": {"modelType": "Submodel"}}) == ((), ())


def classified(class_id: str, name: str = "Drawings, plans") -> dict[str, Any]:
    """Return a complete handover documentation whose documents have one class."""
    submodel = complete("handover_documentation", "2.0")
    for path, element, _ in places(submodel):
        if path.endswith(".ClassId"):
            element["value"] = class_id
        if path.endswith(".ClassName"):
            element["value"] = [{"language": "en", "text": name}]
    return submodel


@pytest.mark.parametrize(
    ("class_id", "name", "is_certificate"),
    [
        ("02-04", "Certificates, declarations", True),
        ("0173-1#07-ABU488#003", "", True),
        ("https://api.eclass-cdp.com/0173-1-07-ABU488-003", "", True),
        ("QC-7", "Konformitätserklärung", True),
        ("", "Declaration of conformity", True),
        ("02-01", "Certificate, but classified as something else", False),
        ("02-02", "Drawings, plans", False),
        ("", "", False),
    ],
)
def test_a_document_that_is_classified_as_a_certificate_is_a_claim(
    class_id: str,
    name: str,
    is_certificate: bool,
) -> None:
    claims, findings = extract_certificates({"urn:h": classified(class_id, name)})

    assert bool(claims) is is_certificate
    assert findings == ()


def test_a_claim_of_a_handover_documentation_names_document_and_file() -> None:
    claims, _ = extract_certificates({"urn:h": classified("02-04", "Certificates, declarations")})

    assert claims[0].path == "Documents[0].DocumentVersions[0].DigitalFiles[0]"
    assert len({claim.path for claim in claims}) == len(claims) == 4
    assert claims[0].file == "/aasx/files/a.pdf"
    assert (claims[0].document_type, claims[0].number, claims[0].issuer) == (
        "Certificates, declarations", "text", "text",
    )  # fmt: skip
    assert claims[0].issued_on == date(2026, 3, 16)
    assert claims[0].lots == ()


def test_of_a_handover_documentation_only_pdf_files_are_claims() -> None:
    submodel = classified("02-04")
    files = [element for path, element, _ in places(submodel) if ".DigitalFiles[" in path]
    for number, element in enumerate(files):
        element["value"] = f"/{number}.pdf"
    files[0].update(value="/model.step", contentType="application/step")
    files[1].update(value="/paper.PDF", contentType=None)

    claims, _ = extract_certificates({"urn:h": submodel})

    assert len(claims) == len(files) - 1
    assert claims[0].file == "/paper.PDF"


def test_reads_documents_by_their_semantic_ids_where_they_have_other_names() -> None:
    submodel = classified("02-04")
    for _, element, container in list(places(submodel)):
        if container["modelType"] != "SubmodelElementList":
            element["idShort"] = f"X{element['idShort']}"

    claims, _ = extract_certificates({"urn:h": submodel})

    assert claims[0].path == "XDocuments[0].XDocumentVersions[0].XDigitalFiles[0]"
    assert claims[0].number == "text"


ODD: list[Any] = [None, True, 0, "", "x", [], {}, [[]], [None], {"keys": 3}, [{"keys": [{"value": 7}]}]]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "member", ["idShort", "modelType", "value", "semanticId", "contentType", "submodelElements"]
)
def test_no_json_in_any_member_is_an_error(member: str, odd: Any) -> None:
    for name, version in (("handover_documentation", "2.0"), ("digital_quality_documents", "1.0")):
        everywhere = complete(name, version)
        for _, element, _ in list(places(everywhere)):
            element[member] = odd
        for submodel in (everywhere, complete(name, version) | {member: odd}):
            claims, _ = extract_certificates({"urn:a": submodel})

            assert all(isinstance(claim.file, str) for claim in claims)
