"""The house rules that no linter knows: budgets, names, places, and what must not be in the tree."""

import ast
import csv
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "aas_registry"
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    ".ci/requirements-build.lock",
    ".ci/requirements-node.lock",
)

FUNCTION_LINES = 40
MODULE_LINES = 400
ONE_CALLER_SHARE = 0.16
MAY_CATCH_ALL = {"aas_registry/web/errors.py", "aas_registry/cli/main.py"}
# Who may ask the clock, and for what; a time of recording is given by the write transaction alone.
ASKS_THE_CLOCK = {
    "certificates._excerpt": "when an excerpt of a statement was signed, as a report says it of itself",
    "certificates.examine": "when a document was checked",
    "database.backup": "when a backup was begun; a file says so, and no row",
    "events._take": "when an event without a time of its own arrived",
    "login._standing": "since when a device is known",
    "login._count_failure": "when a login failed: no part of the record, and held up by no upload",
    "login._open_session": "which counts of failures mean nothing any more",
    "login.check_password": "how long a throttle lasts",
    "login.log_in": "how long a throttle lasts",
    "reports.make_report": "the time in the world of a question",
    "sessions.end_all": "which sessions have not expired",
    "sessions.end_session": "whether a session has expired",
    "sessions.log_out": "when a session ended",
}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
TOP_LEVEL = {
    ".ci", ".gitignore", ".npmrc", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
    "SECURITY.md", "aas_registry", "docs", "package-lock.json", "package.json", "pyproject.toml",
    "requirements-dev.lock", "requirements.lock", "schemas", "submodels", "tests", "wsgi.py",
}  # fmt: skip
BINARY = {".png", ".jpg", ".ico", ".pdf", ".aasx", ".xlsx", ".zip", ".p12", ".der", ".mo", ".woff2"}
REGISTRY_HOSTS = (
    "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "deb.debian" + ".org",
    "crates" + ".io", "proxy.golang" + ".org", "maven" + ".org", "maven" + ".apache.org", "docker" + ".io",
)  # fmt: skip

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def tree_files() -> list[Path]:
    """Return every file of the house: all but what .gitignore names."""
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().split()]
    names = [name for name in ignored if "/" not in name]
    folders = [ROOT / name for name in ignored if "/" in name]

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.name == ".git" or path in folders or any(fnmatch(path.name, name) for name in names):
                continue
            if path.is_dir() and not path.is_symlink():
                yield from walk(path)
            else:
                yield path

    return list(walk(ROOT))


FILES = tree_files()
# A migration lists what it does once and is never changed: budgets are for code that is read.
MIGRATIONS = PACKAGE / "storage" / "migrations" / "versions"
MODULES = [
    path
    for path in FILES
    if path.suffix == ".py" and path.is_relative_to(PACKAGE) and not path.is_relative_to(MIGRATIONS)
]
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    for path in MODULES
}


def texts() -> Iterator[tuple[str, str]]:
    """Yield the name and text of every text file of the house."""
    for path in FILES:
        if path.suffix not in BINARY and path.is_file():
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def found(pattern: str, *, only: str = "") -> list[str]:
    """Return where a pattern occurs in the house, as name:line."""
    expression = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        if name.endswith(only)
        for number, line in enumerate(text.splitlines(), start=1)
        if expression.search(line)
    ]


def listed(what: str, offenders: list[str]) -> str:
    """Return the message of a failed rule."""
    return f"{what}:\n  " + "\n  ".join(offenders)


def is_public(node: ast.AST) -> bool:
    """Answer whether a definition belongs to the interface of its module."""
    return isinstance(node, Definition) and not node.name.startswith("_")


def public_definitions(tree: ast.Module) -> Iterator[Definition]:
    """Yield the public functions and classes of a module, and the public methods of those classes."""
    for node in filter(is_public, tree.body):
        assert isinstance(node, Definition)
        yield node
        if isinstance(node, ast.ClassDef):
            yield from (part for part in filter(is_public, node.body) if isinstance(part, Definition))


def test_no_function_is_longer_than_its_budget() -> None:
    offenders = [
        f"{name}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]

    assert not offenders, listed(f"functions over {FUNCTION_LINES} lines", offenders)


def test_no_module_is_longer_than_its_budget() -> None:
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in MODULES}

    offenders = [f"{name}: {count} lines" for name, count in lines.items() if count > MODULE_LINES]

    assert not offenders, listed(f"modules over {MODULE_LINES} lines", offenders)


