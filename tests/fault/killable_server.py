"""A server of the real application that a test kills at will, and starts again at once.

Run as a script: it loads the application's modules once, then for every line that it reads
(``PORT DATA_FOLDER``) it forks a process that serves there, and writes that process's id.
"""

import os
import sys
from pathlib import Path

from werkzeug.serving import make_server

from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings
from aas_registry.web.app import create_app


def serve(port: int, folder: Path) -> None:
    """Serve a data folder until somebody kills this process."""
    registry = open_registry(Settings(data_dir=folder, token_cache_s=0))
    make_server("127.0.0.1", port, create_app(registry), threaded=True).serve_forever()


def main() -> None:
    """Fork a server for every line of the standard input."""
    for line in sys.stdin:
        port, _, folder = line.strip().partition(" ")
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)  # the log must not stand among the ids
            serve(int(port), Path(folder))
        print(child, flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
