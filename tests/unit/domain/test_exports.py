"""Files of an export: names that collide are told apart by content, and only by content."""

import copy

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.exports import (
    ExportForm,
    NamedFile,
    place_files,
    referred_ids,
    rename_files,
)
from aas_registry.domain.identifiers import Sha256
from aas_registry.domain.package import part_key, part_named_by
from aas_registry.formats.container.opc import part_uri
from aas_registry.formats.container.zip_names import refuse_collisions, refuse_name

ONE, OTHER = Sha256("1" * 64), Sha256("2" * 64)
RESERVED = ("/aasx/aasx-origin", "/aasx/data.xml", "/[Content_Types].xml")


def named(owner, value, sha256=ONE, media_type="application/pdf"):
    return NamedFile(owner=owner, value=value, sha256=sha256, media_type=media_type)


def test_a_file_keeps_the_name_that_nobody_else_has():
    placed = place_files([named(1, "/aasx/files/a.pdf")], reserved=RESERVED)

    assert placed.parts == {"/aasx/files/a.pdf": (ONE, "application/pdf")}
    assert (placed.renamed, placed.notes) == ({}, [])


def test_equal_content_of_one_name_is_one_part_however_it_is_spelled():
    files = [
        named(1, "/aasx/files/A b.pdf"),
        named(2, "aasx/files/a%20b.pdf"),
        named(3, "/aasx/files/A b.pdf"),
    ]

    placed = place_files(files, reserved=RESERVED)

    assert list(placed.parts) == ["/aasx/files/A b.pdf"]
    assert set(placed.part_of.values()) == {"/aasx/files/A b.pdf"}
    assert not placed.renamed


def test_other_content_of_one_name_is_renamed_by_its_content_and_noted():
    files = [
        named(1, "/aasx/files/a.pdf"),
        named(2, "/aasx/files/a.pdf", OTHER),
        named(3, "/aasx/files/a.pdf", OTHER),
    ]

    placed = place_files(files, reserved=RESERVED)

    new = f"/aasx/files/a-{'2' * 12}.pdf"
    assert placed.parts == {"/aasx/files/a.pdf": (ONE, "application/pdf"), new: (OTHER, "application/pdf")}
    assert placed.renamed == {2: {"/aasx/files/a.pdf": new}, 3: {"/aasx/files/a.pdf": new}}
    assert [(each.code, each.part) for each in placed.notes] == [(Code.EXPORT_PART_RENAMED, new)]


def test_a_renamed_value_keeps_how_it_was_spelled_and_what_follows_the_path():
    files = [named(1, "aasx/a b.pdf#page=2"), named(2, "aasx/a b.pdf#page=2", OTHER)]

    placed = place_files(files, reserved=RESERVED)

    assert placed.renamed == {2: {"aasx/a b.pdf#page=2": f"aasx/a b-{'2' * 12}.pdf#page=2"}}


@pytest.mark.parametrize(
    "value",
    [
        "/aasx/data.xml",
        "/aasx/Aasx-Origin",
        "/[Content_Types].xml",
        "/aasx",
        "/aasx/data.xml/a",
        "/_rels/.rels",
        "/aasx/_rels/x.rels",
        "/x.rels",
    ],
)
def test_no_file_takes_a_place_that_the_package_needs(value):
    placed = place_files([named(1, value)], reserved=RESERVED)

    [part] = placed.parts
    assert part.casefold() not in {each.casefold() for each in RESERVED}
    assert not part.endswith(".rels")
    assert not any(each.startswith(f"{part}/") or part.startswith(f"{each}/") for each in RESERVED)
    assert part_named_by(placed.renamed[1][value]) == part


def test_no_name_is_a_folder_of_another():
    placed = place_files([named(1, "/files/a"), named(2, "/files/a/b", OTHER)], reserved=RESERVED)

    first, second = placed.parts
    assert not second.startswith(f"{first}/")


