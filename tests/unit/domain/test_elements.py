"""Submodel elements: found, walked, and changed without touching the old body."""

from copy import deepcopy
from typing import Any

import pytest
from aas_samples import iterate_elements

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import (
    delete_element,
    find_element,
    insert_element,
    iterate_files,
    replace_element,
    text_of,
)
from aas_registry.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from aas_registry.domain.id_short_path import IdShortPath, parse_id_short_path
from aas_registry.settings import Settings


def path(text: str) -> IdShortPath:
    return parse_id_short_path(text, limits=Settings().limits)


def prop(name: str | None, value: str = "") -> dict[str, Any]:
    named = {} if name is None else {"idShort": name}
    return {"modelType": "Property", "valueType": "xs:string", "value": value, **named}


def pdf(name: str, value: str | None) -> dict[str, Any]:
    return {"modelType": "File", "idShort": name, "contentType": "application/pdf", "value": value}


@pytest.fixture
def submodel() -> dict[str, Any]:
    reel = {"modelType": "SubmodelElementCollection", "value": [prop("Code", "r0"), pdf("Photo", "/a")]}
    return {
        "modelType": "Submodel",
        "id": "urn:a",
        "submodelElements": [
            prop("LotCode", "0042"),
            {"modelType": "SubmodelElementList", "idShort": "Reels", "value": [reel, deepcopy(reel)]},
            {"modelType": "Entity", "idShort": "Part", "statements": [prop("Mpn", "007")]},
            {
                "modelType": "AnnotatedRelationshipElement",
                "idShort": "Link",
                "annotations": [prop("Note", "n"), pdf("Proof", None)],
            },
            {
                "modelType": "Operation",
                "idShort": "Run",
                "inputVariables": [{"value": prop("Hidden")}, {}, 7],
                "outputVariables": [{"value": pdf("Log", "/log")}],
            },
            {"modelType": "SubmodelElementCollection", "idShort": "Empty"},
            {"modelType": "SubmodelElementCollection", "value": [pdf("Lost", "/lost")]},
            {"modelType": "Entity", "idShort": 7, "statements": [{"modelType": "File", "value": 7}]},
            None,
        ],
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [("LotCode", "0042"), ("Reels[1].Code", "r0"), ("Part.Mpn", "007"), ("Link.Note", "n")],
)
def test_finds_through_every_container(submodel: dict[str, Any], text: str, value: str) -> None:
    assert find_element(submodel, path(text))["value"] == value


@pytest.mark.parametrize(
    "text",
    [
        "lotcode",
        "Reels[2]",
        "Reels.Code",
        "Reels[0].Photo.x",
        "LotCode.x",
        "Run.Hidden",
        "Part[0]",
        "Empty.x",
    ],
)
def test_says_that_nothing_is_at_a_path(submodel: dict[str, Any], text: str) -> None:
    with pytest.raises(NotFoundError) as raised:
        find_element(submodel, path(text))

    assert raised.value.code is Code.ELEMENT_NOT_FOUND


def test_walks_all_elements_in_order_parents_first(submodel: dict[str, Any]) -> None:
    assert [str(place) for place, _ in iterate_elements(submodel)] == [
        "LotCode", "Reels", "Reels[0]", "Reels[0].Code", "Reels[0].Photo", "Reels[1]", "Reels[1].Code",
        "Reels[1].Photo", "Part", "Part.Mpn", "Link", "Link.Note", "Link.Proof", "Run", "Empty",
    ]  # fmt: skip


def test_walks_files_wherever_they_stand(submodel: dict[str, Any]) -> None:
    assert [(str(each.path), each.value) for each in iterate_files(submodel)] == [
        ("Reels[0].Photo", "/a"),
        ("Reels[1].Photo", "/a"),
        ("Link.Proof", None),
        ("Run.outputVariables[0]", "/log"),
        ("[6].Lost", "/lost"),
        ("[7][0]", None),
    ]


@pytest.mark.parametrize(
    ("parent", "element", "at"),
    [
        (None, prop("New", "x"), "New"),
        ("Reels", prop(None, "x"), "Reels[2]"),
        ("Reels[1]", prop("New", "x"), "Reels[1].New"),
        ("Part", prop("New", "x"), "Part.New"),
        ("Link", prop("New", "x"), "Link.New"),
        ("Empty", prop("New", "x"), "Empty.New"),
    ],
)
def test_inserts_last_and_leaves_the_old_body(
    submodel: dict[str, Any], parent: str | None, element: dict[str, Any], at: str
) -> None:
    before = deepcopy(submodel)

    changed, place = insert_element(submodel, path(parent) if parent else None, element)

    assert str(place) == at
    assert find_element(changed, place) == element
    assert submodel == before


def test_does_not_insert_a_name_twice(submodel: dict[str, Any]) -> None:
    with pytest.raises(ConflictError) as raised:
        insert_element(submodel, path("Part"), prop("Mpn"))

    assert raised.value.code is Code.ELEMENT_EXISTS


@pytest.mark.parametrize(
    ("parent", "element"), [("LotCode", prop("New")), ("Run", prop("New")), ("Part", prop(None))]
)
def test_does_not_insert_where_no_member_can_be(
    submodel: dict[str, Any], parent: str, element: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequestError):
        insert_element(submodel, path(parent), element)


@pytest.mark.parametrize("text", ["LotCode", "Reels[0]", "Reels[1].Code", "Part.Mpn", "Link"])
def test_replaces_in_place_and_leaves_the_old_body(submodel: dict[str, Any], text: str) -> None:
    before = deepcopy(submodel)
    name = path(text).steps[-1]
    element = prop(name if isinstance(name, str) else None, "new")

    changed = replace_element(submodel, path(text), element)

    assert find_element(changed, path(text)) == element
    assert [place for place, _ in iterate_elements(changed)][-1] == path("Empty")
    assert submodel == before


def test_replacing_may_rename_but_not_to_a_sibling(submodel: dict[str, Any]) -> None:
    renamed = replace_element(submodel, path("Part.Mpn"), prop("Number", "1"))

    assert find_element(renamed, path("Part.Number"))["value"] == "1"
    with pytest.raises(ConflictError):
        replace_element(submodel, path("LotCode"), prop("Reels"))
    with pytest.raises(InvalidRequestError):
        replace_element(submodel, path("LotCode"), prop(None))


def test_deletes_and_shifts_the_members_of_a_list(submodel: dict[str, Any]) -> None:
    before = deepcopy(submodel)

    changed = delete_element(submodel, path("Reels[0]"))

    assert len(find_element(changed, path("Reels"))["value"]) == 1
    assert submodel == before


def test_deleting_the_last_member_leaves_no_empty_array(submodel: dict[str, Any]) -> None:
    changed = delete_element(submodel, path("Part.Mpn"))

    assert "statements" not in find_element(changed, path("Part"))


@pytest.mark.parametrize("change", [delete_element, lambda body, at: replace_element(body, at, prop("x"))])
def test_changes_nothing_that_is_not_there(submodel: dict[str, Any], change: Any) -> None:
    with pytest.raises(NotFoundError):
        change(submodel, path("Reels[7]"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" 0042 ", "0042"),
        ("  ", None),
        (None, None),
        ([], None),
        ([{"language": "de", "text": "Los"}, {"language": "en-US", "text": "Lot"}], "Lot"),
        ([{"language": "de", "text": "Los"}], "Los"),
        ([{"modelType": "Property"}], None),
    ],
)
def test_reads_text_english_first(value: Any, text: str | None) -> None:
    assert text_of({"value": value}) == text
