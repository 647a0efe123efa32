"""Versions of AAS objects, and an object as it was at a time."""

import hashlib

import pytest
from aas_samples import environment, id64, shell, submodel, text

ADDRESS = f"/trace/v1/documents/submodel/{id64('urn:sm:1')}"
OBJECT = f"/api/v3/submodels/{id64('urn:sm:1')}"


def body(value):
    return submodel("urn:sm:1", text("A", value))


@pytest.fixture
def history(bolt, clock):
    """Write, change, delete and write again, an hour apart; return the times of recording."""
    bolt.post("/api/v3/submodels", json=body("one"))
    times = [clock.now]
    for step in (
        lambda: bolt.upload(environment(body("two"))),
        lambda: bolt.delete(OBJECT),
        lambda: bolt.post("/api/v3/submodels", json=body("three")),
    ):
        clock.advance(hours=1)
        step()
        times.append(clock.now)
    return times


def at(asker, instant):
    return asker.get(ADDRESS, query_string={"at": instant.isoformat()})


def test_reads_the_object_as_it_was_recorded_at_a_time(bolt, history, clock):
    found = []
    for instant in [*history, clock.now]:
        response = at(bolt, instant)
        found.append(
            response.get_json()["submodelElements"][0]["value"] if response.status_code == 200 else None
        )

    assert found == ["one", "two", None, "three", "three"]
    assert bolt.get(ADDRESS).get_json() == body("three")


def test_before_its_first_version_an_object_is_not_found(bolt, history):
    assert at(bolt, history[0].replace(year=2020)).status_code == 404


@pytest.mark.parametrize("offset", ["+00:00", "+14:00", "-11:30"])
def test_takes_a_time_of_any_zone(bolt, history, offset):
    response = bolt.get(ADDRESS, query_string={"at": f"2030-01-01T00:00:00{offset}"})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "instant",
    [
        "yesterday",
        "2026-03-16T08:00:00",
        "2026-13-01T00:00:00Z",
        "",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_an_odd_time_never_fails_the_server(bolt, history, instant):
    assert bolt.get(ADDRESS, query_string={"at": instant}).status_code in {200, 400, 404}


def told(answer):
    return answer.headers.get("Recorded-As-Of"), answer.headers.get("Later-Than-Known")


@pytest.mark.parametrize("who", ["bolt", "quality"])
def test_a_time_after_the_last_recording_is_answered_as_that_one_and_says_so(
    request, bolt, history, clock, who
):
    asker, later = request.getfixturevalue(who), clock.now.replace(year=2030)

    plain, asked = asker.get(ADDRESS), at(asker, later)

    known = told(plain)[0]
    assert told(plain) == (known, None)
    assert told(asked) == (known, later.isoformat())
    assert history[-1].isoformat() <= known < later.isoformat()
    assert told(at(asker, history[1])) == (history[1].isoformat(), None)
    assert asked.data == plain.data
    bolt.put(OBJECT, json=body("four"))
    again = asker.get(ADDRESS, query_string={"at": known})
    assert (again.data, told(again)) == (plain.data, (known, None))


def test_what_others_record_moves_nothing_on_for_a_supplier(bolt, arro, history, clock):
    before = told(bolt.get(ADDRESS))
    clock.advance(hours=1)
    arro.post("/api/v3/submodels", json=submodel("urn:sm:other", text("A", "x")))

    assert told(bolt.get(ADDRESS)) == before


def test_what_is_not_found_at_a_later_time_says_up_to_when_that_is_known(bolt, arro, quality, history, clock):
    later = clock.now.replace(year=2030)
    bolt.delete(OBJECT)

    own, foreign = at(bolt, later), at(arro, later)

    for answer in (own, at(quality, later)):
        assert answer.status_code == 404
        assert "nothing was recorded after" in answer.get_json()["messages"][0]["text"]
    assert "recorded after" not in foreign.get_json()["messages"][0]["text"]


def test_lists_versions_newest_first_in_pages(bolt, history):
    first = bolt.get(ADDRESS + "/versions?limit=2").get_json()
    rest = bolt.get(
        ADDRESS + "/versions", query_string={"cursor": first["paging_metadata"]["cursor"], "limit": 2}
    ).get_json()

    rows = first["result"] + rest["result"]
    assert [row["version"] for row in rows] == [3, 2, 1]
    assert [(row["recordedFrom"], row["recordedTo"]) for row in rows] == [
        (history[3].isoformat(), None),
        (history[1].isoformat(), history[2].isoformat()),
        (history[0].isoformat(), history[1].isoformat()),
    ]
    assert rest["paging_metadata"] == {}


def test_a_version_is_known_by_the_digest_of_the_bytes_that_are_served(bolt, history):
    served = at(bolt, history[0])

    versions = bolt.get(ADDRESS + "/versions").get_json()["result"]

    assert versions[-1]["sha256"] == hashlib.sha256(served.data).hexdigest()
    assert served.headers["ETag"] == f'"{versions[-1]["sha256"]}"'


def test_versions_of_a_deleted_object_stay_readable(bolt, clock):
    bolt.post("/api/v3/submodels", json=body("one"))
    before = clock.now
    clock.advance(hours=1)
    bolt.delete(OBJECT)

    assert bolt.get(OBJECT).status_code == 404
    assert bolt.get(ADDRESS).status_code == 404
    assert len(bolt.get(ADDRESS + "/versions").get_json()["result"]) == 1
    assert at(bolt, before).get_json() == body("one")


def test_the_history_of_another_party_does_not_exist(bolt, arro, history):
    made_up = f"/trace/v1/documents/submodel/{id64('urn:sm:none')}"

    for path in ("", "/versions", f"?at={history[0].strftime('%Y-%m-%dT%H:%M:%SZ')}"):
        assert arro.get(ADDRESS + path).status_code == 404
        assert arro.get(made_up + path).status_code == 404


@pytest.mark.parametrize("kind", ["shell", "concept_description"])
def test_kinds_do_not_mix(bolt, history, kind):
    assert bolt.get(ADDRESS.replace("submodel", kind)).status_code == 404


def test_an_unknown_kind_is_no_address(bolt):
    assert bolt.get(f"/trace/v1/documents/nothing/{id64('urn:x')}").status_code == 404


def test_a_shell_has_versions_too(bolt):
    bolt.post("/api/v3/shells", json=shell("urn:x:1"))

    answer = bolt.get(f"/trace/v1/documents/shell/{id64('urn:x:1')}")

    assert answer.get_json() == shell("urn:x:1")
