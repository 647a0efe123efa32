"""docs/api.md, run line by line in a shell against a real server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificate_samples import paper
from flask import Flask
from served import served

from aas_registry.services.keys import init_keys
from aas_registry.services.registry import system_clock
from aas_registry.storage.clock import Clock

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
TOOLS = ("sh", "curl", "python3", "cmp")


@pytest.fixture
def clock() -> Clock:
    """The shell's clock goes on, so the server's must too."""
    return system_clock


@pytest.fixture
def settings(settings, clock):
    init_keys(settings.data_dir, organization="Plant", now=clock())
    return settings


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as port:
        yield f"http://127.0.0.1:{port}"


def examples() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_example_does_what_it_says(address: str, quality, administrator, tmp_path: Path) -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"not installed: {', '.join(missing)}")
    (tmp_path / "certificate.pdf").write_bytes(paper())
    script = "\n".join(["set -eux", *examples()])
    variables = {"REGISTRY": address, "TOKEN": quality.token, "ADMIN": administrator.token}

    run = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-3000:] + run.stdout[-1000:]
    assert '"state":"accepted"' in run.stdout
    assert (tmp_path / "report.zip").read_bytes().startswith(b"PK")
    assert len(examples()) >= 10


def test_the_page_names_only_codes_and_routes_that_exist(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    text = PAGE.read_text(encoding="utf-8")
    paths = {re.sub(r"\$\(.*?\)|\$\w+", "x", path) for path in re.findall(r'\$REGISTRY(/[^"?\s]*)', text)}

    unknown = [path for path in sorted(paths) if not adapter.allowed_methods(path)]

    assert len(paths) > 15
    assert unknown == []
