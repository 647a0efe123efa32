"""A rehearsal: what is loaded, built and cached at a first upload is there before it.

A server that forks its workers rehearses before, so that they share the memory of all that. It is
the example package that is made and read, in no registry: no connection, file or thread is opened,
as none of them survives a fork.
"""

from io import BytesIO

from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.services.example import EXAMPLE_FILE_NAME, example_package
from aas_registry.settings import Settings


def rehearse() -> None:
    """Read the example package as an upload, within the bounds that hold where none is set."""
    limits = Settings().limits
    read_upload(recognise(BytesIO(example_package()), EXAMPLE_FILE_NAME, limits=limits), limits=limits)
