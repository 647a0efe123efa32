#!/bin/sh
# Print the command of a Python that can make the environment: 3.11 or newer, with venv.
# An argument is tried alone. A name on the PATH proves nothing (pyenv's shims), so each is run.
set -eu
wanted='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
for python in ${1:-python3.13 python3.12 python3.11 python3}; do
    if "$python" -c "$wanted" >/dev/null 2>&1; then
        echo "$python"
        exit 0
    fi
done
echo "No Python 3.11 or newer with the module venv was found." >&2
echo "Install one (Debian: apt-get install python3 python3-venv) or say: make PYTHON=/path/to/python3 ..." >&2
exit 1
