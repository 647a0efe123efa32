"""A body is never cut off in silence."""

import gzip
import os
from io import BytesIO

import pytest
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, TooLargeError, UnsupportedTypeError
from aas_registry.settings import Settings
from aas_registry.web.bounded_request import BoundedRequest

LIMITS = Settings(compression_free_bytes=1000, compression_ratio=10).limits


def chunked(content: bytes) -> BoundedRequest:
    environment = EnvironBuilder(method="POST", headers={"Transfer-Encoding": "chunked"}).get_environ()
    environment |= {"wsgi.input": BytesIO(content), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    return BoundedRequest(environment)


@pytest.mark.parametrize("size", [0, 1, 9, 10])
def test_a_body_within_the_limit_is_read_whole(size: int) -> None:
    request = chunked(b"x" * size)
    request.limit_body(10)

    assert request.get_data() == b"x" * size


@pytest.mark.parametrize("size", [11, 12, 1000])
def test_a_body_over_the_limit_is_refused_not_cut(size: int) -> None:
    request = chunked(b"x" * size)
    request.limit_body(10)

    with pytest.raises(RequestEntityTooLarge):
        request.get_data()


def test_a_length_over_the_limit_is_refused_before_anything_is_read() -> None:
    request = BoundedRequest(EnvironBuilder(method="POST", data=b"x" * 11).get_environ())

    with pytest.raises(RequestEntityTooLarge):
        request.limit_body(10)


def packed(content: bytes, coding: str = "gzip") -> BoundedRequest:
    request = BoundedRequest(
        EnvironBuilder(method="POST", data=content, headers={"Content-Encoding": coding}).get_environ()
    )
    request.limit_body(10_000)
    request.unpack(limits=LIMITS)
    return request


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_a_packed_body_is_read_as_what_it_unpacks_to(coding: str) -> None:
    assert packed(gzip.compress(b"hello"), coding).get_data() == b"hello"


def test_several_members_are_one_body_and_none_is_an_empty_one() -> None:
    assert packed(gzip.compress(b"one ") + gzip.compress(b"two")).get_data() == b"one two"
    assert packed(b"").get_data() == b""


def test_what_does_not_shrink_is_bounded_as_any_body() -> None:
    content = os.urandom(4000) + b"x" * 6001

    with pytest.raises(RequestEntityTooLarge):
        packed(gzip.compress(content)).get_data()

    assert packed(gzip.compress(content[:-1])).get_data() == content[:-1]


def test_a_body_that_grows_beyond_measure_is_refused_on_the_way() -> None:
    with pytest.raises(TooLargeError):
        packed(gzip.compress(b"0" * 9000)).get_data()


@pytest.mark.parametrize(
    "content",
    [b"hello", gzip.compress(b"hello")[:-1], gzip.compress(b"hello") + b"x", b"\x1f\x8b" + b"\0" * 20],
    ids=["plain", "cut off", "followed", "damaged"],
)
def test_a_body_that_is_not_what_its_header_says_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        packed(content).get_data()

    assert refused.value.code is Code.BODY_ENCODING_INVALID


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd", "\xe4"])
def test_another_coding_is_refused_by_its_name(coding: str) -> None:
    with pytest.raises(UnsupportedTypeError, match="Content-Encoding") as refused:
        packed(b"x", coding)

    assert refused.value.code is Code.BODY_ENCODING_UNSUPPORTED
