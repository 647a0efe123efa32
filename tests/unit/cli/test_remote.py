"""Uploads over HTTP, to a real server in a thread of this process."""

import socket
import threading
from collections.abc import Iterator

import pytest
from aas_samples import environment, lot_aasx, submodel
from served import served

from aas_registry.cli import upload
from aas_registry.cli.remote import Server
from aas_registry.cli.resumable_uploads import upload_in_pieces
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import (
    InvalidRequestError,
    RefusedError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
)
from aas_registry.services import access, example_lists, parties
from aas_registry.services.logs import configure_logging
from aas_registry.web.app import create_app


@pytest.fixture
def url(make_registry, configured) -> Iterator[str]:
    """The address of a running server whose uploads may have at most 100,000 bytes."""
    configure_logging("ERROR")  # the server's log lines belong on standard error
    registry = make_registry(upload_bytes=100_000)
    administrator = access.local_administrator(registry)
    parties.add_party(registry, administrator, code="bolt", name="Bolt Components GmbH")
    with served(create_app(registry)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def lot(tmp_path):
    path = tmp_path / 'lot "ü".aasx'
    path.write_bytes(lot_aasx())
    return path


def test_uploads_with_a_token_and_is_answered_as_the_local_command(run, url, lot, token_for) -> None:
    token = token_for("supplier", "bolt")

    ran = run("upload", lot, "--url", url, "--token", token, "--json")

    assert ran.code == 0, ran.out
    (taken,) = ran.json["uploads"]
    assert (taken["isNew"], taken["party"], taken["lots"][0]["code"]) == (True, "bolt", "0042")
    assert taken["fileName"].startswith("lot ")
    assert taken["size"] == lot.stat().st_size
    (local,) = run("upload", lot, "--on-behalf-of", "bolt", "--json").json["uploads"]
    assert local == {**taken, "isNew": False, "unchanged": True, "file": str(lot)}


def test_takes_the_token_from_the_environment(run, url, lot, token_for, monkeypatch) -> None:
    monkeypatch.setenv("REGISTRY_TOKEN", token_for("quality"))

    ran = run("upload", lot, "--url", url, "--on-behalf-of", "bolt", "--dry-run", "--json")

    assert (ran.code, ran.json["uploads"][0]["id"]) == (0, None)


@pytest.mark.parametrize(("role", "code"), [(None, "TOKEN-INVALID"), ("production", "ROLE-FORBIDDEN")])
def test_who_may_not_upload_gets_the_code_of_the_server(run, url, lot, token_for, role, code) -> None:
    token = "made up" if role is None else token_for(role)

    ran = run("upload", lot, "--url", url, "--token", token, "--json")

    assert (ran.code, ran.json["error"]["code"]) == (5, code)


def test_a_refusal_comes_with_the_findings_of_the_server(url, tmp_path, token_for) -> None:
    (tmp_path / "a.json").write_bytes(b'{"submodels": [7]}')
    server = Server.at(url, token_for("quality"))

    with pytest.raises(InvalidRequestError) as refused:
        server.upload(tmp_path / "a.json", media_type="application/json")

    assert refused.value.code is Code.AAS_UNREADABLE
    assert refused.value.findings[0].path


def test_a_file_over_the_limit_is_told_as_that_not_as_a_broken_line(url, tmp_path, token_for) -> None:
    (tmp_path / "big.aasx").write_bytes(bytes(20_000_000))
    server = Server.at(url, token_for("quality"))

    with pytest.raises((TooLargeError, UnavailableError)) as refused:
        server.upload(tmp_path / "big.aasx", media_type="")

    assert refused.value.code in {Code.BODY_TOO_LARGE, Code.UNAVAILABLE}


def test_every_byte_is_counted_while_it_is_sent(url, lot, token_for) -> None:
    told: list[tuple[str, int, int | None]] = []

    Server.at(url, token_for("quality")).upload(lot, media_type="", progress=lambda *each: told.append(each))

    size = lot.stat().st_size
    assert [done for phase, done, _ in told if phase == "sending"][-1] == size
    assert {"sending", "receiving", "checking", "storing"} <= {phase for phase, _, _ in told}


def test_a_server_that_is_not_there_is_unavailable(run, lot) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        ran = run("upload", lot, "--url", f"http://127.0.0.1:{probe.getsockname()[1]}")

    assert (ran.code, "[UNAVAILABLE]" in ran.err) == (8, True)


@pytest.mark.parametrize("address", ["ftp://example.org", "nonsense", "http://", "http://h:port/"])
def test_refuses_what_is_no_address(address) -> None:
    with pytest.raises(InvalidRequestError):
        Server.at(address, None)


def test_what_a_server_answers_is_never_trusted_to_be_well_formed(tmp_path) -> None:
    answers = [b"", b"<html>", b"[" * 100_000, b'{"messages": 3, "findings": [1, {"row": "x"}]}']
    lines = [
        b"",
        b"{}",
        b"[",
        b'{"phase": 1, "done": "x"}',
        b'{"status": "x", "error": 1}',
        b'{"status": 400, "error": {}}',
    ]
    (tmp_path / "f").write_bytes(b"x")

    asked = [("json", body) for body in answers] + [("x-ndjson", body) for body in lines]
    for kind, body in asked:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=_answer_once, args=(listening, kind, body))
            thread.start()
            server = Server.at(f"http://127.0.0.1:{listening.getsockname()[1]}", None)
            with pytest.raises((RefusedError, InvalidRequestError, UnavailableError)):
                server.upload(tmp_path / "f", media_type="")
            thread.join()