def test_every_module_says_what_it_is() -> None:
    offenders = [name for name, tree in TREES.items() if not ast.get_docstring(tree)]

    assert not offenders, listed("modules without a docstring", offenders)


def test_every_public_definition_has_a_docstring() -> None:
    offenders = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in TREES.items()
        for node in public_definitions(tree)
        if not ast.get_docstring(node) and "overload" not in ast.unparse(node).split("def ")[0]
    ]

    assert not offenders, listed("public definitions without a docstring", offenders)


def test_every_function_says_what_it_returns() -> None:
    offenders = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is None
    ]

    assert not offenders, listed("functions without a return type", offenders)


def test_only_the_edges_catch_every_exception() -> None:
    everything = {"Exception", "BaseException"}
    offenders = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if name not in MAY_CATCH_ALL
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or any(getattr(part, "id", "") in everything for part in ast.walk(node.type)))
    ]

    assert not offenders, listed("handlers that catch everything", offenders)


def imported(tree: ast.Module) -> Iterator[tuple[str, ast.alias]]:
    """Yield the names that a module imports from others of ours, anywhere in it, with those modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aas_registry"):
            yield from ((node.module or "", each) for each in node.names)


def test_no_time_of_recording_is_read_off_the_clock_before_the_lock_is_held() -> None:
    asking = set()
    for path in (*(PACKAGE / "services").rglob("*.py"), *(PACKAGE / "web").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and re.search(
                r"\bregistry(\(\))?\.clock\(\)", ast.unparse(function)
            ):
                asking.add(f"{path.stem}.{function.name}")

    assert asking == ASKS_THE_CLOCK.keys()


def test_no_module_exports_the_function_of_another() -> None:
    offenders = []
    for name, tree in TREES.items():
        if name.endswith("/__init__.py"):
            continue
        said = next((each for each in tree.body if ast.unparse(each).startswith("__all__ = ")), None)
        exported = set(ast.literal_eval(said.value)) if isinstance(said, ast.Assign) else set()
        for module, alias in imported(tree):
            home = TREES.get(f"{module.replace('.', '/')}.py", ast.Module([], []))
            functions = {each.name for each in home.body if isinstance(each, ast.FunctionDef)}
            if alias.name in functions and (alias.name in exported or alias.asname == alias.name):
                offenders.append(f"{name}: {alias.name} of {module}")

    assert not offenders, listed("functions that are exported by another module than their own", offenders)


def test_the_command_line_uses_nothing_private_of_the_web() -> None:
    offenders = [
        f"{name}: {module}.{alias.name}"
        for name, tree in TREES.items()
        if name.startswith("aas_registry/cli/")
        for module, alias in imported(tree)
        if module.startswith("aas_registry.web")
        and any(part.startswith("_") for part in (*module.split("."), alias.name))
    ]

    assert not offenders, listed("private names of web in cli", offenders)


def test_unit_tests_mirror_the_package() -> None:
    offenders = []
    for path in sorted((ROOT / "tests" / "unit").rglob("test_*.py")):
        place = path.relative_to(ROOT / "tests" / "unit").parent
        if place == Path() and path.name in {
            "test_house.py",
            "test_docs.py",
            "test_glossary.py",
            "test_unused_names.py",
        }:
            continue
        module = PACKAGE / place / path.name.removeprefix("test_")
        if not module.is_file() and not module.with_suffix("").is_dir():
            offenders.append(f"{path.relative_to(ROOT)}: there is no {module.relative_to(ROOT)}")

    assert not offenders, listed("unit tests of no module", offenders)


def test_no_file_has_a_name_that_says_nothing() -> None:
    offenders = [
        str(path.relative_to(ROOT))
        for path in FILES
        if FORBIDDEN_NAMES & {part.partition(".")[0] for part in path.relative_to(ROOT).parts}
    ]

    assert not offenders, listed("names that say nothing", offenders)


def test_the_top_level_holds_what_belongs_there() -> None:
    offenders = sorted({path.relative_to(ROOT).parts[0] for path in FILES} - TOP_LEVEL)

    assert not offenders, listed("top-level entries nobody agreed on (see TOP_LEVEL)", offenders)


def test_no_file_names_a_path_of_one_machine() -> None:
    offenders = found(r"(?<![\w./-])/" + r"(work|root|home/\w+)/")

    assert not offenders, listed("paths of one machine", offenders)


def test_no_file_names_a_package_registry() -> None:
    offenders = found("|".join(re.escape(host) for host in REGISTRY_HOSTS))

    assert not offenders, listed("addresses of package registries", offenders)


def test_work_in_progress_is_not_kept_in_the_code() -> None:
    offenders = found(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b", only=".py")

    assert not offenders, listed("work in progress", offenders)


def test_no_link_leads_out_of_the_house() -> None:
    offenders = [str(path) for path in FILES if path.is_symlink()]

    assert not offenders, listed("symbolic links", offenders)


def test_nothing_of_the_corpus_was_copied_into_the_house() -> None:
    manifest = ROOT.parent / "shared" / "corpus" / "MANIFEST.csv"
    if not manifest.is_file():
        assert "CI" not in os.environ, f"{manifest} is missing"
        pytest.skip("the corpus is not beside this checkout")
    with manifest.open(encoding="utf-8", newline="") as lines:
        known = {row["sha256"]: row for row in csv.DictReader(lines)}

    offenders = [
        str(path.relative_to(ROOT))
        for path in FILES
        if path.is_file() and path.stat().st_size and hashlib.sha256(path.read_bytes()).hexdigest() in known
    ]

    assert len(known) > 100
    assert not offenders, listed("files copied from the corpus", offenders)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    joined = text.replace("\\\n", " ").splitlines()
    requirements = [line for line in joined if line.strip() and not line.lstrip().startswith("#")]

    assert requirements
    assert not re.search(r"://|^\s*-(?!-hash)", text, flags=re.MULTILINE), (
        f"{name} holds an address or an option"
    )
    assert all("==" in part and "--hash=sha256:" in part for part in requirements), (
        f"{name} lacks a version or hash"
    )


def test_the_locks_hold_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": [
            *project["project"]["dependencies"],
            *groups["build"],
            *groups["test"],
            *groups["lint"],
        ],
        ".ci/requirements-build.lock": groups["build"],
    }

    missing = [
        f"{requirement} is not in {name}; run: make lock"
        for name, requirements in wanted.items()
        for requirement in requirements
        if normal(requirement) not in locked(name)
    ]

    assert not missing, listed("dependencies that no lock holds", missing)


def test_the_development_lock_agrees_with_the_runtime_lock() -> None:
    runtime, development = locked("requirements.lock"), locked("requirements-dev.lock")

    different = [f"{name}: {runtime[name]} and {development.get(name)}" for name in runtime
                 if runtime[name] != development.get(name)]  # fmt: skip

    assert not different, listed("versions that differ", different)


def uses_of(name: str, tree: ast.Module, definition: ast.AST) -> tuple[int, int]:
    """Return how often a module calls a name, and names it without a call, outside its definition."""
    inside = {id(node) for node in ast.walk(definition)}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [
        id(node) in called
        for node in ast.walk(tree)
        if id(node) not in inside
        and name == (node.id if isinstance(node, ast.Name) else getattr(node, "attr", None))
    ]
    return found.count(True), found.count(False)


def is_prepared(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether it builds a statement that is kept: it has to be a function of its own."""
    return any(isinstance(each, ast.Name) and each.id == "prepared" for each in function.decorator_list)


