"""Whose address counts: what a stranger writes into a header is never believed."""

import pytest

from aas_registry.domain.client_address import hops_to_trust, network_of, parse_networks

PROXIES = parse_networks("10.0.0.1, 10.1.0.0/16,2001:db8::/32")


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "hops"),
    [
        ("192.0.2.1", "203.0.113.5", 0),
        ("10.0.0.1", "", 0),
        ("10.0.0.1", "203.0.113.5", 1),
        ("10.0.0.1", "10.0.0.1, 203.0.113.5", 1),
        ("10.0.0.1", "203.0.113.5, 10.1.2.3", 2),
        ("::ffff:10.0.0.1", "203.0.113.5", 1),
        ("2001:db8::7", "203.0.113.5", 1),
        ("10.0.0.1", "203.0.113.5,", 0),
        ("10.0.0.1", "unknown", 0),
        ("", "203.0.113.5", 0),
        ("10.0.0.1", ", ".join(["10.1.0.1"] * 10_000), 32),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(peer: str, forwarded_for: str, hops: int) -> None:
    assert hops_to_trust(peer, forwarded_for, proxies=PROXIES) == hops


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("x" * 1000, "x" * 45),
        ("", ""),
    ],
)
def test_an_address_counts_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
