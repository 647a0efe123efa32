"""Addresses of clients: which network one counts as, and which one a chain of proxies speaks for.

Plain rules over texts that arrive in requests: whatever they hold, they end in an address or in none.
"""

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_MOST_HOPS = 32
_IPV6_NETWORK_BITS = 64  # what one customer of a provider has to itself, at the least
_MOST_CHARS = 45
_IPV6 = 6


def parse_networks(text: str) -> tuple[Network, ...]:
    """Return the addresses and networks of a list with commas.

    Raises:
        ValueError: One of them is neither.
    """
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def network_of(address: str) -> str:
    """Return what an address is counted by: itself, of IPv6 the network of 64 bits; else the text, cut."""
    found = _parsed(address)
    if found is None:
        return address[:_MOST_CHARS]
    if found.version == _IPV6:
        return str(ipaddress.ip_network((found, _IPV6_NETWORK_BITS), strict=False))
    return str(found)


def hops_to_trust(peer: str, forwarded_for: str, *, proxies: Sequence[Network]) -> int:
    """Return how many of the addresses that proxies forwarded are to be believed, from the right.

    Each proxy adds the address it was asked from. So the right-most is true where the peer is a
    trusted proxy, the one before it where that one is a trusted proxy as well, and so on. What
    stands left of the first stranger, that stranger may have invented.

    Args:
        peer: Address of whoever opened the connection.
        forwarded_for: The header ``X-Forwarded-For``.
        proxies: Addresses of the trusted proxies.
    """
    forwarded = forwarded_for.split(",")[-_MOST_HOPS:]
    trusted, asking = 0, _parsed(peer)
    for written in reversed(forwarded):
        if asking is None or not any(asking in each for each in proxies):
            break
        asking = _parsed(written)
        if asking is None:  # a proxy that hides who asked
            break
        trusted += 1
    return trusted


def _parsed(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return found if mapped is None else mapped
