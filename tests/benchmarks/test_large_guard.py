"""A guard on the memory that a large package costs, without timing: `make bench` has the target."""

from pathlib import Path

import pytest
from large_package import MIB, take_in_fresh_process, write_large_package

FILES = 50


@pytest.mark.check
def test_a_package_of_100_mib_is_never_in_memory(tmp_path: Path) -> None:
    package = tmp_path / "large.aasx"
    write_large_package(package, file_count=FILES, file_bytes=2 * MIB)

    taken = take_in_fresh_process(tmp_path / "data", package)

    assert package.stat().st_size > 100 * MIB
    assert taken.files == FILES
    assert taken.extra_bytes < 60 * MIB
