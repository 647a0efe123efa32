"""As-built structures: what is part of what, with cycles and dangling references told."""

from itertools import product
from typing import Any

import pytest
from as_built_samples import node, relation, structure
from template_samples import places

from aas_registry.domain.as_built import (
    Archetype,
    AsBuilt,
    PartRelation,
    extract_as_built,
)
from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Severity
from aas_registry.settings import Settings

LIMITS = Settings().limits


def read(*submodels: dict[str, Any]) -> tuple[tuple[AsBuilt, ...], list[tuple[Code, str | None]]]:
    structures, findings = extract_as_built({each["id"]: each for each in submodels}, limits=LIMITS)
    return structures, [(finding.code, finding.path) for finding in findings]


def links(built: AsBuilt) -> list[tuple[str, str, PartRelation, int | None, bool]]:
    return [
        (each.parent.key, each.child.key, each.relation, each.quantity, each.is_stated)
        for each in built.links
    ]


def board(*more: dict[str, Any], archetype: str | None = "OneDown") -> dict[str, Any]:
    parts = (node("R17", "urn:lot:r", count="4"), node("C1", "urn:lot:c"))
    stated = relation("HasPart", "urn:bom", "Board", "Board.R17")
    return structure("urn:bom", node("Board", "urn:board", *parts, stated, *more), archetype=archetype)


def test_reads_nodes_counts_and_both_stated_and_nested_links() -> None:
    ((built,), findings) = read(board())

    assert findings == []
    assert (built.submodel, built.archetype) == ("urn:bom", Archetype.ONE_DOWN)
    assert [(each.path, each.asset, each.quantity) for each in built.nodes] == [
        ("Board", "urn:board", None),
        ("Board.R17", "urn:lot:r", 4),
        ("Board.C1", "urn:lot:c", None),
    ]
    assert links(built) == [
        ("urn:board", "urn:lot:r", PartRelation.HAS_PART, 4, True),
        ("urn:board", "urn:lot:c", PartRelation.HAS_PART, None, False),
    ]
    assert built.links[0].path == "Board.HasPart_Board_R17"


def test_is_part_of_goes_from_the_second_to_the_first() -> None:
    said = relation("IsPartOf", "urn:bom", "Board", "Board.Car")
    ((built,), _) = read(structure("urn:bom", node("Board", "urn:board", node("Car", "urn:car"), said)))

    assert links(built) == [("urn:car", "urn:board", PartRelation.IS_PART_OF, None, True)]


def test_nested_nodes_of_one_up_are_the_wholes() -> None:
    ((built,), _) = read(
        structure("urn:bom", node("Board", "urn:board", node("Car", "urn:car")), archetype="OneUp")
    )

    assert links(built) == [("urn:car", "urn:board", PartRelation.IS_PART_OF, None, False)]


def test_a_node_without_an_asset_is_known_by_its_place() -> None:
    ((built,), _) = read(structure("urn:bom", node("Board", "urn:board", node("Glue", None))))

    assert links(built)[0][:2] == ("urn:board", "urn:bom#Board.Glue")


def test_a_specific_asset_id_stands_in_for_a_global_one() -> None:
    entry = node("Board", None)
    entry["specificAssetIds"] = [{"name": "serial", "value": "SN-1"}]
    ((built,), _) = read(structure("urn:bom", entry))

    assert built.nodes[0].asset == "SN-1"


def test_same_as_joins_nodes_of_two_submodels() -> None:
    said = relation("SameAs", "urn:bom", "Board.C1", "Cap", other="urn:cap")
    (built, _), findings = read(board(said), structure("urn:cap", node("Cap", "urn:cap:asset")))

    assert findings == []
    assert ("urn:lot:c", "urn:cap:asset", PartRelation.SAME_AS, None, True) in links(built)


def test_a_reference_to_a_node_that_is_not_there_is_told_and_not_taken() -> None:
    said = relation("HasPart", "urn:bom", "Board", "Board.Missing")
    ((built,), findings) = read(board(said))

    assert findings == [(Code.AS_BUILT_REFERENCE, "urn:bom/Board.HasPart_Board_Missing")]
    assert len(built.links) == 2


def test_a_reference_into_a_submodel_that_was_not_read_is_only_told() -> None:
    said = relation("SameAs", "urn:bom", "Board", "Entry", other="urn:elsewhere")
    _, findings = extract_as_built({"urn:bom": board(said)}, limits=LIMITS)

    assert [(finding.code, finding.severity) for finding in findings] == [
        (Code.AS_BUILT_REFERENCE, Severity.INFO)
    ]