def test_few_functions_are_private_helpers_with_one_caller() -> None:
    functions, cut_out = 0, []
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions += 1
                is_private = node.name.startswith("_") and not node.name.startswith("__")
                if is_private and not is_prepared(node) and uses_of(node.name, tree, node) == (1, 0):
                    cut_out.append(f"{name}: {node.name}")

    assert len(cut_out) / functions <= ONE_CALLER_SHARE, listed("private helpers with one caller", cut_out)


def test_more_than_six_files_with_one_prefix_are_a_folder() -> None:
    flat: dict[str, list[str]] = {}
    for path in MODULES:
        prefix = path.stem.partition("_")[0]
        flat.setdefault(f"{path.parent.relative_to(ROOT)}/{prefix}", []).append(path.stem)

    assert {place: names for place, names in flat.items() if len(names) > 6} == {}


def test_the_npm_lock_holds_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))

    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())


def normal(requirement: str) -> str:
    """Return the normalised name of a requirement."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def locked(name: str) -> dict[str, list[str]]:
    """Return the locked versions of each package of a lock; a package may have one per platform."""
    versions: dict[str, list[str]] = {}
    text = (ROOT / name).read_text(encoding="utf-8")
    for package, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, flags=re.MULTILINE):
        versions.setdefault(normal(package), []).append(version)
    return versions
