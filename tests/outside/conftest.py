"""Bundles of today, unpacked, for tools that nobody here wrote."""

import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from bundle_samples import Sample, sample


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """Find a program; absent, the test skips, or fails where CI is set."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            message = f"{name} is not installed"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        return path

    return find


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A bundle made now, because openssl and pdfsig know no other time."""
    return sample(tmp_path_factory.mktemp("keys"), now=datetime.now(UTC))


@pytest.fixture(scope="session")
def root(good: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("root") / "root.pem"
    path.write_bytes(good.root)
    return path


@pytest.fixture
def folder(good: Sample, tmp_path: Path) -> Path:
    """The bundle, unpacked as anybody would."""
    path = tmp_path / "bundle"
    with zipfile.ZipFile(BytesIO(good.content)) as archive:
        archive.extractall(path)
    return path