@pytest.mark.parametrize(
    "entry",
    [
        node("A", "urn:a", node("B", "urn:a")),
        node("A", "urn:a", node("B", "urn:b", node("C", "urn:a"))),
        node(
            "A",
            "urn:a",
            node("B", "urn:b"),
            relation("HasPart", "urn:bom", "A", "A.B"),
            relation("IsPartOf", "urn:bom", "A", "A.B"),
        ),
    ],
)
def test_a_part_of_itself_is_told(entry: dict[str, Any]) -> None:
    (_, findings) = read(structure("urn:bom", entry))

    assert findings == [(Code.AS_BUILT_CYCLE, "urn:bom")]


def test_a_cycle_through_submodels_is_told_in_those_that_make_it() -> None:
    one = structure("urn:one", node("A", "urn:a", node("B", "urn:b"), node("C", "urn:c")))
    other = structure("urn:other", node("B", "urn:b", node("A", "urn:a")))
    above = structure("urn:above", node("Z", "urn:z", node("A", "urn:a")))
    below = structure("urn:below", node("C", "urn:c", node("D", "urn:d")))

    (_, findings) = read(one, other, above, below)

    assert findings == [(Code.AS_BUILT_CYCLE, "urn:one"), (Code.AS_BUILT_CYCLE, "urn:other")]


def test_the_same_asset_in_two_places_is_no_cycle() -> None:
    entry = node("A", "urn:a", node("B", "urn:b", node("X", "urn:x")), node("C", "urn:c", node("X", "urn:x")))
    ((built,), findings) = read(structure("urn:bom", entry))

    assert findings == []
    assert len(built.links) == 4


@pytest.mark.parametrize(("archetype", "found"), [("full", Archetype.FULL), (None, None)])
def test_an_archetype_is_read_without_case_and_may_be_missing(
    archetype: str | None, found: Archetype | None
) -> None:
    ((built,), findings) = read(board(archetype=archetype))

    assert (built.archetype, findings) == (found, [])


def test_a_value_that_is_none_is_told() -> None:
    entry = node("A", "urn:a", node("B", "urn:b", count="-4"), node("B", "urn:c"))
    ((built,), findings) = read(structure("urn:bom", entry, archetype="Sideways"))

    assert findings == [
        (Code.AS_BUILT_VALUE, "urn:bom/ArcheType"),
        (Code.AS_BUILT_VALUE, "urn:bom/A.B.BulkCount"),
        (Code.AS_BUILT_VALUE, "urn:bom/A.B"),
    ]
    assert links(built) == [("urn:a", "urn:b", PartRelation.HAS_PART, None, False)]


def test_reads_version_1_0_and_no_other_submodel_and_no_template() -> None:
    older = structure("urn:old", node("A", "urn:a"))
    older["semanticId"]["keys"][0]["value"] = (
        "http://admin-shell.io/idta/HierarchicalStructures/1/0/Submodel/"
    )
    other = structure("urn:other", node("A", "urn:a"), semantic_id="urn:other")
    template = structure("urn:template", node("A", "urn:a")) | {"kind": "Template"}

    structures, _ = read(older, other, template)

    assert [each.submodel for each in structures] == ["urn:old"]


def test_a_structure_wider_or_deeper_than_is_read_is_told() -> None:
    wide = structure(
        "urn:bom", node("A", "urn:a", *(node(f"N{n}", f"urn:{n}") for n in range(LIMITS.as_built_nodes + 5)))
    )
    deep = entry = node("A", "urn:a")
    for number in range(3000):
        entry["statements"] = [node("A", f"urn:{number}")]
        entry = entry["statements"][0]

    ((built,), findings) = read(wide)

    assert len(built.nodes) == LIMITS.as_built_nodes
    assert findings == [(Code.AS_BUILT_TOO_LARGE, "urn:bom")]
    assert read(structure("urn:bom", deep))[1] == [(Code.AS_BUILT_TOO_LARGE, "urn:bom")]


def test_says_a_bounded_number_of_findings() -> None:
    entry = node(
        "A", "urn:a", *(node(f"N{number}", None, count="x") for number in range(LIMITS.as_built_findings * 3))
    )

    assert len(read(structure("urn:bom", entry))[1]) == LIMITS.as_built_findings


ODD: list[Any] = [None, True, 0, "", "x", [], {}, [[]], [None], {"keys": 3}, [{"keys": [{"value": 7}]}]]


def test_no_json_in_any_member_is_an_error() -> None:
    members = ("idShort", "modelType", "value", "statements", "first", "second", "globalAssetId",
               "specificAssetIds", "semanticId", "submodelElements", "kind")  # fmt: skip
    for member, odd in product(members, ODD):
        everywhere = board()
        for _, element, _ in list(places(everywhere)):
            element[member] = odd
        for submodel in (everywhere, board() | {member: odd}):
            structures, _ = extract_as_built({"urn:bom": submodel}, limits=LIMITS)

            assert all(isinstance(each.key, str) for built in structures for each in built.nodes)
