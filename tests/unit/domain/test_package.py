"""Part names, and the values of a package."""

import pytest

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.package import (
    AasPackage,
    Identifiable,
    IdentifiableKind,
    PackageFile,
    part_key,
    part_named_by,
    parts_named_by,
)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("/aasx/files/a.pdf", "/aasx/files/a.pdf"),
        ("aasx/files/a.pdf", "/aasx/files/a.pdf"),
        ("./a.pdf", "/a.pdf"),
        ("/a%20b.pdf", "/a%20b.pdf"),
        ("/a.pdf#page=2", "/a.pdf"),
        ("file:///aasx/a.pdf", "/aasx/a.pdf"),
        ("https://example.com/a.pdf", None),
        ("urn:example:a", None),
        ("//example.com/a.pdf", None),
        ("/aasx/../../etc/passwd", None),
        ("/aasx/%2e%2e/a", None),
        ("aasx\\a.pdf", "/aasx/a.pdf"),
        ("\\aasx\\..\\..\\a.pdf", None),
        ("C:\\docs\\a.pdf", None),
        ("\\\\host\\a.pdf", None),
        ("a\x00b", None),
        ("http://[", None),
        ("/", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_relative_reference_names_a_part(value: str | None, part: str | None) -> None:
    assert part_named_by(value) == part


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("/aasx/files/a.pdf", ("/aasx/files/a.pdf",)),
        ("file:///aasx/a.pdf", ("/aasx/a.pdf",)),
        ("files/a.pdf", ("/aasx/xml/files/a.pdf", "/files/a.pdf")),
        ("files\\a.pdf", ("/aasx/xml/files/a.pdf", "/files/a.pdf")),
        ("./a..b.pdf", ("/aasx/xml/a..b.pdf", "/a..b.pdf")),
        ("../files/a.pdf", ("/aasx/files/a.pdf",)),
        ("aasx/files/a.pdf", ("/aasx/files/a.pdf", "/aasx/xml/aasx/files/a.pdf")),
        ("../../../a.pdf", ()),
        ("%2e%2e/a.pdf", ()),
        ("../..", ()),
        ("https://example.com/a.pdf", ()),
        (None, ()),
    ],
)
def test_a_name_without_a_slash_before_it_is_relative_to_the_part_it_stands_in_or_to_the_root(
    value: str | None, parts: tuple[str, ...]
) -> None:
    assert parts_named_by(value, source="/aasx/xml/data.xml") == parts


def test_a_name_in_no_package_is_read_from_the_root() -> None:
    assert parts_named_by("files/a.pdf", source=None) == ("/files/a.pdf",)


def test_part_names_are_compared_without_case_and_encoding() -> None:
    assert part_key("aasx/Files/A%20b.PDF") == part_key("/AASX/files/a b.pdf")


def test_finds_the_file_that_an_element_names() -> None:
    file = PackageFile.of("/aasx/a b.pdf", "application/pdf", b"%PDF")
    package = AasPackage(metamodel="3.1", identifiables=(), files=(file,))

    assert package.file_at("/aasx/a%20B.pdf") is file
    assert package.file_at("/aasx/other.pdf") is None
    assert package.file_at("https://example.com/aasx/a%20b.pdf") is None
    assert file.digest() == digest_of(b"%PDF")


def test_the_digest_of_an_identifiable_does_not_depend_on_the_order_of_members() -> None:
    one, two = (
        Identifiable(kind=IdentifiableKind.SUBMODEL, identifier="urn:a", id_short=None, body=body)
        for body in ({"id": "urn:a", "modelType": "Submodel"}, {"modelType": "Submodel", "id": "urn:a"})
    )

    assert one.canonical() == b'{"id":"urn:a","modelType":"Submodel"}'
    assert one.digest() == two.digest()


def test_every_kind_has_its_model_type_and_its_place_in_an_environment() -> None:
    assert [(kind.model_type, kind.environment_member) for kind in IdentifiableKind] == [
        ("AssetAdministrationShell", "assetAdministrationShells"),
        ("Submodel", "submodels"),
        ("ConceptDescription", "conceptDescriptions"),
    ]
