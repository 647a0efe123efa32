"""Nothing public stands in the product that only tests use, or nobody.

A rule that the product never asks is proved for nothing, while the product goes its own way.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "aas_registry"
MIGRATIONS = PACKAGE / "storage" / "migrations"

# What nobody uses yet, or nobody but a test, and why it stays.
ALLOWED = {
    "aas_registry.storage.migration.downgrade": "a migration goes down and up again, and a test proves it",
    "aas_registry.formats.events.json.event_schema": "a test holds the published schema against it",
}
# What these give leaves a name to whoever imports it; any other decorator takes it into a table of its own.
PLAIN_DECORATORS = {"cache", "contextmanager", "dataclass", "final", "lru_cache"}

Name = tuple[str, str]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_of(path): ast.parse(path.read_text(encoding="utf-8"))
    for path in PACKAGE.rglob("*.py")
    if not path.is_relative_to(MIGRATIONS)
}
USERS = MODULES | {
    name: ast.parse((ROOT / name).read_text(encoding="utf-8")) for name in ("docs/generate.py", "wsgi.py")
}


def decorators(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    called = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return {getattr(each, "id", getattr(each, "attr", "")) for each in called}


def names_of(node: ast.stmt) -> list[str]:
    """Return the public names that a statement at the top of a module gives."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        names = [node.name] if decorators(node) <= PLAIN_DECORATORS else []
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [each.id for each in targets if isinstance(each, ast.Name)]
    else:
        names = []
    return [name for name in names if not name.startswith("_")]


def imports_of(tree: ast.Module, modules: Mapping[str, ast.Module]) -> tuple[dict[str, str], dict[str, Name]]:
    """Return by local name the modules, and what of a module, that are imported anywhere in a module."""
    whole: dict[str, str] = {}
    parts: dict[str, Name] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                if f"{node.module}.{each.name}" in modules:
                    whole[each.asname or each.name] = f"{node.module}.{each.name}"
                else:
                    parts[each.asname or each.name] = (node.module, each.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            # what is loaded when it is wanted: seeding = import_module("aas_registry.demo.seeding")
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            loaded = next((each.value for each in node.value.args if isinstance(each, ast.Constant)), None)
            if isinstance(target, ast.Name) and loaded in modules:
                whole[target.id] = str(loaded)
    return whole, parts


def uses_of(module: str, tree: ast.Module, modules: Mapping[str, ast.Module]) -> Iterator[Name]:
    """Yield what a module uses: of others, and of its own, a definition's use of itself left out."""
    whole, parts = imports_of(tree, modules)
    for top in tree.body:
        itself = getattr(top, "name", None)
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != itself:
                yield parts.get(node.id, (module, node.id))
            elif isinstance(node, ast.Attribute):
                owner = ast.unparse(node.value)
                yield whole.get(owner, owner), node.attr


def unused(modules: Mapping[str, ast.Module], users: Mapping[str, ast.Module]) -> list[str]:
    """Return the public names of modules that no module uses."""
    used = {name for module, tree in users.items() for name in uses_of(module, tree, modules)}
    return sorted(
        f"{module}.{name}"
        for module, tree in modules.items()
        for node in tree.body
        for name in names_of(node)
        if (module, name) not in used
    )


def test_every_public_name_is_used_by_the_product() -> None:
    found = unused(MODULES, USERS)

    assert [each for each in found if each not in ALLOWED] == []
    assert [each for each in ALLOWED if each not in found] == []


def test_every_public_method_of_the_domain_is_used_by_the_product() -> None:
    read = {
        node.attr
        for tree in USERS.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    pages = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.html"))

    assert [
        f"{module}.{kind.name}.{method.name}"
        for module, tree in MODULES.items()
        if module.startswith("aas_registry.domain.")
        for kind in tree.body
        if isinstance(kind, ast.ClassDef)
        for method in kind.body
        if isinstance(method, ast.FunctionDef)
        and not method.name.startswith("_")
        and method.name not in read
        and f".{method.name}" not in pages
    ] == []


def test_a_name_that_only_its_own_definition_uses_is_unused() -> None:
    modules = {
        "a": ast.parse("def walk():\n    walk()\n\ndef step():\n    return LIMIT\n\nLIMIT = 3\nMOST = 4\n"),
        "b": ast.parse("from a import step\nimport a\n\ndef go():\n    return step(), a.MOST\n"),
        "c": ast.parse("from b import go as run\nrun()\n"),
    }

    assert unused(modules, modules) == ["a.walk"]
