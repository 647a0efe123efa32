"""The built wheel, in an empty environment and away from the source tree, does the job."""

import base64
import json
import os
import socket
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from aas_content import SUBMODEL_XML, make_parts, make_xml, make_zip

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and what it needs into an empty environment, and return its bin folder.

    The locked requirements are installed for real. Where no registry can be reached, the
    environment borrows the installed packages of this one (never the source tree).
    """
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    locked = [*pip, "--retries=1", "--timeout=20", "--require-hashes", "-r", str(ROOT / "requirements.lock")]
    answer = subprocess.run(locked, capture_output=True, text=True, check=False)
    if answer.returncode:
        assert "CI" not in os.environ, answer.stderr
        print("No registry was reached: the environment borrows the packages installed here.")
        (site,) = (folder / "lib").glob("*/site-packages")
        (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run([*pip, "--no-deps", "--no-index", "--ignore-installed", str(wheel)], cwd=folder)
    return folder / "bin"


class Installed:
    """The installed command, with a data folder of its own and no source tree near."""

    def __init__(self, environment: Path, folder: Path) -> None:
        """Work in a folder."""
        self.command = str(environment / "aas-registry")
        self.folder = folder
        self.variables = {"AAS_REGISTRY_DATA_DIR": str(folder / "data")}

    def call(self, *words: str) -> Any:
        """Return the JSON that a command answers."""
        return json.loads(run([self.command, *words, "--json"], cwd=self.folder, **self.variables))

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on loopback, and yield the address once it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = subprocess.Popen(
            [self.command, "serve", "--port", str(port), "--json"],
            cwd=self.folder, env=os.environ | self.variables, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            said = list(takewhile(lambda line: line != b"}\n", process.stdout))
            address = json.loads(b"".join(said) + b"}")["address"]
            yield address
        finally:
            process.terminate()
            process.communicate()


def run(command: list[str], *, cwd: Path, **variables: str) -> str:
    """Run a command to its end and return what it printed; a failure shows both streams."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AAS_REGISTRY"))
    }
    answer = subprocess.run(
        command, cwd=cwd, env=clean | variables, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, f"{command}\n{answer.stdout}\n{answer.stderr}"
    return answer.stdout


def names_in(wheel: Path) -> list[str]:
    """Return the names of the files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_carries_everything_that_runs_and_nothing_else(wheel: Path) -> None:
    names = names_in(wheel)

    for wanted in ("aas_registry/py.typed", "aas_registry/storage/migrations/env.py"):
        assert wanted in names
    for folder in ("submodels", "schemas"):
        source = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert source
        assert {f"aas_registry/_data/{name}" for name in source} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"aas_registry"}
    assert not [name for name in names if "__pycache__" in name or name.startswith("aas_registry/tests")]


def test_carries_the_pages_npm_packages_with_their_licences(wheel: Path) -> None:
    if not (ROOT / "aas_registry/web/pages/static/vendor").is_dir():
        assert "CI" not in os.environ, "run: make vendor"
        pytest.skip("the npm packages were not brought; run: make vendor")
    vendor = "aas_registry/web/pages/static/vendor"

    names = names_in(wheel)

    for package in json.loads((ROOT / "package.json").read_text())["dependencies"]:
        assert f"{vendor}/{package}/LICENSE" in names
        assert [name for name in names if name.startswith(f"{vendor}/{package}/") and name.endswith(".js")]
    only_for_tests = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert not [name for name in names for package in only_for_tests if package in name]


def test_finds_its_data_and_itself_outside_the_source_tree(environment: Path, tmp_path: Path) -> None:
    script = "import aas_registry, importlib.resources as r; print(r.files('aas_registry') / '_data')"

    data = Path(run([str(environment / "python"), "-c", script], cwd=tmp_path).strip())

    assert data.is_relative_to(environment.parent)
    assert any((data / "submodels").iterdir())
    assert any((data / "schemas").iterdir())


def test_tells_its_version(environment: Path, tmp_path: Path, wheel: Path) -> None:
    answer = run([str(environment / "aas-registry"), "--version"], cwd=tmp_path)

    assert wheel.name.split("-")[1] in answer


def test_does_the_main_job(environment: Path, tmp_path: Path) -> None:
    package = tmp_path / "lot.aasx"
    package.write_bytes(make_zip(make_parts(make_xml(SUBMODEL_XML))))
    registry = Installed(environment, tmp_path)

    registry.call("database", "upgrade")
    registry.call("keys", "init", "--organization", "Plant")
    registry.call("supplier", "add", "bolt", "Bolt Components")
    issued = registry.call("token", "issue", "bolt uploads", "--role", "supplier", "--party", "bolt")
    with registry.serving() as address:
        registry.call("upload", str(package), "--url", address, "--token", issued["token"])
        identifier = base64.urlsafe_b64encode(b"urn:example:submodel").decode().rstrip("=")
        request = urllib.request.Request(
            f"{address}/api/v3/submodels/{identifier}", headers={"Authorization": f"Bearer {issued['token']}"}
        )
        with urllib.request.urlopen(request) as answer:
            read = json.load(answer)
    checked = registry.call("database", "check")

    assert read["id"] == "urn:example:submodel"
    assert checked["files"] == 1
