"""Hostile bodies of events as JSON: ours and CFX; lines of them are in `request_bodies`."""

import json
from collections.abc import Iterator
from typing import Any

from hostile_files.declaration import Door, Hostile, declare

from aas_registry.domain.codes import Code


def event_bodies() -> Iterator[Hostile]:
    """Yield hostile bodies of `POST /trace/v1/events`."""
    make = declare("events", Code.EVENT_INVALID, "events.json", Door.EVENTS)
    yield make("deep", lambda: b"[" * 100_000, code=Code.JSON_TOO_DEEP)
    yield make("deep-in-cfx", _deep_cfx, code=Code.JSON_TOO_DEEP)
    yield make("doubled-keys", lambda: b'[{"type":"receipt","type":"shipped"}]', code=Code.JSON_DUPLICATE_KEY)
    yield make("not-utf-8", lambda: b'[{"type":"\xff"}]', code=Code.NOT_UTF8)
    yield make("not-a-number", lambda: b'[{"type":NaN}]', code=Code.JSON_INVALID)
    yield make("beyond-every-float", lambda: b'[{"type":"receipt","quantity":1e400}]', code=Code.JSON_NUMBER)  # fmt: skip
    yield make("a-hundred-thousand-digits", lambda: b'[{"quantity":' + b"9" * 100_000 + b"}]", code=Code.JSON_NUMBER)  # fmt: skip
    yield make("half-a-pair", lambda: b'[{"type":"\\ud800","id":"\\udfff"}]', code=Code.JSON_INVALID)
    yield make("a-nul", lambda: _one(id="a\0b"))
    yield make("an-event-of-megabytes", lambda: _one(source="x" * 3_000_000))
    yield make("a-million-events", lambda: b"[" + b"0," * 1_000_000 + b"0]", code=Code.JSON_TOO_LARGE)
    yield make("ten-thousand-and-one", lambda: json.dumps([{}] * 10_001).encode(), code=Code.EVENT_TOO_MANY)  # fmt: skip
    yield make("no-objects", lambda: b'[1, "a", null, [], true]')
    yield make("an-unknown-type", lambda: _one(type="x" * 100_000), code=Code.EVENT_TYPE_UNKNOWN)
    yield make("a-time-that-stalls", lambda: _one(happenedAt="2026-01-01T00:00:00." + "0" * 500_000 + "x"))
    yield make("a-quantity-that-stalls", lambda: _one(quantity="1" * 500_000 + "x"))
    yield make("a-million-members", _members, code=Code.JSON_TOO_LARGE)
    yield make("longer-than-a-body-may-be", lambda: b'["' + b"x" * (17 << 20) + b'"]', code=Code.BODY_TOO_LARGE)  # fmt: skip


def _one(**members: Any) -> bytes:
    honest = {"type": "receipt", "id": "urn:evil:1", "happenedAt": "2026-03-04T05:06:07Z"}
    return json.dumps([{**honest, **members}]).encode()


def _deep_cfx() -> bytes:
    body = '{"a":' * 5_000 + "1" + "}" * 5_000
    return f'{{"MessageName":"CFX.Heartbeat","UniqueID":"a","MessageBody":{body}}}'.encode()


def _members() -> bytes:
    return b"[{" + b",".join(b'"%d":0' % number for number in range(1_000_000)) + b"}]"
