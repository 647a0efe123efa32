"""Hypothesis strategies for AAS objects that the metamodel allows: all kinds of elements, odd texts."""

import base64
from typing import Any

from hypothesis import strategies as st

from aas_registry.domain.package import Identifiable, IdentifiableKind

Body = dict[str, Any]

# Everything that XML 1.0 can say; category Cs are halves of surrogate pairs.
characters = st.one_of(
    st.characters(
        exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff", max_codepoint=0x10FFFF
    ).filter(lambda char: ord(char) & 0xFFFE != 0xFFFE),
    st.sampled_from("\t\n\r &<>\"']"),
)
texts = st.text(characters, min_size=1, max_size=30)
short_texts = texts.map(lambda text: text[:60])
id_shorts = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,12}[a-zA-Z0-9]", fullmatch=True)
identifiers = st.text(characters, min_size=1, max_size=40).map(lambda text: f"urn:example:{text}")
media_types = st.sampled_from(["application/pdf", "text/plain", "image/png"])
languages = st.sampled_from(["en", "de", "fr-CA", "zh-Hans"])
values = st.one_of(
    st.tuples(st.just("xs:string"), texts),
    st.tuples(st.just("xs:int"), st.integers(-(2**31), 2**31 - 1).map(str)),
    st.tuples(st.just("xs:boolean"), st.sampled_from(["true", "false"])),
    st.tuples(st.just("xs:date"), st.dates().map(str)),
    st.tuples(st.just("xs:double"), st.sampled_from(["0.5", "-1", "1e10", "INF"])),
    st.tuples(st.just("xs:anyURI"), st.just("https://example.com/a?b=c#d")),
    st.tuples(st.just("xs:hexBinary"), st.just("00FF")),
)


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Body]:
    """Return objects that have any of some members."""
    return st.fixed_dictionaries({}, optional=members)


def joined(*parts: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
    """Return objects with the members of several."""
    return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})


def lists(
    items: st.SearchStrategy[Any], *, by: str | None = None, most: int = 3
) -> st.SearchStrategy[list[Any]]:
    """Return lists that are never empty, of items that differ in one member."""
    return st.lists(
        items, min_size=1, max_size=most, unique_by=(lambda item: item[by].lower()) if by else None
    )


