"""Where the server may listen."""

import socket

import pytest

from aas_registry.cli.server import Address
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError
from aas_registry.settings import Settings

OPEN = [{"auth": "none"}, {"demo": True}]
LOOPBACK = ["127.0.0.1", "localhost", "127.8.9.10"]


@pytest.mark.parametrize("setting", OPEN)
@pytest.mark.parametrize("host", LOOPBACK)
def test_listens_on_loopback_without_authentication(setting, host) -> None:
    assert Address.checked(host, 8080, Settings(**setting)).port == 8080


@pytest.mark.parametrize("setting", OPEN)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "10.0.0.1"])
def test_listens_nowhere_else_without_authentication(setting, host) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Address.checked(host, 8080, Settings(**setting))

    assert refused.value.code is Code.BIND_REFUSED


def test_listens_anywhere_with_authentication() -> None:
    assert Address.checked("0.0.0.0", 8080, Settings()).host == "0.0.0.0"
    assert Address.checked("::", 8080, Settings()).url == "http://[::]:8080"


def test_a_name_without_an_address_is_an_error_of_the_set_up() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Address.checked("no such host.invalid", 8080, Settings())

    assert refused.value.code is Code.LISTEN_FAILED


@pytest.mark.parametrize("variable", ["AUTH=none", "DEMO=true"])
def test_the_command_refuses_before_it_opens_anything(run, settings, monkeypatch, variable) -> None:
    name, _, value = variable.partition("=")
    monkeypatch.setenv(f"AAS_REGISTRY_{name}", value)

    ran = run("serve", "--host", "0.0.0.0")

    assert (ran.code, "[BIND-REFUSED]" in ran.err) == (8, True)


def test_a_port_that_is_taken_is_said_so(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("serve", "--port", taken.getsockname()[1], "--json")

    assert (ran.code, ran.json["error"]["code"]) == (8, "LISTEN-FAILED")
