"""Addresses that come back from a browser."""

import pytest
from flask import Flask

from aas_registry.web.pages.addresses import HOME, address_with, local_address


@pytest.mark.parametrize(
    "address", ["/", "/lots?mpn=a&code=b", "/units/AbC-_1?asOf=2026-03-04T00:00:00Z", "/search?q=%2F%2Fa"]
)
def test_an_address_of_this_server_is_followed(address):
    assert local_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["", "lots", "//evil.example", "///evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
     "/\n/evil.example", "\t//evil.example", "/lots\r\nSet-Cookie: a=b", "/a\\b"],
)  # fmt: skip
def test_any_other_address_leads_to_the_start(address):
    assert local_address(address) == HOME


def test_a_view_keeps_its_other_parameters():
    with Flask("test").test_request_context("/lots?mpn=a+b&cursor=old"):
        assert address_with(cursor="new") == "/lots?mpn=a+b&cursor=new"
        assert address_with(cursor=None) == "/lots?mpn=a+b"
        assert address_with(cursor=None, mpn=None) == "/lots"
        assert address_with(at="/where-used", lot="L", cursor=None) == "/where-used?mpn=a+b&lot=L"
