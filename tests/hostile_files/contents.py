"""AAS content that costs: patterns that stall, a million elements, paths without end, odd packages."""

from collections.abc import Iterator
from typing import Any

from aas_content import AAS_TYPES, SUBMODEL_XML, make_parts, make_rels, make_submodel, make_xml, make_zip
from hostile_files.declaration import Door, Hostile, declare
from hostile_files.packages import (
    ORIGIN_RELS_PART,
    RELS_PART,
    TYPES_PART,
    environment,
    package_with,
    relationships,
    submodel_json,
)

from aas_registry.domain.codes import Code

_LONG = 60_000
_ELEMENT = b'{"modelType":"Capability","idShort":"a"}'


def contents() -> Iterator[Hostile]:
    """Yield content whose meaning, not whose encoding, is hostile."""
    yield from _patterns()
    yield from _many_elements()
    yield from _paths()
    yield from _relationships()
    yield from _content_types()


def _patterns() -> Iterator[Hostile]:
    make = declare("pattern-stall", Code.AAS_VALUE_TOO_LONG, "data.json")
    administration = {"version": "1" * _LONG + "x", "revision": "0"}
    yield make("id-short", lambda: submodel_json(idShort="a" * _LONG + "-"))
    yield make("version", lambda: submodel_json(administration=administration))
    yield make("template-id", lambda: submodel_json(administration={"templateId": " " * _LONG}))
    for kind in (
        "dateTime",
        "date",
        "time",
        "duration",
        "decimal",
        "double",
        "gYear",
        "anyURI",
        "base64Binary",
    ):
        yield make(f"xs-{kind}", lambda kind=kind: _property(f"xs:{kind}", "1" * _LONG + "x"))
    yield make("range", lambda: _range("0" * _LONG + "x"))
    yield make("language", lambda: _languages("a-" * (_LONG // 2)))
    yield make("media-type", lambda: _file("a/" + "b;" * (_LONG // 2)))
    yield make("last-update", lambda: _event("2026-01-01T00:00:00" + "0" * _LONG))
    yield make("many-medium-ones", _medium)
    yield make("in-xml", lambda: make_xml(SUBMODEL_XML.replace("<id>", f"<idShort>{'a' * _LONG}-</idShort><id>")),
               file_name="data.xml")  # fmt: skip
    yield make("through-the-aas-api", lambda: environment(make_submodel(idShort="a" * _LONG + "-"))[15:-2],
               door=Door.SUBMODEL)  # fmt: skip


def _elements(*elements: dict[str, Any]) -> bytes:
    return submodel_json(submodelElements=list(elements))


def _property(kind: str, value: str) -> bytes:
    return _elements({"modelType": "Property", "idShort": "P", "valueType": kind, "value": value})


def _range(value: str) -> bytes:
    return _elements(
        {"modelType": "Range", "idShort": "R", "valueType": "xs:double", "min": value, "max": value}
    )


def _languages(tag: str) -> bytes:
    text = {"language": tag, "text": "a"}
    return _elements({"modelType": "MultiLanguageProperty", "idShort": "M", "value": [text]})


def _file(media_type: str) -> bytes:
    return _elements({"modelType": "File", "idShort": "F", "contentType": media_type, "value": "/a.pdf"})


def _event(moment: str) -> bytes:
    observed = {"type": "ModelReference", "keys": [{"type": "Submodel", "value": "urn:a"}]}
    return _elements(
        {
            "modelType": "BasicEventElement",
            "idShort": "E",
            "observed": observed,
            "direction": "output",
            "state": "on",
            "lastUpdate": moment,
        }
    )


def _medium() -> bytes:
    return _elements(
        *({"modelType": "Capability", "idShort": f"{'a' * 2000}-{number}"} for number in range(5_000))
    )


def _many_elements() -> Iterator[Hostile]:
    make = declare("many-elements", Code.AAS_TOO_MANY_ELEMENTS, "data.json")
    yield make("a-million-in-json", lambda: _crowd(1_000_000))
    yield make("one-too-many-in-json", lambda: _crowd(200_001))
    yield make("a-million-in-xml", lambda: _xml_crowd(1_000_000), file_name="data.xml")
    yield make("in-a-package", lambda: make_zip(make_parts(_xml_crowd(300_000))), code=Code.ZIP_RATIO)
    yield make(
        "a-million-submodels", lambda: b'{"submodels":[' + b'{"id":"a"},' * 1_000_000 + b'{"id":"a"}]}'
    )
    yield make("in-a-bare-list", lambda: b"[" + b",".join([b'{"id":"a","kind":1}'] * 210_000) + b"]")
    yield make("a-million-keys", _keys)
    yield make("a-million-texts", _texts)
    yield make("a-million-submodels-in-xml", lambda: make_xml(
        f"<submodels>{'<submodel><id>a</id></submodel>' * 1_000_000}</submodels>"), file_name="data.xml")  # fmt: skip


def _crowd(count: int) -> bytes:
    inner = b",".join([_ELEMENT] * count)
    return b'{"submodels":[{"modelType":"Submodel","id":"urn:a","submodelElements":[' + inner + b"]}]}"


def _xml_crowd(count: int) -> bytes:
    inner = "<capability><idShort>a</idShort></capability>" * count
    return make_xml(
        f"<submodels><submodel><id>urn:a</id><submodelElements>{inner}</submodelElements></submodel></submodels>"
    )


def _keys() -> bytes:
    keys = ",".join(['{"type":"GlobalReference","value":"a"}'] * 1_000_000)
    reference = f'{{"type":"ExternalReference","keys":[{keys}]}}'
    return f'{{"submodels":[{{"modelType":"Submodel","id":"urn:a","semanticId":{reference}}}]}}'.encode()


def _texts() -> bytes:
    texts = ",".join(['{"language":"en","text":"a"}'] * 1_000_000)
    return f'{{"submodels":[{{"modelType":"Submodel","id":"urn:a","description":[{texts}]}}]}}'.encode()


def _paths() -> Iterator[Hostile]:
    make = declare("id-short-path", Code.JSON_TOO_DEEP, "data.json")
    yield make("a-path-of-many-steps", lambda: _nested(3_000, "abcdefghijklmnopqrstuvwxyzabcdefgh"))
    yield make("a-path-of-long-steps", lambda: _nested(28, "a" * 3_700), code=Code.ID_SHORT_PATH_TOO_LONG)
    yield make("a-path-of-middling-steps", lambda: _nested(28, "a" * 200), code=Code.ID_SHORT_PATH_TOO_LONG)
    yield make("lists-in-lists", lambda: _nested_lists(2_000))
    yield make("operations-in-operations", lambda: _nested_operations(2_000))
    yield make("many-steps-in-xml", lambda: _nested_xml(3_000), code=Code.XML_TOO_DEEP, file_name="data.xml")


def _nested(levels: int, name: str) -> bytes:
    start = f'{{"modelType":"SubmodelElementCollection","idShort":"{name}","value":['
    return _in_submodel(start * levels + "]}" * levels)


def _nested_lists(levels: int) -> bytes:
    kind = '"typeValueListElement":"SubmodelElementList"'
    start = f'{{"modelType":"SubmodelElementList",{kind},"value":['
    return _in_submodel(start * levels + "]}" * levels)


def _nested_operations(levels: int) -> bytes:
    start = '{"modelType":"Operation","idShort":"o","inputVariables":[{"value":'
    return _in_submodel(start * levels + _ELEMENT.decode() + "}]}" * levels)


def _nested_xml(levels: int) -> bytes:
    start = f"<submodelElementCollection><idShort>{'a' * 34}</idShort><value>"
    inner = start * levels + "</value></submodelElementCollection>" * levels
    return make_xml(
        f"<submodels><submodel><id>urn:a</id><submodelElements>{inner}</submodelElements></submodel></submodels>"
    )


def _in_submodel(elements: str) -> bytes:
    return (
        f'{{"submodels":[{{"modelType":"Submodel","id":"urn:a","submodelElements":[{elements}]}}]}}'.encode()
    )


def _relationships() -> Iterator[Hostile]:
    make = declare("relationships", Code.AASX_RELATIONSHIP_CYCLE)
    yield make(
        "data-that-names-itself",
        lambda: package_with({"aasx/_rels/data.xml.rels": _split(["/aasx/data.xml"])}),
    )
    yield make("two-that-name-each-other", lambda: _ring(2))
    yield make("a-ring-of-a-thousand", lambda: _ring(1_000))
    yield make("a-chain-of-thousands", lambda: _chain(4_000))
    yield make("a-chain-of-a-hundred-thousand", lambda: _chain(100_000), code=Code.ZIP_TOO_MANY_PARTS)
    yield make("fifty-thousand-of-the-package", lambda: _crowded(RELS_PART, "aas-suppl", 50_000),
               code=Code.AASX_TOO_MANY_RELATIONSHIPS)  # fmt: skip
    yield make("fifty-thousand-of-the-origin", lambda: _crowded(ORIGIN_RELS_PART, "aas-spec", 50_000),
               code=Code.AASX_TOO_MANY_RELATIONSHIPS)  # fmt: skip
    yield make("a-hundred-thousand-of-the-package", lambda: _crowded(RELS_PART, "aas-suppl", 100_000),
               code=Code.ZIP_TOO_LARGE)  # fmt: skip
    yield make("a-target-above-the-package", lambda: _origin("../../../etc/passwd"), code=Code.ZIP_PART_NAME)
    yield make("a-target-with-backslashes", lambda: _origin("..\\..\\evil"), code=Code.ZIP_PART_NAME)
    yield make("a-target-that-is-no-address", lambda: _origin("http://[evil"), code=Code.ZIP_PART_NAME)
    yield make(
        "a-target-on-the-network", lambda: _origin("http://127.0.0.1:1/evil"), code=Code.AASX_NO_ORIGIN
    )
    yield make("a-target-in-the-file-system", lambda: _origin("file:///etc/passwd"), code=Code.AASX_NO_ORIGIN)
    yield make("a-target-of-a-million-characters", lambda: _origin("a/" * 500_000), code=Code.AASX_NO_ORIGIN)
    yield make("data-outside", lambda: package_with({ORIGIN_RELS_PART: relationships("aas-spec", ["http://a/b"])}),
               code=Code.AASX_NO_SPEC)  # fmt: skip


def _split(targets: list[str]) -> bytes:
    return relationships("aas-spec-split", targets)


def _ring(count: int) -> bytes:
    return _linked(count, {count - 1: "/aasx/data.xml"})


def _chain(count: int) -> bytes:
    return _linked(count, {})


def _linked(count: int, closing: dict[int, str]) -> bytes:
    parts: dict[str, bytes] = {"aasx/_rels/data.xml.rels": _split(["/aasx/p0.xml"])}
    for number in range(count):
        parts[f"aasx/p{number}.xml"] = make_xml(
            f"<submodels><submodel><id>urn:{number}</id></submodel></submodels>"
        )
        target = closing.get(number) or (f"/aasx/p{number + 1}.xml" if number + 1 < count else "")
        if target:
            parts[f"aasx/_rels/p{number}.xml.rels"] = _split([target])
    return package_with(parts)


def _crowded(part: str, kind: str, count: int) -> bytes:
    # Each target differs, so that the part does not shrink by more than a package may.
    return package_with(
        {part: relationships(kind, [f"/aasx/{n * 7919 % 1_000_003:x}.xml" for n in range(count)])}
    )


def _origin(target: str) -> bytes:
    return package_with({RELS_PART: make_rels([(f"{AAS_TYPES}/aasx-origin", target)])})


def _content_types() -> Iterator[Hostile]:
    make = declare("content-types", Code.AASX_CONTENT_TYPES)
    space = "http://schemas.openxmlformats.org/package/2006/content-types"

    def types(inner: str) -> bytes:
        return package_with({TYPES_PART: f'<Types xmlns="{space}">{inner}</Types>'.encode()})

    yield make("a-part-with-two-types", lambda: types(
        '<Override PartName="/aasx/data.xml" ContentType="text/xml"/>'
        '<Override PartName="/AASX/data.xml" ContentType="text/html"/>'))  # fmt: skip
    yield make("an-extension-with-two-types", lambda: types(
        '<Default Extension="xml" ContentType="text/xml"/><Default Extension="XML" ContentType="text/html"/>'))  # fmt: skip
    yield make("a-line-feed-in-a-type", lambda: types(
        '<Default Extension="pdf" ContentType="application/pdf&#13;&#10;X-Evil: 1"/>'))  # fmt: skip
    yield make("a-type-of-a-million-characters", lambda: types(
        f'<Default Extension="pdf" ContentType="a/{"b" * 900_000}"/>'))  # fmt: skip
    yield make("a-type-without-a-slash", lambda: types('<Default Extension="pdf" ContentType="evil"/>'))
    yield make("a-hundred-thousand", lambda: types("".join(
        f'<Override PartName="/{n * 7919 % 1_000_003:x}" ContentType="a/b"/>' for n in range(100_000))),
        code=Code.AASX_TOO_MANY_RELATIONSHIPS)  # fmt: skip
    yield make("a-folder-of-that-name", lambda: package_with({f"{TYPES_PART}/a": b"x"}),
               code=Code.ZIP_PART_DUPLICATE)  # fmt: skip
