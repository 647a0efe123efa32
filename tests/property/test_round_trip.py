"""What is written reads back equal, in every form; others open it, strictly."""

import io
import json
import zipfile

import pytest
from aas_environments import environments, texts
from aas_samples import write_environment_json, write_environment_xml
from aas_test_engines import file as test_engines
from basyx.aas.adapter.aasx import AASXReader, DictSupplementaryFileContainer
from basyx.aas.adapter.json import AASToJsonEncoder, read_aas_json_file
from basyx.aas.adapter.xml import read_aas_xml_file
from basyx.aas.model import DictIdentifiableStore
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.exports import NamedFile, place_files
from aas_registry.domain.identifiers import Sha256
from aas_registry.domain.package import (
    AasPackage,
    Identifiable,
    IdentifiableKind,
    PackageFile,
    part_key,
    part_named_by,
    parts_named_by,
)
from aas_registry.formats.aas.environment_writer import source_of, write_fitting_environment
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.container.opc import part_uri
from aas_registry.formats.container.zip_names import refuse_collisions, refuse_name
from aas_registry.formats.package.aasx_writer import (
    RESERVED_PARTS,
    write_aasx,
)
from aas_registry.formats.package.upload import read_upload
from aas_registry.settings import Settings

pytestmark = [
    pytest.mark.check,
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),  # long names of strategies
]

LIMITS = Settings().limits
SUBMODEL = Identifiable(
    kind=IdentifiableKind.SUBMODEL,
    identifier="urn:sm",
    id_short=None,
    body={"modelType": "Submodel", "id": "urn:sm"},
)
data_formats = st.sampled_from(["xml", "json"])


def bodies(identifiables):
    """Return what tells one content from another, whatever its order."""
    return sorted((each.kind, each.identifier, canonical_bytes(each.body)) for each in identifiables)


def read(content, name):
    return read_upload(recognise(io.BytesIO(content), name, limits=LIMITS), limits=LIMITS)


def as_basyx_json(store):
    return {each.id: json.dumps(each, cls=AASToJsonEncoder, sort_keys=True) for each in store}


@given(environments)
def test_a_valid_environment_reads_back_equal_and_without_findings(identifiables):
    for name, content in (
        ("a.json", write_environment_json(identifiables)),
        ("a.xml", write_environment_xml(identifiables)),
        ("b.xml", write_environment_xml(identifiables, metamodel="3.0")),
        ("a.aasx", write_aasx(AasPackage(metamodel="3.1", identifiables=identifiables))),
    ):
        package = read(content, name)

        assert bodies(package.identifiables) == bodies(identifiables), name
        assert [each.message for each in package.findings if each.severity == "error"] == [], name


@given(environments)
def test_basyx_opens_it_strictly_with_the_content_that_it_reads_from_json(identifiables):
    text = io.StringIO(write_environment_json(identifiables).decode())
    expected = as_basyx_json(read_aas_json_file(text, failsafe=False))

    from_xml = read_aas_xml_file(io.BytesIO(write_environment_xml(identifiables)), failsafe=False)
    store = DictIdentifiableStore()
    package = write_aasx(AasPackage(metamodel="3.1", identifiables=identifiables))
    with AASXReader(io.BytesIO(package), failsafe=False) as reader:
        reader.read_into(store, DictSupplementaryFileContainer())

    assert len(expected) == len(identifiables)
    assert as_basyx_json(from_xml) == expected
    assert as_basyx_json(store) == expected


@given(environments, data_formats)
def test_aas_test_engines_pass_what_is_written_as_3_0(identifiables, data_format):
    package = write_aasx(AasPackage(metamodel="3.0", identifiables=identifiables), data_format=data_format)

    result = test_engines.check_aasx_file(io.BytesIO(package))

    assert result.ok(), "\n".join(result.to_lines())


parts = st.dictionaries(
    st.text("abcdefXYZ-_. ä€漢", min_size=1, max_size=12).filter(lambda name: name.strip(". ")),
    st.binary(max_size=300),
    max_size=4,
)


