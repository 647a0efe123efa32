"""An application served by a thread of the test's own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

_POLL_S = 0.01  # how soon the thread sees that it shall end; half a second unless told


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve on a free port of 127.0.0.1, and yield the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL_S})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
