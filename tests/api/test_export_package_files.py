"""What a package held beyond what its objects name comes back: thumbnails, files of nobody."""

import io
import zipfile

import pytest
from aas_samples import aasx, concept, environment, id64, lot_shell, shell, submodel, text

from aas_registry.domain.package import PackageFile
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.settings import Settings

EXPORTS = "/trace/v1/exports"
LIMITS = Settings().limits


def picture(part="/Thumbnail.png", content=b"a picture"):
    return PackageFile.of(part, "image/png", content)


def note(part="/aasx/files/note.txt", content=b"a note"):
    return PackageFile.of(part, "text/plain", content)


def with_part(content, name, added):
    """Return a package with a part more, which no relationship names."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, added)
    return stream.getvalue()


def read(answer):
    assert answer.status_code == 200, answer.text
    return read_upload(recognise(io.BytesIO(answer.data), "a.aasx", limits=LIMITS), limits=LIMITS)


def files(package):
    return {each.part: each.read() for each in package.files}


def exported(asker, **named):
    return read(asker.post(EXPORTS, json=named))


def codes(asker, **named):
    told = asker.post(EXPORTS, json={**named, "dryRun": True}).get_json()
    return [each["code"] for each in told["findings"]]


@pytest.fixture
def product(bolt):
    """Bolt's shell and submodel, in a package with a thumbnail and two files that nothing names."""
    made = aasx(
        shell("urn:bolt:1", submodels=["urn:bolt:sm"]),
        submodel("urn:bolt:sm", text("PartA")),
        files=[note()],
        thumbnail=picture(),
    )
    return bolt.upload(with_part(made, "read me?.txt", b"read me"), "product.aasx").get_json()


def test_thumbnail_and_files_that_no_object_names_come_back_with_the_shell(bolt, product):
    found = exported(bolt, shells=["urn:bolt:1"])

    assert files(found) == {"/aasx/files/note.txt": b"a note", "/read%20me%3F.txt": b"read me"}
    assert (found.thumbnail.part, found.thumbnail.read()) == ("/Thumbnail.png", b"a picture")
    assert {each.part: each.media_type for each in (*found.files, found.thumbnail)} == {
        "/aasx/files/note.txt": "text/plain",
        "/read%20me%3F.txt": "application/octet-stream",
        "/Thumbnail.png": "image/png",
    }
    assert codes(bolt, shells=["urn:bolt:1"]) == []


def test_the_upload_lists_a_part_that_nothing_names(product):
    assert [each["part"] for each in product["files"]] == [
        "/Thumbnail.png",
        "/aasx/files/note.txt",
        "/read me?.txt",
    ]
    assert [each["code"] for each in product["findings"]] == ["AASX-PART-UNREFERENCED"]


def test_they_come_with_a_lot_and_with_all_of_a_party(bolt, quality):
    made = aasx(lot_shell("urn:bolt:lot", code="0042"), files=[note()], thumbnail=picture())
    [lot] = bolt.upload(made, "lot.aasx").get_json()["lots"]

    for asker, named in ((bolt, {"lots": [lot["id"]]}), (quality, {"party": "bolt"})):
        found = exported(asker, **named)

        assert list(files(found).values()) == [b"a note"]
        assert found.thumbnail.read() == b"a picture"


def test_a_submodel_brings_them_only_where_its_package_has_no_shell(bolt, product):
    bolt.upload(aasx(submodel("urn:bolt:alone"), files=[note("/alone.txt")]), "alone.aasx")

    assert files(exported(bolt, submodels=["urn:bolt:sm"])) == {}
    assert files(exported(bolt, submodels=["urn:bolt:alone"])) == {"/alone.txt": b"a note"}


def test_one_shell_of_several_brings_them_too(bolt):
    bolt.upload(aasx(shell("urn:1"), shell("urn:2"), files=[note()], thumbnail=picture()), "a.aasx")

    for named in (["urn:1"], ["urn:2"], ["urn:1", "urn:2"]):
        found = exported(bolt, shells=named)

        assert (list(files(found)), found.thumbnail.part) == (["/aasx/files/note.txt"], "/Thumbnail.png")


def test_the_later_package_tells_all_that_comes_with_a_shell(bolt, product):
    again = [shell("urn:bolt:1", submodels=["urn:bolt:sm"]), submodel("urn:bolt:sm", text("PartA"))]

    bolt.upload(aasx(*again, thumbnail=picture(content=b"another")), "second.aasx")
    second = exported(bolt, shells=["urn:bolt:1"])
    bolt.upload(aasx(*again), "third.aasx")
    third = exported(bolt, shells=["urn:bolt:1"])

    assert (files(second), second.thumbnail.read()) == ({}, b"another")
    assert (files(third), third.thumbnail) == ({}, None)


