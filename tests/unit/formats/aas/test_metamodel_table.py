"""The table says what aas-core does: names, classes, and which objects say their modelType."""

import re
from types import ModuleType
from typing import Any

import aas_core3.jsonization
import aas_core3.types
import aas_core3.xmlization
import aas_core3_1.jsonization
import aas_core3_1.types
import aas_core3_1.xmlization
import pytest

from aas_registry.formats.aas.metamodel_table import Shape, derive_table

VERSIONS = [
    (aas_core3.types, aas_core3.jsonization, aas_core3.xmlization),
    (aas_core3_1.types, aas_core3_1.jsonization, aas_core3_1.xmlization),
]


def snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z]|(?<=[a-z])\d+)", r"_\1", name).lower()


def refusal(jsonization: ModuleType, name: str, body: Any) -> str:
    with pytest.raises(jsonization.DeserializationException) as raised:
        getattr(jsonization, f"{snake(name)}_from_jsonable")(body)
    return str(raised.value.cause)


@pytest.mark.parametrize(("types", "jsonization", "_xml"), VERSIONS)
def test_knows_which_objects_say_their_model_type(
    types: ModuleType, jsonization: ModuleType, _xml: ModuleType
) -> None:
    classes = derive_table(types).classes

    demanding = {name for name in classes if "modelType" in refusal(jsonization, name, {"poem": 1})}

    assert demanding == {name for name, each in classes.items() if each.has_model_type}


@pytest.mark.parametrize(("types", "jsonization", "_xml"), VERSIONS)
def test_every_member_is_known_to_aas_core_and_no_other(
    types: ModuleType, jsonization: ModuleType, _xml: ModuleType
) -> None:
    for name, model in derive_table(types).classes.items():
        told = {"modelType": name} if model.has_model_type else {}

        assert "poem" in refusal(jsonization, name, {**told, "poem": 1})
        for member in model.members:
            assert "Unexpected" not in refusal(jsonization, name, {**told, member: 0.5})


@pytest.mark.parametrize(("types", "_json", "xmlization"), VERSIONS)
def test_the_tags_are_those_of_aas_core(types: ModuleType, _json: ModuleType, xmlization: ModuleType) -> None:
    for model in derive_table(types).classes.values():
        text = f'<{model.tag} xmlns="{xmlization.NAMESPACE}"><poem/></{model.tag}>'
        with pytest.raises(xmlization.DeserializationException) as raised:
            getattr(xmlization, f"{snake(model.name)}_from_str")(text)
        assert "'poem'" in str(raised.value.cause)


def test_tells_the_versions_apart() -> None:
    older, newer = (derive_table(types).classes["Entity"] for types, _, _ in VERSIONS)

    assert older.required == ("entityType",)
    assert newer.required == ()
    assert newer.members["entityType"].literals == {"CoManagedEntity", "SelfManagedEntity"}
    assert newer.members["statements"].shape is Shape.OBJECT
    assert newer.members["statements"].is_list


def test_an_abstract_class_stands_for_its_subclasses() -> None:
    table = derive_table(aas_core3_1.types)

    assert len(table.choices["SubmodelElement"]) == 14
    assert "Entity" not in table.choices["DataElement"]
    assert list(table.choices["Submodel"]) == ["Submodel"]
