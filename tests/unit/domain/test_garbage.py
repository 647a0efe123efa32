"""Servers and commands look for garbage less often than Python does by itself."""

import gc
import subprocess
import sys

from aas_registry.domain.garbage import collect_less_often

OF_A_SERVER = "from aas_registry.web.startup import load_application; load_application()"
OF_A_COMMAND = "from aas_registry.cli.main import main; import sys; sys.argv[1:] = ['--version']; main()"


def test_only_the_young_ones_are_looked_through_less_often():
    before = gc.get_threshold()
    try:
        collect_less_often()
        assert gc.get_threshold() == (10_000, *before[1:])
    finally:
        gc.set_threshold(*before)


def test_servers_and_commands_do_so(tmp_path):
    for begin in (OF_A_SERVER, OF_A_COMMAND):
        script = f"import gc; {begin}; print(gc.get_threshold()[0])"
        settings = {"AAS_REGISTRY_DATA_DIR": str(tmp_path / "data")}
        ran = subprocess.run(
            [sys.executable, "-c", script], env=settings, capture_output=True, text=True, check=True
        )
        assert ran.stdout.splitlines()[-1] == "10000"