def test_there_is_always_room_even_where_a_file_is_called_like_the_folder_for_it():
    files = [named(1, "/aasx/files"), named(2, "/x.rels"), named(3, "/AASX/FILES", OTHER)]

    placed = place_files(files, reserved=RESERVED)

    assert len(placed.parts) == 3
    assert f"/aasx/files/{ONE}-1.bin" in placed.parts


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/aasx/\u00e9.txt", "/aasx/e\u0301.txt"),
        ("/aasx/file.txt", "/aasx/\ufb01le.txt"),
        ("/aasx/a.txt", "/aasx/\uff41.txt"),
        ("/aasx/a.txt", "/aasx/%2561.txt"),
    ],
)
@pytest.mark.parametrize("sha256", [ONE, OTHER])
def test_names_that_are_one_to_some_readers_are_told_apart(first, second, sha256):
    placed = place_files([named(1, first), named(2, second, sha256)], reserved=RESERVED)

    assert placed.part_of[1, first] == first
    assert placed.parts[placed.part_of[2, second]][0] == sha256
    refuse_collisions(each.removeprefix("/") for each in (*placed.parts, *RESERVED))
    value = placed.renamed.get(2, {}).get(second, second)
    assert part_key(part_named_by(value)) == part_key(placed.part_of[2, second])


@pytest.mark.parametrize(
    "value", ["/aasx/a%2fb.pdf", "/aasx/a%5cb.pdf", "/aasx/" + "\u6f22" * 5000, "/aasx/.%20/a"]
)
def test_a_name_that_no_archive_should_have_is_given_up(value):
    placed = place_files([named(1, value)], reserved=RESERVED)

    [part] = placed.parts
    refuse_name(part_uri(part).removeprefix("/"))
    assert len(part_uri(part)) < 65_536
    assert [each.code for each in placed.notes] == [Code.EXPORT_PART_RENAMED]


def test_names_that_were_made_to_collide_still_get_their_own_content():
    first = f"/f-{'2' * 12}.pdf"
    trap = [
        named(1, "/f.pdf"),
        named(2, first),
        named(3, f"/f-{'2' * 64}.pdf"),
        named(4, f"/aasx/files/{'2' * 64}-1.bin"),
    ]

    placed = place_files([*trap, named(5, "/f.pdf", OTHER)], reserved=RESERVED)

    assert placed.parts[placed.part_of[5, "/f.pdf"]][0] == OTHER
    assert all(placed.parts[placed.part_of[each.owner, each.value]][0] == ONE for each in trap)


def test_renames_files_at_any_depth_and_the_thumbnail_and_nothing_else():
    body = {
        "assetInformation": {"defaultThumbnail": {"path": "/t.png"}},
        "submodelElements": [
            {"modelType": "Entity", "statements": [{"modelType": "File", "value": "/a.pdf"}]},
            {
                "modelType": "Operation",
                "inputVariables": [{"value": {"modelType": "File", "value": "/a.pdf"}}],
            },
            {"modelType": "Property", "value": "/a.pdf"},
            {"modelType": "File", "value": {"odd": "/a.pdf"}},
            {"modelType": ["File"], "value": "/a.pdf"},
            None,
        ],
    }
    expected = copy.deepcopy(body)
    expected["assetInformation"]["defaultThumbnail"]["path"] = "/t2.png"
    expected["submodelElements"][0]["statements"][0]["value"] = "/b.pdf"
    expected["submodelElements"][1]["inputVariables"][0]["value"]["value"] = "/b.pdf"

    rename_files(body, {"/a.pdf": "/b.pdf", "/t.png": "/t2.png"})

    assert body == expected


def test_finds_the_keys_of_every_reference_in_odd_json_too():
    body = {
        "semanticId": {"keys": [{"value": "urn:a"}, {"value": 7}, "odd"]},
        "x": [{"valueId": {"keys": [{"value": "urn:b"}]}}, {"keys": "none"}],
    }

    assert referred_ids(body) == {"urn:a", "urn:b"}


def test_deep_json_is_walked_without_recursion():
    body = []
    for _ in range(100_000):
        body = [body]

    rename_files(body, {"a": "b"})
    assert referred_ids(body) == set()


def test_media_types_are_those_of_the_standards():
    assert [each.media_type for each in ExportForm] == [
        "application/aas+zip",
        "application/json",
        "application/xml",
    ]
