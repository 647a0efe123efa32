"""Uploads in pieces over HTTP: gone on with wherever they stand, and taken as if sent at once."""

from base64 import b64encode
from email.utils import parsedate_to_datetime

import pytest
from aas_samples import environment, lot_aasx, submodel
from page_visitor import log_in, visit

from aas_registry.services.registry import sweep_leftovers

PATH = "/trace/v1/resumable-uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = TUS | {"Content-Type": "application/offset+octet-stream"}


def metadata(**values):
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in values.items())


def begin(asker, length, name="lot.aasx"):
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(filename=name)}
    return asker.post(PATH, headers=headers)


def begun(asker, length):
    answer = begin(asker, length)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def patch(asker, place, offset, content, **headers):
    return asker.send("PATCH", place, data=content, headers=PIECE | {"Upload-Offset": str(offset)} | headers)


def sent_whole(asker, content):
    place = begun(asker, len(content))
    assert patch(asker, place, 0, content).status_code == 204
    return place


def code_of(answer):
    return answer.get_json()["messages"][0]["code"]


def partial_files(registry):
    return [path for path in (registry.settings.data_dir / "partial").iterdir() if path.is_file()]


def test_a_file_sent_in_pieces_is_taken_as_if_it_was_sent_at_once(bolt, registry):
    content = lot_aasx()
    place = begun(bolt, len(content))
    middle = len(content) // 2

    first = patch(bolt, place, 0, content[:middle])
    head = bolt.send("HEAD", place, headers=TUS)
    second = patch(bolt, place, middle, content[middle:])
    taken = bolt.post(f"{place}/take")

    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(middle))
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, str(middle))
    assert head.headers["Upload-Length"] == str(len(content))
    assert head.headers["Upload-Metadata"] == metadata(filename="lot.aasx")
    assert head.headers["Cache-Control"] == "no-store"
    assert (second.status_code, second.headers["Upload-Offset"]) == (204, str(len(content)))
    assert taken.status_code == 201, taken.text
    upload = taken.get_json()
    assert taken.headers["Location"] == f"/trace/v1/uploads/{upload['id']}"
    assert upload["fileName"] == "lot.aasx"
    assert bolt.get(f"{taken.headers['Location']}/original").data == content
    assert bolt.upload(content, "lot.aasx").get_json() == upload | {"isNew": False, "unchanged": True}
    assert partial_files(registry) == []


def test_taking_may_be_repeated(bolt):
    place = sent_whole(bolt, lot_aasx())

    first = bolt.post(f"{place}/take")
    again = bolt.post(f"{place}/take")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json() | {"isNew": False}
    assert bolt.get(place).get_json()["upload"] == first.get_json()["id"]
    assert bolt.send("HEAD", place, headers=TUS).headers["Upload-Offset"] == str(first.get_json()["size"])


def test_a_dry_run_leaves_the_upload_to_be_taken(bolt):
    place = sent_whole(bolt, lot_aasx())

    assert bolt.post(f"{place}/take", query_string={"dryRun": "true"}).get_json()["id"] is None
    assert bolt.get("/trace/v1/uploads").get_json()["result"] == []
    assert bolt.post(f"{place}/take").status_code == 201


def test_a_refused_file_stays_until_it_is_given_up(bolt, registry):
    place = sent_whole(bolt, environment(submodel("urn:sm:1") | {"idShort": "9 is no idShort"}))

    refused = bolt.post(f"{place}/take", query_string={"profile": "strict"})
    taken = bolt.post(f"{place}/take")

    assert refused.status_code == 400
    assert "error" in {finding["severity"] for finding in refused.get_json()["findings"]}
    assert taken.status_code == 201
    assert bolt.send("DELETE", place, headers=TUS).status_code == 204
    assert bolt.get(f"/trace/v1/uploads/{taken.get_json()['id']}").status_code == 200


def test_a_file_that_has_not_arrived_whole_is_not_taken(bolt):
    content = lot_aasx()
    place = begun(bolt, len(content))
    patch(bolt, place, 0, content[:-1])

    answer = bolt.post(f"{place}/take")

    assert (answer.status_code, code_of(answer)) == (409, "PARTIAL-UPLOAD-UNFINISHED")
    assert bolt.get("/trace/v1/uploads").get_json()["result"] == []


