"""DSSE envelopes: one spelling, one signature, over type and payload."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.verdicts import Status
from aas_registry.trust.dsse import (
    Envelope,
    pre_authentication_encoding,
    read_envelope,
    sign_envelope,
    verify_envelope,
)


@pytest.fixture(scope="module")
def envelope(supplier: Any) -> bytes:
    return sign_envelope(b'{"a":1}', payload_type="application/json", signer=supplier.signer)


def test_the_encoding_is_that_of_the_specification() -> None:
    encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")

    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_gives_back_what_was_signed(envelope: bytes, supplier: Any) -> None:
    found = read_envelope(envelope)

    assert (found.payload, found.payload_type) == (b'{"a":1}', "application/json")
    assert found.key_id == supplier.signer.key_id
    assert verify_envelope(found, supplier.leaf.certificate)[0] is Status.PASSED


def test_another_payload_type_or_signature_fails(envelope: bytes, supplier: Any) -> None:
    found = read_envelope(envelope)
    broken = found.signature[:-1] + bytes([found.signature[-1] ^ 1])
    for changed in (
        Envelope(b'{"a":2}', found.payload_type, found.key_id, found.signature),
        Envelope(found.payload, "text/plain", found.key_id, found.signature),
        Envelope(found.payload, found.payload_type, found.key_id, broken),
        Envelope(found.payload, found.payload_type, found.key_id, b""),
        Envelope(found.payload, found.payload_type, "0" * 64, found.signature),
    ):
        assert verify_envelope(changed, supplier.leaf.certificate)[0] is Status.FAILED


def test_another_certificate_fails(envelope: bytes, make_supplier: Callable[..., Any]) -> None:
    assert (
        verify_envelope(read_envelope(envelope), make_supplier("Bolt").leaf.certificate)[0] is Status.FAILED
    )


def respelled(envelope: bytes, **changes: Any) -> bytes:
    return json.dumps({**json.loads(envelope), **changes}, separators=(",", ":"), sort_keys=True).encode()


def test_another_spelling_of_the_same_envelope_is_refused(envelope: bytes) -> None:
    members = json.loads(envelope)
    payload = members["payload"]
    twice = members["signatures"] * 2
    for content in (
        envelope + b"\n",
        b" " + envelope,
        json.dumps(members).encode(),
        respelled(envelope, more=1),
        respelled(envelope, signatures=twice),
        respelled(envelope, signatures=[]),
        respelled(envelope, payload=payload[:2] + "\n" + payload[2:]),
        respelled(envelope, payload=base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode()),
        envelope.replace(b'"payload":', b'"payload":"","payload":', 1),
    ):
        with pytest.raises(RefusedError):
            read_envelope(content)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"{}", b'{"payload":1}', b"[" * 1000, b"\xff", b'"x"']
)
def test_what_is_no_envelope_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        read_envelope(content)

    assert caught.value.code in {
        Code.ENVELOPE_INVALID,
        Code.JSON_INVALID,
        Code.JSON_TOO_DEEP,
        Code.NOT_UTF8,
    }
