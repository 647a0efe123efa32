"""The published templates and examples, and real files that follow them, compared with ours."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from aas_registry.domain.as_built import extract_as_built
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.formats.templates.catalogue import check_template
from aas_registry.settings import Settings

LIMITS = Settings().limits

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("templates")]

# Of each of the seven, what IDTA itself publishes; the number is that in the file names.
PUBLISHED = {
    "digital_nameplate": "IDTA_02006-3*.*",
    "hierarchical_structures": "IDTA_02011-1-1*_*HSEBoM*.*",
    "digital_quality_documents": "IDTA_02065*.*",
    "technical_data": "IDTA_02003*.*",
    "handover_documentation": "IDTA_02004-2*.*",
    "product_change_notification": "IDTA_02036*.*",
    "carbon_footprint": "IDTA_02023*.*",
}
# Real files and fragments that deviate, with the reason; everything else that follows one of
# ours in the version that is compared deviates in nothing.
DEVIATE = {
    ("cdc344ff_IESEDriveMotorDM3000.aasx", "TechnicalData"): "no ProductClassCodedName",
    (
        "cdc344ff_IESEDriveMotorDM3000.aasx",
        "HandoverDocumentation",
    ): "versions without status and organisation",
    ("cdc344ff_IESEDriveMotorDM3000.aasx", "CarbonFootprint"): "no PublicationDate",
    ("8bfe986b_rubber.aasx", "CarbonFootprint"): "the template's second half was left empty",
    ("a6ec3000_aluminum.aasx", "CarbonFootprint"): "the template's second half was left empty",
    ("cc7b0908_copper.aasx", "CarbonFootprint"): "the template's second half was left empty",
    (
        "8fb92c71_BOMAAS.aasx",
        "HierarchicalStructures",
    ): "nodes without semantic ids, archetype without a value",
    ("140b8f82_nameplate.json", "NameplateFilter"): "a fragment of a nameplate, for a filter's test",
    ("a1c21069_deep_path_filter.json", "DeepPathFilter"): "a fragment of a nameplate, for a filter's test",
}


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Settings().limits


@pytest.fixture(scope="module")
def submodels(corpus: Path, limits: Limits) -> list[tuple[str, dict[str, Any]]]:
    """Return every submodel of the corpus's packages and fragments with the name of its file."""
    files = sorted((corpus / "aas").rglob("*.*")) + sorted((corpus / "fragments").glob("*.json"))
    return [(path.name, body) for path in files for body in bodies(path, limits)]


def bodies(path: Path, limits: Limits) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as stream:
            package = read_upload(recognise(stream, path.name, limits=limits), limits=limits)
    except RefusedError:
        return
    yield from (dict(each.body) for each in package.of_kind(IdentifiableKind.SUBMODEL))


def deviations(body: dict[str, Any]) -> list[Finding]:
    return [each for each in check_template(body, limits=LIMITS) if each.severity is not Severity.INFO]


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_published_deviates_in_nothing(corpus: Path, limits: Limits, name: str) -> None:
    files = sorted((corpus / "aas" / "submodel-templates").glob(f"*{PUBLISHED[name]}"))
    found = [(path.name, deviations(body)) for path in files for body in bodies(path, limits)]

    assert found
    assert [entry for entry in found if entry[1]] == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_published_is_compared_and_filled_in_wrongly_it_deviates(
    corpus: Path, limits: Limits, name: str
) -> None:
    files = sorted((corpus / "aas" / "submodel-templates").glob(f"*{PUBLISHED[name]}"))
    emptied = [
        body | {"kind": "Instance", "submodelElements": []} for path in files for body in bodies(path, limits)
    ]
    # A notification without records, as published, has nothing that is mandatory.
    mistyped = [
        body | {"submodelElements": [{**each, "modelType": "Blob"} for each in body["submodelElements"]]}
        for path in files
        for body in bodies(path, limits)
    ]
    compared = [
        (deviations(empty), deviations(wrong)) for empty, wrong in zip(emptied, mistyped, strict=True)
    ]

    assert sum(bool(wrong) for _, wrong in compared) >= 2
    assert name == "product_change_notification" or any(empty for empty, _ in compared)


def test_real_files_deviate_where_and_why_is_listed(submodels: list[tuple[str, dict[str, Any]]]) -> None:
    found = {(name, body.get("idShort")) for name, body in submodels if deviations(body)}

    assert found == set(DEVIATE)


def test_what_is_known_of_real_files(submodels: list[tuple[str, dict[str, Any]]]) -> None:
    counts = Counter(
        finding.code.value for _, body in submodels for finding in check_template(body, limits=LIMITS)
    )
    packages = (group for _, group in groupby(submodels, key=lambda entry: entry[0]))
    read = [extract_as_built({body["id"]: body for _, body in group}, limits=LIMITS)[0] for group in packages]
    structures = [each for built in read for each in built]
    links = sum(len(each.links) for each in structures)
    print(json.dumps({**counts, "submodels": len(submodels), "structures": len(structures), "links": links}))

    assert counts["TEMPLATE-VERSION"] >= 60
    assert len(structures) >= 17
    assert links >= 205