@pytest.mark.parametrize("offset", [0, 3, 5, 99])
def test_a_piece_must_begin_where_the_upload_stands(bolt, offset):
    place = begun(bolt, 10)
    patch(bolt, place, 0, b"1234")

    answer = patch(bolt, place, offset, b"567890")

    assert (answer.status_code, code_of(answer)) == (409, "PARTIAL-UPLOAD-OFFSET")
    assert bolt.send("HEAD", place, headers=TUS).headers["Upload-Offset"] == "4"


def test_no_more_is_kept_than_was_announced(bolt):
    place = begun(bolt, 10)

    answer = patch(bolt, place, 0, b"x" * 11)

    assert (answer.status_code, code_of(answer)) == (413, "BODY-TOO-LARGE")
    assert bolt.get(place).get_json()["offset"] <= 10


def test_the_upload_of_another_party_does_not_exist(bolt, arro, quality):
    place = sent_whole(bolt, lot_aasx())

    for other in (arro, quality):
        answers = [
            other.get(place),
            other.send("HEAD", place, headers=TUS),
            patch(other, place, 0, b"x"),
            other.post(f"{place}/take"),
            other.send("DELETE", place, headers=TUS),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert code_of(answers[0]) == "PARTIAL-UPLOAD-NOT-FOUND"
    assert bolt.post(f"{place}/take").status_code == 201


def test_another_login_of_the_same_party_may_go_on(bolt, asker):
    content = lot_aasx()
    place = begun(bolt, len(content))

    colleague = asker("supplier", "bolt")

    assert patch(colleague, place, 0, content).status_code == 204
    assert colleague.post(f"{place}/take").status_code == 201


def test_the_plant_takes_on_behalf_of_a_party(quality, bolt):
    place = sent_whole(quality, lot_aasx())

    taken = quality.post(f"{place}/take", query_string={"onBehalfOf": "bolt"}).get_json()

    assert taken["party"] == "bolt"
    assert [each["id"] for each in bolt.get("/trace/v1/uploads").get_json()["result"]] == [taken["id"]]


def test_an_unfinished_upload_expires_and_its_file_goes(bolt, clock, registry):
    place = begun(bolt, 10)
    expires = parsedate_to_datetime(bolt.get(place).headers["Upload-Expires"])
    assert expires > clock.now
    assert len(partial_files(registry)) == 1

    clock.advance(hours=registry.settings.partial_upload_hours / 2)
    assert patch(bolt, place, 0, b"1234").status_code == 204
    clock.advance(hours=registry.settings.partial_upload_hours / 2)
    assert bolt.get(place).status_code == 200  # the piece put it off

    clock.advance(hours=registry.settings.partial_upload_hours)

    assert bolt.get(place).status_code == 404
    begun(bolt, 10)
    assert len(partial_files(registry)) == 1


def test_the_next_start_removes_what_has_expired(bolt, clock, registry):
    begun(bolt, 10)
    (registry.settings.data_dir / "partial" / "young-and-unknown").write_bytes(b"x")

    clock.advance(hours=registry.settings.partial_upload_hours)
    sweep_leftovers(registry)

    assert [path.name for path in partial_files(registry)] == ["young-and-unknown"]


def test_how_much_one_sender_may_leave_unfinished_is_bounded(make_registry, make_asker, suppliers):
    registry = make_registry(partial_uploads=2, partial_upload_bytes=100)
    bolt, arro = (make_asker("supplier", party, registry=registry) for party in ("bolt", "arro"))

    first = begun(bolt, 40)
    begun(bolt, 40)
    third = begin(bolt, 1)

    assert (third.status_code, code_of(third)) == (429, "PARTIAL-UPLOAD-LIMIT")
    assert begin(arro, 90).status_code == 201
    assert begin(arro, 11).status_code == 429
    assert bolt.send("DELETE", first, headers=TUS).status_code == 204
    assert begin(bolt, 60).status_code == 201
    assert len(partial_files(registry)) == 3


def test_a_file_over_the_limit_is_refused_before_a_byte_is_sent(make_registry, make_asker, suppliers):
    bolt = make_asker("supplier", "bolt", registry=make_registry(upload_bytes=1000))

    assert begin(bolt, 1000).status_code == 201
    assert begin(bolt, 1001).status_code == 413


def test_says_what_it_speaks(bolt, app):
    options = app.test_client().options(PATH)

    assert options.headers["Tus-Version"] == options.headers["Tus-Resumable"] == "1.0.0"
    assert options.headers["Tus-Extension"] == "creation,expiration,termination"
    assert int(options.headers["Tus-Max-Size"]) >= 500 * 1024 * 1024


def test_a_browser_of_another_site_may_read_the_headers(bolt, app):
    preflight = app.test_client().options(
        PATH,
        headers={
            "Origin": "https://tool.example",
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization, tus-resumable, upload-offset",
        },
    )
    answer = bolt.post(PATH, headers=TUS | {"Upload-Length": "1", "Origin": "https://tool.example"})

    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert "upload-offset" in preflight.headers["Access-Control-Allow-Headers"].lower()
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert {"Location", "Upload-Offset", "Upload-Expires", "Tus-Resumable"} <= set(exposed.split(", "))


@pytest.mark.parametrize("version", [None, "0.2.2"])
def test_another_version_of_the_protocol_is_refused(bolt, version):
    place = begun(bolt, 4)
    told = {} if version is None else {"Tus-Resumable": version}

    answers = [
        bolt.post(PATH, headers=told | {"Upload-Length": "1"}),
        bolt.send(
            "PATCH",
            place,
            data=b"1234",
            headers={**PIECE, "Upload-Offset": "0"} | (told or TUS | {"Tus-Resumable": ""}),
        ),
        bolt.send("DELETE", place, headers=told),
    ]

    assert {answer.status_code for answer in answers} == {412}
    assert {answer.headers["Tus-Version"] for answer in answers} == {"1.0.0"}
    assert bolt.get(place).get_json()["offset"] == 0


@pytest.mark.parametrize("length", ["", "-1", "1.5", "many", "9" * 19, "\u0663"])
def test_refuses_a_length_that_is_no_number(bolt, length):
    assert (
        bolt.post(PATH, headers=TUS | {"Upload-Length": length.encode("utf-8").decode("latin-1")}).status_code
        == 400
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("filename ***", "Upload-Metadata filename"),
        ("filename /w==", "Upload-Metadata filename"),
        ("filename YQ==,filename Yg==", "Upload-Metadata filename"),
        (metadata(filename="a\0.exe"), "Upload-Metadata filename"),
        ("x " * 3000, "Upload-Metadata"),
    ],
)
def test_refuses_metadata_that_cannot_be_read(bolt, text, place):
    answer = bolt.post(PATH, headers=TUS | {"Upload-Length": "1", "Upload-Metadata": text})

    (finding,) = answer.get_json()["findings"]
    assert answer.status_code == 400
    assert (finding["code"], finding["path"]) == ("PARTIAL-UPLOAD-METADATA", place)