external = st.builds(
    lambda value: {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": value}]},
    identifiers,
)
to_submodel = st.builds(
    lambda value: {"type": "ModelReference", "keys": [{"type": "Submodel", "value": value}]}, identifiers
)
to_element = st.builds(
    lambda value, step: {
        "type": "ModelReference",
        "keys": [{"type": "Submodel", "value": value}, {"type": "Property", "value": step}],
    },
    identifiers,
    id_shorts,
)
references = st.one_of(external, to_submodel, to_element)
language_texts = lists(st.fixed_dictionaries({"language": languages, "text": texts}), by="language")
extensions = st.builds(
    lambda name, value: {"name": name, "valueType": value[0], "value": value[1]}, short_texts, values
)
qualifiers = st.builds(
    lambda name, value: {"type": name, "kind": "ConceptQualifier", "valueType": value[0], "value": value[1]},
    short_texts,
    values,
)
named = some(
    displayName=language_texts,
    description=language_texts,
    extensions=lists(extensions, by="name"),
)
semantic = st.one_of(
    st.just({}),
    joined(
        st.fixed_dictionaries({"semanticId": external}),
        some(supplementalSemanticIds=lists(external)),
    ),
)
common = joined(named, semantic, some(qualifiers=lists(qualifiers, by="type")))


def element(model_type: str, *parts: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
    """Return elements of one type."""
    return joined(
        st.just({"modelType": model_type}),
        st.builds(lambda each: {"idShort": each}, id_shorts),
        common,
        *parts,
    )


typed = values.map(lambda value: {"valueType": value[0], "value": value[1]})
ranges = st.tuples(st.integers(-1000, 0), st.integers(1, 1000)).map(
    lambda ends: {"valueType": "xs:integer", "min": str(ends[0]), "max": str(ends[1])}
)
between = st.fixed_dictionaries({"first": references, "second": references})
data_elements = st.one_of(
    element("Property", typed),
    element("Property", st.just({"valueType": "xs:string"}), some(valueId=external)),
    element("MultiLanguageProperty", some(value=language_texts, valueId=external)),
    element("Range", ranges),
    element(
        "File",
        st.fixed_dictionaries({"contentType": media_types, "value": st.just("https://example.com/a.pdf")}),
    ),
    element(
        "Blob",
        st.fixed_dictionaries(
            {
                "contentType": media_types,
                "value": st.binary(min_size=1, max_size=20).map(
                    lambda value: base64.b64encode(value).decode()
                ),
            }
        ),
    ),
    element("ReferenceElement", some(value=references)),
)
leaves = st.one_of(
    data_elements,
    element("Capability"),
    element("RelationshipElement", between),
    element("AnnotatedRelationshipElement", between, some(annotations=lists(data_elements, by="idShort"))),
    element(
        "BasicEventElement",
        st.fixed_dictionaries(
            {
                "observed": to_element,
                "direction": st.sampled_from(["input", "output"]),
                "state": st.sampled_from(["on", "off"]),
            }
        ),
        some(messageTopic=short_texts, messageBroker=to_element),
    ),
)


def _holders(members: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
    variables = lists(members.map(lambda member: {"value": member}), most=2)
    return st.one_of(
        element("SubmodelElementCollection", some(value=lists(members, by="idShort"))),
        element("SubmodelElementList", lists(members, most=3).map(_list_of)),
        element(
            "Entity",
            st.one_of(
                st.just({"entityType": "CoManagedEntity"}),
                identifiers.map(lambda each: {"entityType": "SelfManagedEntity", "globalAssetId": each}),
            ),
            some(statements=lists(members, by="idShort")),
        ),
        element("Operation", some(inputVariables=variables)),
    )


def _list_of(members: list[Body]) -> Body:
    kind = members[0]["modelType"]
    kept = [{key: value for key, value in each.items() if key != "idShort"} for each in members]
    body: Body = {
        "orderRelevant": False,
        "typeValueListElement": kind,
        "value": [each for each in kept if each["modelType"] == kind],
    }
    if kind in {"Property", "Range"}:
        value_type = members[0]["valueType"]
        body["value"] = [each for each in body["value"] if each["valueType"] == value_type]
        body["valueTypeListElement"] = value_type
    meanings = [each.get("semanticId") for each in body["value"]]
    if any(each != meanings[0] for each in meanings):  # AASd-114
        body["value"] = body["value"][:1]
    return body


elements = st.recursive(leaves, _holders, max_leaves=6)
administration = some(version=st.sampled_from(["1", "2"]), creator=external).filter(bool)
submodels = joined(
    st.builds(lambda each: {"modelType": "Submodel", "id": each}, identifiers),
    some(idShort=id_shorts, kind=st.just("Instance"), administration=administration),
    common,
    some(submodelElements=lists(elements, by="idShort")),
)
shells = joined(
    st.builds(lambda each: {"modelType": "AssetAdministrationShell", "id": each}, identifiers),
    named,
    some(idShort=id_shorts, submodels=lists(to_submodel), administration=administration),
    joined(
        st.builds(lambda each: {"assetKind": "Instance", "globalAssetId": each}, identifiers),
        some(
            assetType=identifiers,
            specificAssetIds=lists(
                st.builds(lambda name, value: {"name": name, "value": value}, id_shorts, short_texts),
                by="name",
            ),
        ),
    ).map(lambda asset: {"assetInformation": asset}),
)
definitions = st.builds(
    lambda name, definition: {
        "modelType": "DataSpecificationIec61360",
        "preferredName": [{"language": "en", "text": name}],
        "definition": [{"language": "en", "text": definition}],
        "dataType": "STRING",
    },
    short_texts,
    texts,
).map(
    lambda content: {
        "dataSpecification": {
            "type": "ExternalReference",
            "keys": [
                {
                    "type": "GlobalReference",
                    "value": "https://admin-shell.io/DataSpecificationTemplates/DataSpecificationIec61360/3",
                }
            ],
        },
        "dataSpecificationContent": content,
    }
)
concepts = joined(
    st.builds(lambda each: {"modelType": "ConceptDescription", "id": each}, identifiers),
    named,
    some(idShort=id_shorts, isCaseOf=lists(external), embeddedDataSpecifications=lists(definitions, most=1)),
)
_OF_KIND = {
    IdentifiableKind.SHELL: shells,
    IdentifiableKind.SUBMODEL: submodels,
    IdentifiableKind.CONCEPT_DESCRIPTION: concepts,
}


def identifiable(kind: IdentifiableKind, body: Body) -> Identifiable:
    """Return an object as the reader would."""
    return Identifiable(kind=kind, identifier=body["id"], id_short=body.get("idShort"), body=body)


environments = st.lists(
    st.one_of(
        *(bodies.map(lambda body, kind=kind: identifiable(kind, body)) for kind, bodies in _OF_KIND.items())
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda entry: entry.identifier,
).map(tuple)
