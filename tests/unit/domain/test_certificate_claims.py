"""Certificate claims: what a submodel may leave out without being misread."""

from typing import Any

import pytest

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