@pytest.mark.parametrize("name", ["../../etc/passwd.aasx", "C:\\windows\\a.aasx", "Lot\u202f1.aasx"])
def test_a_name_that_leads_elsewhere_is_only_shown(bolt, name):
    place = bolt.post(PATH, headers=TUS | {"Upload-Length": "1", "Upload-Metadata": metadata(filename=name)})

    assert bolt.get(place.headers["Location"]).get_json()["fileName"] == name


def test_a_piece_of_another_media_type_is_refused(bolt):
    place = begun(bolt, 4)

    answer = bolt.send(
        "PATCH", place, data=b"1234", headers=TUS | {"Upload-Offset": "0"}, content_type="text/plain"
    )

    assert answer.status_code == 415


def test_an_upload_without_a_name_and_without_content_can_be_told_of(bolt):
    answer = bolt.post(PATH, headers=TUS | {"Upload-Length": "0"})

    state = bolt.get(answer.headers["Location"]).get_json()
    taken = bolt.post(f"{answer.headers['Location']}/take")

    assert (state["length"], state["offset"], state["upload"]) == (0, 0, None)
    assert (taken.status_code, code_of(taken)) == (400, "UPLOAD-EMPTY")


def test_a_token_named_like_a_user_is_not_that_user(app, registry, suppliers):
    user = log_in(app, registry, "quality", name="ada")
    token = visit(app, registry, "quality", name="ada")
    same_token = visit(app, registry, "quality", name="ada")
    headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": user.token()}

    begun = user.client.post(
        "/trace/v1/resumable-uploads", headers={**headers, "Upload-Length": "10"}
    ).headers["Location"]

    assert user.get(begun, headers=headers).status_code == 200
    assert token.get(begun, headers=headers).status_code == 404
    assert same_token.get(begun, headers=headers).status_code == 404
