"""A body is never cut off in silence."""

from io import BytesIO

import pytest
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from aas_registry.web.bounded_request import BoundedRequest


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