def _answer_once(listening: socket.socket, kind: str, body: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(
            b"HTTP/1.1 400 Bad\r\nContent-Type: application/%s\r\nContent-Length: %d\r\n\r\n"
            % (kind.encode(), len(body))
            + body
        )


def test_a_large_file_goes_in_pieces_and_is_answered_the_same(
    run, url, lot, token_for, make_registry, monkeypatch
) -> None:
    token = token_for("supplier", "bolt")
    monkeypatch.setattr(upload, "RESUMABLE_FROM_BYTES", 10)

    ran = run("upload", lot, "--url", url, "--token", token, "--json")

    assert ran.code == 0, ran.out
    (taken,) = ran.json["uploads"]
    monkeypatch.setattr(upload, "RESUMABLE_FROM_BYTES", 10**9)
    (again,) = run("upload", lot, "--url", url, "--token", token, "--json").json["uploads"]
    assert taken["isNew"]
    assert again == {**taken, "isNew": False, "unchanged": True}


@pytest.mark.parametrize("options", [("--dry-run",), ("--profile", "strict")])
def test_a_large_file_that_is_not_taken_leaves_no_pieces(
    run, url, tmp_path, token_for, make_registry, monkeypatch, options
) -> None:
    violating = submodel("urn:x:1") | {"idShort": "9 not an idShort"}
    (tmp_path / "bad.json").write_bytes(environment(violating))
    monkeypatch.setattr(upload, "RESUMABLE_FROM_BYTES", 10)
    data = make_registry().settings.data_dir

    ran = run(
        "upload", tmp_path / "bad.json", "--url", url, "--token", token_for("quality"), "--json", *options
    )

    (answer,) = ran.json["uploads"]
    assert answer["error"]["code"] == "AAS-CONSTRAINT" if "strict" in options else answer["id"] is None
    assert list((data / "partial").iterdir()) == []


def test_pieces_of_any_size_make_the_same_file(url, lot, token_for) -> None:
    told: list[tuple[str, int, int | None]] = []

    taken = upload_in_pieces(
        Server.at(url, token_for("quality")),
        lot,
        media_type="application/octet-stream",
        progress=lambda *each: told.append(each),
        query={},
        piece_bytes=1000,
    )

    size = lot.stat().st_size
    assert taken["size"] == size
    assert taken["fileName"] == lot.name
    assert [done for phase, done, _ in told if phase == "sending"] == [*range(1000, size, 1000), size]


def test_who_may_not_upload_in_pieces_is_told_at_once(url, lot) -> None:
    with pytest.raises(UnauthenticatedError):
        upload_in_pieces(Server.at(url, "made up"), lot, media_type="", progress=lambda *_: None, query={})


@pytest.fixture
def bad_list(tmp_path):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(example_lists.example_with_errors())
    return path


def test_a_list_goes_with_its_certificate_and_is_answered_as_the_local_command(
    run, url, tmp_path, token_for
) -> None:
    path, paper = tmp_path / "lots.xlsx", tmp_path / "coc.pdf"
    path.write_bytes(example_lists.example_list())
    paper.write_bytes(example_lists.example_certificate())
    words = ("spreadsheet", "take", path, "--attachment", paper, "--json")

    taken = run(*words, "--url", url, "--token", token_for("supplier", "bolt"))

    assert taken.code == 0, taken.out
    assert (len(taken.json["lots"]), taken.json["certificates"][0]["lots"]) == (10, 10)
    local = run(*words, "--on-behalf-of", "bolt")
    assert local.json == {**taken.json, "isNew": False, "unchanged": True}


def test_a_list_with_errors_is_refused_by_value_and_comes_back_over_http(
    run, url, bad_list, token_for
) -> None:
    here, there = bad_list.with_name("here.xlsx"), bad_list.with_name("there.xlsx")
    words = ("spreadsheet", "check", bad_list, "--json")

    local = run(*words, "--errors", here)
    remote = run(*words, "--errors", there, "--url", url, "--token", token_for("supplier", "bolt"))

    assert (local.code, remote.code) == (3, 3)
    assert [each.get("value") for each in remote.json["error"]["findings"]].count("UK") == 1
    assert remote.json["error"]["findings"] == local.json["error"]["findings"]
    assert there.read_bytes() == here.read_bytes()


def test_who_may_not_send_lists_gets_the_code_of_the_server_and_no_file(
    run, url, bad_list, token_for
) -> None:
    errors = bad_list.with_name("errors.xlsx")
    words = ("spreadsheet", "take", bad_list, "--errors", errors, "--url", url, "--json")

    ran = run(*words, "--token", token_for("production"))

    assert (ran.code, ran.json["error"]["code"]) == (5, "ROLE-FORBIDDEN")
    assert not errors.exists()
