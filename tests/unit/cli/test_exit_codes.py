"""Exit codes are an interface: each is documented, and none has two meanings."""

import re
from pathlib import Path

from aas_registry.cli.exit_codes import ExitCode

PAGE = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")


def test_the_documentation_lists_every_exit_code_with_its_meaning_and_no_other() -> None:
    listed = {
        int(code): meaning for code, meaning in re.findall(r"^\| `(\d+)` \| (.+) \|$", PAGE, re.MULTILINE)
    }

    assert listed == {int(code): code.meaning for code in ExitCode}


def test_exit_codes_never_change() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0, "UNFORESEEN": 1, "USAGE": 2, "REFUSED": 3, "NOT_FOUND": 4, "FORBIDDEN": 5, "FAILED": 6,
        "UNKNOWN": 7, "UNAVAILABLE": 8, "AMBIGUOUS": 9, "INTERRUPTED": 130,
    }  # fmt: skip
