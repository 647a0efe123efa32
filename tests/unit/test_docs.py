"""The documentation says what the code says, and its links and commands lead somewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.limits import Limits
from aas_registry.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
ADR_LINES = 40


def prose(text: str) -> str:
    """Return a document without its code blocks, where brackets are no links."""
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", prose(text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def links() -> Iterator[tuple[Path, str]]:
    """Yield every link of the documentation that leads to a file or heading here."""
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(<?([^)\s>]+)", prose(document.read_text(encoding="utf-8"))):
            if not re.match(r"[a-z]+:", target):
                yield document, target


def is_broken(document: Path, target: str) -> bool:
    """Answer whether a relative link leads nowhere."""
    name, _, anchor = target.partition("#")
    path = document if not name else document.parent / name
    if not path.exists():
        return True
    return bool(anchor) and path.suffix == ".md" and anchor not in anchors(path.read_text(encoding="utf-8"))


def targets() -> set[str]:
    """Return the targets of the Makefile that explain themselves."""
    return set(re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def test_generated_pages_are_what_the_code_says() -> None:
    # In a process of its own: what other tests import and patch must not stand in the pages.
    answer = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_setting_is_listed_with_its_default_and_meaning() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")

    for name, field in Settings.model_fields.items():
        row = next((line for line in page.splitlines() if f"`{PREFIX}{name.upper()}`" in line), "")
        assert row, f"{name} is not in docs/settings.md"
        assert field.description, f"{name} has no description"
        assert field.description in row
        if field.default not in ("", None):
            assert str(field.default).lower() in row.lower()


def test_every_error_code_is_listed_with_its_meaning() -> None:
    page = (DOCS / "error-codes.md").read_text(encoding="utf-8")

    missing = [code.value for code in Code if f"| `{code.value}` | {code.meaning} |" not in page]

    assert not missing


def test_suppliers_are_told_how_to_mend_whatever_is_found_in_a_file() -> None:
    page = (DOCS / "suppliers.md").read_text(encoding="utf-8")
    families = (
        "AASX-",
        "AAS-",
        "AS-BUILT-",
        "CERTIFICATE-",
        "EXPORT-",
        "JSON-",
        "LABEL-",
        "LOT-FACT",
        "PARTIAL-UPLOAD-",
        "PDF-",
        "SPREADSHEET-",
        "TEMPLATE-",
        "UPLOAD-",
        "XML-",
        "ZIP-",
    )

    missing = [
        code.value for code in Code if code.value.startswith(families) and f"`{code.value}`" not in page
    ]

    assert not missing


def test_administrators_are_told_what_every_bound_is_for() -> None:
    page = (DOCS / "limits.md").read_text(encoding="utf-8")

    assert [name for name in Limits.__slots__ if f"`{name}`" not in page] == []


def test_every_module_is_on_the_map_of_the_rooms() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    drawn = page[page.index("<!-- map") : page.index("<!-- end of the map")]
    rooms = ("domain", "storage", "formats", "trust", "reports", "services", "web", "cli", "demo")
    stems = {
        path.stem
        for room in rooms
        for path in (ROOT / "aas_registry" / room).rglob("*.py")
        if path.stem != "__init__" and "migrations" not in path.parts
    }

    assert {stem for stem in stems if not re.search(rf"(?<!\w){stem}(?!\w)", drawn)} == set()


def test_ten_changes_start_in_places_that_exist() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    section = page.partition("## Where do I start")[2].partition("\n## ")[0]
    changes = [line for line in section.splitlines() if line.startswith("| ") and "](" in line]
    places = {
        place
        for line in changes
        for place in re.findall(r"`([\w./]+)`", line)
        if "/" in place or "." in place
    }

    assert len(changes) == 10
    assert [
        place
        for place in sorted(places)
        if not (ROOT / place).exists() and not (ROOT / "aas_registry" / place).exists()
    ] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_documented_make_commands_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"`+[^`]+`+", text))

    named = set(re.findall(r"\bmake ([a-z0-9]+)", code))

    assert named
    assert named <= targets(), f"{name} names targets that the Makefile does not have"


def documented_commands() -> list[str]:
    """Return the distinct `aas-registry` commands that the documentation names."""
    found = set()
    for document in DOCUMENTS:
        code = re.findall(r"`+[^`]+`+", document.read_text(encoding="utf-8"))
        for words in re.findall(r"\baas-registry((?: +[a-z][a-z-]*(?=[\s`]|$))+)", "\n".join(code)):
            found.add(" ".join(words.split()[:2]))
    return sorted(found)


@pytest.mark.check
@pytest.mark.parametrize("command", documented_commands())
def test_a_documented_command_exists(command: str) -> None:
    words = command.split()

    answer = subprocess.run(
        [sys.executable, "-m", "aas_registry", *words, "--help"], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr


def test_the_makefile_explains_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")

    phony = set(re.findall(r"^\.PHONY: (.+)$", text, flags=re.MULTILINE)[0].split())

    assert phony == targets()


def test_every_relative_link_leads_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document, target in links()
        if is_broken(document, target)
    ]

    assert not broken, "\n".join(broken)


def test_decisions_are_numbered_without_a_gap_and_short() -> None:
    decisions = sorted((DOCS / "adr").glob("*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in decisions}

    assert decisions
    assert numbers == list(range(1, len(decisions) + 1))
    assert {name: count for name, count in lines.items() if count > ADR_LINES} == {}
