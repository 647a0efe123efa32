"""Lists of identifiables that are no environment: read as far as each says what it is."""

from collections.abc import Callable
from typing import Any

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas.document import read_document
from aas_registry.formats.aas.entries import find_entries
from aas_registry.formats.aas.xml import read_xml
from aas_registry.settings import Settings

SHELL = {
    "modelType": "AssetAdministrationShell",
    "id": "urn:a:1",
    "assetInformation": {"assetKind": "Type", "globalAssetId": "urn:x"},
}
SUBMODEL = {"modelType": "Submodel", "id": "urn:a:2", "idShort": "Data"}
CONCEPT = {"modelType": "ConceptDescription", "id": "urn:a:3"}
KINDS = list(IdentifiableKind)
LIMITS = Settings().limits


def refusal(document: Any, limits: Limits = LIMITS) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        find_entries(document, limits=limits, part="/aasx/data.json")
    return raised.value


@pytest.mark.parametrize(
    ("wrap", "path"),
    [
        (lambda items: items, ""),
        (lambda items: {"result": items}, "result"),
        (lambda items: {"paging_metadata": {"cursor": "MQ"}, "result": items}, "result"),
    ],
    ids=["bare", "result", "paged"],
)
def test_reads_a_list_with_one_finding(wrap: Any, path: str, limits: Limits) -> None:
    environment = read_document(wrap([SHELL, SUBMODEL, CONCEPT]), limits=limits, part="/aasx/data.json")

    assert [each.kind for each in environment.identifiables] == KINDS
    assert [each.path for each in environment.identifiables] == [f"{path}[{index}]" for index in range(3)]
    assert [(each.code, each.path, each.severity, each.part) for each in environment.findings] == [
        (Code.AAS_LIST_ALONE, path or None, "error", "/aasx/data.json")
    ]


@pytest.mark.parametrize("member", ["shells", "meta", "modelType2"])
def test_names_what_an_answer_holds_beside_its_list(member: str) -> None:
    _, notes = find_entries({member: 1, "result": [SUBMODEL]}, limits=LIMITS, part=None)

    assert {(each.code, each.path) for each in notes} == {
        (Code.AAS_MEMBER_UNKNOWN, member), (Code.AAS_LIST_ALONE, "result"),
    }  # fmt: skip
    assert any("stays in the original file" in each.message for each in notes)


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"assetInformation": SHELL["assetInformation"], "submodels": []}, IdentifiableKind.SHELL),
        ({"submodelElements": [], "embeddedDataSpecifications": []}, IdentifiableKind.SUBMODEL),
        ({"kind": "Instance"}, IdentifiableKind.SUBMODEL),
        ({"isCaseOf": []}, IdentifiableKind.CONCEPT_DESCRIPTION),
        ({"embeddedDataSpecifications": []}, IdentifiableKind.CONCEPT_DESCRIPTION),
    ],
)
@pytest.mark.parametrize("is_alone", [True, False])
def test_tells_by_its_members_what_does_not_say_its_model_type(
    members: dict[str, Any], kind: IdentifiableKind, is_alone: bool, limits: Limits
) -> None:
    body = {"id": "urn:a:1", **members}

    environment = read_document(body if is_alone else [body], limits=limits)

    assert [(each.kind, each.body) for each in environment.identifiables] == [(kind, body)]
    place = "modelType" if is_alone else "[0].modelType"
    assert (Code.AAS_MODEL_TYPE, place) in {(each.code, each.path) for each in environment.findings}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (1, Code.AAS_UNREADABLE),
        ([], Code.AAS_UNREADABLE),
        ("/shells/dXJuOmE6MQ", Code.AAS_UNREADABLE),
        ({"id": "urn:a:1", "endpoints": []}, Code.AAS_UNREADABLE),
        ({"type": "ModelReference", "keys": []}, Code.AAS_UNREADABLE),
        ({"submodelElements": []}, Code.AAS_UNREADABLE),
        ({"modelType": "Poem", "id": "urn:a:1", "kind": "Instance"}, Code.AAS_UNREADABLE),
        ({"modelType": "Property", "idShort": "A"}, Code.AAS_ELEMENT_ALONE),
    ],
)
def test_refuses_a_list_with_an_item_that_could_not_be_stored(item: Any, code: Code) -> None:
    found = refusal({"result": [SUBMODEL, item]}).findings[0]

    assert (found.code, found.path, found.part) == (code, "result[1]", "/aasx/data.json")


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"result": items}])
def test_refuses_a_list_of_metamodel_2(wrap: Any) -> None:
    old = {"identification": {"id": "urn:a:1", "idType": "IRI"}, "modelType": {"name": "Submodel"}}

    assert refusal(wrap([old])).code is Code.METAMODEL_UNSUPPORTED


def test_an_environment_may_have_an_unknown_member_of_the_name_of_a_list() -> None:
    entries, notes = find_entries({"submodels": [SUBMODEL], "result": [SHELL]}, limits=LIMITS, part=None)

    assert [each.path for each in entries] == ["submodels[0]"]
    assert [(each.code, each.path) for each in notes] == [(Code.AAS_MEMBER_UNKNOWN, "result")]


def test_reads_xml_whose_root_is_a_list_of_an_environment(limits: Limits) -> None:
    xml = (
        b'<submodels xmlns="https://admin-shell.io/aas/3/1"><submodel><id>urn:a:1</id></submodel></submodels>'
    )

    environment = read_xml(xml, limits=limits)

    assert [(each.identifier, each.path) for each in environment.identifiables] == [("urn:a:1", "[0]")]
    assert [each.code for each in environment.findings] == [Code.AAS_LIST_ALONE]


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"submodels": items}])
def test_bounds_identifiables_that_do_not_say_their_model_type(
    wrap: Any, with_limits: Callable[..., Limits]
) -> None:
    items = [{"id": f"urn:a:{number}", "kind": "Instance"} for number in range(11)]

    assert refusal(wrap(items), with_limits(aas_elements=10)).code is Code.AAS_TOO_MANY_ELEMENTS
    assert len(find_entries(wrap(items[:10]), limits=with_limits(aas_elements=10), part=None)[0]) == 10
