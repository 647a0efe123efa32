"""One word means one thing: class names occur once, and the glossary names what is there."""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "aas_registry"
GLOSSARY = ROOT / "docs" / "glossary.md"

TREES = {
    path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."): ast.parse(path.read_text("utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
    if "migrations" not in path.parts
}


def class_names() -> dict[str, list[str]]:
    """Return the modules that define a class of each name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(module)
    return found


def glossary() -> list[tuple[str, str]]:
    """Return each word of the glossary with its places in the code."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line.startswith("| ")
    ]
    return [(row[0], row[2]) for row in rows if row[0] not in {"word", "---"}]


def defined_in(module: str) -> set[str]:
    """Return what a module defines at its top."""
    names: set[str] = set()
    for node in TREES[module].body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names


def is_in_the_code(place: str) -> bool:
    """Answer whether a place is a module, or a name at the top of one."""
    module, _, name = place.rpartition(".")
    return place in TREES or (module in TREES and name in defined_in(module))


def test_a_class_name_occurs_once() -> None:
    assert {name: modules for name, modules in class_names().items() if len(modules) > 1} == {}


def test_the_glossary_explains_thirty_to_sixty_words_each_once() -> None:
    words = [word for word, _ in glossary()]

    assert 30 <= len(words) <= 60
    assert len(set(words)) == len(words)


def test_what_the_glossary_names_is_in_the_code() -> None:
    places = [place for _, cell in glossary() for place in re.findall(r"`([^`]+)`", cell)]

    assert len(places) >= len(glossary())
    assert [place for place in places if not is_in_the_code(place)] == []