@given(environments, parts, st.none() | st.binary(max_size=50), data_formats)
def test_files_and_thumbnail_come_back_byte_by_byte(identifiables, contents, thumbnail, data_format):
    folded = {name.casefold(): (name, content) for name, content in contents.items()}
    files = tuple(
        PackageFile.of(f"/aasx/files/{name}x", "text/plain", each) for name, each in folded.values()
    )
    picture = None if thumbnail is None else PackageFile.of("/thumbnail.png", "image/png", thumbnail)
    package = AasPackage(metamodel="3.1", identifiables=identifiables, files=files, thumbnail=picture)

    written = write_aasx(package, data_format=data_format)
    again = read(written, "a.aasx")

    assert written == write_aasx(package, data_format=data_format)
    assert sorted(each.read() for each in again.files) == sorted(each.read() for each in files)
    assert (again.thumbnail and again.thumbnail.read()) == thumbnail


loose_parts = st.dictionaries(
    st.text("abXY-_.?#+%& ä€漢", min_size=1, max_size=12)
    .map(lambda name: name.replace("%", "%25"))
    .filter(lambda name: name.strip(". ")),
    st.binary(max_size=300),
    max_size=4,
)


@given(loose_parts, data_formats)
def test_parts_that_nothing_names_come_back_byte_by_byte(contents, data_format):
    folded = {name.casefold(): (name, content) for name, content in contents.items()}
    stream = io.BytesIO(write_aasx(AasPackage(metamodel="3.1", identifiables=(SUBMODEL,))))
    with zipfile.ZipFile(stream, "a") as archive:
        for name, content in folded.values():
            archive.writestr(f"{name}x", content)

    package = read(stream.getvalue(), "a.aasx")
    again = read(write_aasx(package, data_format=data_format), "b.aasx")

    assert {each.part: each.read() for each in package.files} == {
        f"/{name}x": content for name, content in folded.values()
    }
    assert package.unnamed == {each.part for each in package.files}
    assert {part_key(each.part): each.read() for each in again.files} == {
        part_key(each.part): each.read() for each in package.files
    }
    assert [each for each in again.findings if each.severity != "info"] == []


names = st.lists(
    st.sampled_from(
        ["/aasx", "files", "a.pdf", "A.pdf", "é", "e\u0301", "ﬁ", "fi", "_rels", "x.rels", "%2f", "C:", "."]
    ),
    min_size=1,
    max_size=4,
).map("/".join)


@given(st.lists(st.tuples(names, st.sampled_from("123")), max_size=8))
def test_whatever_files_are_called_their_names_fit_one_archive_and_lead_to_their_content(files):
    named = [
        NamedFile(owner=number, value=value, sha256=Sha256(digit * 64), media_type="text/plain")
        for number, (value, digit) in enumerate(files)
        if part_named_by(value) is not None
    ]

    placed = place_files(named, reserved=RESERVED_PARTS)

    spelled = [part_uri(each).removeprefix("/") for each in (*placed.parts, *RESERVED_PARTS)]
    refuse_collisions(spelled)
    for name in spelled:
        refuse_name(name)
    found = {part_key(part): sha256 for part, (sha256, _) in placed.parts.items()}
    for each in named:
        value = placed.renamed.get(each.owner, {}).get(each.value, each.value)
        assert found[part_key(parts_named_by(value, source="/aasx/data.xml")[0])] == each.sha256


odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1000, 1000)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
    | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "modelType", "keys", "semanticId", "a", "submodelElements"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(environments, st.data())
def test_whatever_was_stored_is_written_in_the_form_that_keeps_it(identifiables, data):
    entry = data.draw(st.sampled_from(identifiables))
    entry.body[
        data.draw(st.sampled_from(["idShort", "description", "unknown", "submodelElements", "extensions"]))
    ] = data.draw(odd)
    source = source_of(identifiables)
    stream = io.BytesIO()

    chosen = write_fitting_environment(source, stream).data_format
    try:
        package = read(stream.getvalue(), f"a.{chosen}")
    except RefusedError:  # JSON that is refused could not have been stored; XML was said to keep it all
        assert chosen == "json"
        return

    assert bodies(package.identifiables) == bodies(identifiables)