def test_what_brings_no_files_leaves_them_as_they_are(bolt, product):
    bolt.upload(environment(shell("urn:bolt:1", serial="7")), "shell.json")
    bolt.put(f"/api/v3/shells/{id64('urn:bolt:1')}", json=shell("urn:bolt:1", serial="8"))

    found = exported(bolt, shells=["urn:bolt:1"])

    assert len(files(found)) == 2
    assert found.thumbnail is not None


def test_of_several_packages_the_first_shells_thumbnail_is_the_exports(bolt):
    for number in (2, 1):
        parts = {
            "files": [note(content=b"%d" % number)],
            "thumbnail": picture(content=b"picture %d" % number),
        }
        bolt.upload(aasx(shell(f"urn:{number}"), **parts), "a.aasx")

    found = exported(bolt, shells=["urn:2", "urn:1"])

    assert found.thumbnail.read() == b"picture 1"
    assert sorted(files(found).values()) == [b"1", b"2", b"picture 2"]
    assert codes(bolt, shells=["urn:1", "urn:2"]) == [
        "EXPORT-PART-RENAMED",
        "EXPORT-PART-RENAMED",
        "EXPORT-THUMBNAIL-AS-FILE",
    ]


def test_one_thumbnail_of_several_packages_stays_one_part(bolt):
    for number in (1, 2):
        bolt.upload(aasx(shell(f"urn:{number}"), thumbnail=picture()), f"{number}.aasx")

    found = exported(bolt, shells=["urn:1", "urn:2"])

    assert (files(found), found.thumbnail.part) == ({}, "/Thumbnail.png")
    assert codes(bolt, shells=["urn:1", "urn:2"]) == []


def test_equal_packages_give_equal_bytes_in_whatever_order_they_came(bolt):
    def sent(*numbers, beside):
        for number in numbers:
            parts = {"files": [note(content=b"%d" % number)], "thumbnail": picture(content=b"%d" % number)}
            bolt.upload(aasx(shell(f"urn:{number}"), concept(beside), **parts), "a.aasx")
        return bolt.post(EXPORTS, json={"shells": ["urn:1", "urn:2"]})

    first, second = sent(1, 2, beside="urn:first"), sent(2, 1, beside="urn:second")

    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]


def test_nobody_gets_the_files_of_another_partys_package(bolt, arro, quality):
    for asker, name in ((bolt, "bolt"), (arro, "arro")):
        made = aasx(
            lot_shell(f"urn:{name}", code="7"), files=[note(content=name.encode())], thumbnail=picture()
        )
        [lot] = asker.upload(made, "lot.aasx").get_json()["lots"]

    assert list(files(exported(arro, lots=[lot["id"]])).values()) == [b"arro"]
    assert sorted(files(exported(quality, lots=[lot["id"]])).values()) == [b"arro", b"bolt"]


def test_a_dry_run_leaves_nothing_that_could_come_back(bolt):
    made = aasx(shell("urn:1"), files=[note()], thumbnail=picture())

    bolt.upload(made, "a.aasx", dryRun="true")
    bolt.upload(environment(shell("urn:1")), "a.json")

    assert files(exported(bolt, shells=["urn:1"])) == {}


@pytest.mark.parametrize(("setting", "enough"), [("export_bytes", 22), ("package_parts", 9)])
def test_their_bytes_and_their_number_are_bounded(make_asker, make_registry, bolt, product, setting, enough):
    exact, bounded = (
        make_asker("quality", registry=make_registry(**{setting: most})) for most in (enough, enough - 1)
    )

    taken = exact.post(EXPORTS, json={"shells": ["urn:bolt:1"]})
    refused = bounded.post(EXPORTS, json={"shells": ["urn:bolt:1"]})

    assert len(zipfile.ZipFile(io.BytesIO(taken.data)).namelist()) == 9
    assert refused.status_code == 413
    assert refused.get_json()["messages"][0]["code"] == "EXPORT-TOO-LARGE"
    assert setting in refused.get_json()["messages"][0]["text"]


def test_one_content_under_two_names_counts_twice_as_it_is_written_twice(make_asker, make_registry, bolt):
    bolt.upload(aasx(shell("urn:1"), files=[note("/a.txt"), note("/b.txt")]), "a.aasx")
    bounded = make_asker("quality", registry=make_registry(export_bytes=11))

    answer = bounded.post(EXPORTS, json={"shells": ["urn:1"]})

    assert answer.status_code == 413
