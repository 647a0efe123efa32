"""Uploads that arrive in pieces over several requests, and are taken when they are whole.

What is announced is a row; what has arrived is a file, whose size is the offset. Until
it is taken, nothing of it is on record. It belongs to who began it: for everybody
else, and once it has expired, it does not exist.
"""

import secrets
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, NotFoundError, RateLimitedError, TooLargeError
from aas_registry.domain.file_names import display_name
from aas_registry.domain.identifiers import PartialUploadId
from aas_registry.domain.principals import Principal
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import AS_USUAL, Arrival, UploadOptions
from aas_registry.services.intake.receipts import UploadReceipt
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry, sweep_partial_uploads
from aas_registry.storage.clock import recording_time
from aas_registry.storage.uploads import partial_uploads as table
from aas_registry.storage.uploads.partial_uploads import PartialUpload

_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A file that will arrive in pieces.

    Attributes:
        file_name: The name its sender gives it.
        media_type: The media type its sender declares.
        metadata: Kept and given back as it is.
        length: Bytes of the whole file.
    """

    file_name: str
    media_type: str
    metadata: str
    length: int


@dataclass(frozen=True, slots=True)
class State:
    """How far an upload is.

    Attributes:
        announced: What its sender announced.
        offset: Bytes that have arrived.
        upload: Opaque id of the upload that it became; None before it was taken.
    """

    announced: PartialUpload
    offset: int
    upload: str | None = None


def begin(registry: Registry, principal: Principal, announced: Announcement) -> State:
    """Begin an upload; nobody but the principal may go on with it.

    Raises:
        TooLargeError: The file is over the limit.
        RateLimitedError: The sender has begun too much that is not finished.
    """
    limits, length = registry.limits, announced.length
    if length > limits.upload_bytes:
        raise TooLargeError(f"The file would hold {length} bytes; the limit is {limits.upload_bytes}.")
    sweep_partial_uploads(registry)
    upload = PartialUploadId(secrets.token_hex(_ID_BYTES))
    registry.partial_files.create(upload)
    with registry.write(principal.site) as connection:
        now = recording_time(connection)
        added = PartialUpload(
            id=upload,
            owner=_owner(principal),
            file_name=display_name(announced.file_name),
            media_type=announced.media_type[:255],
            metadata=announced.metadata,
            length=length,
            created_at=now,
            expires_at=_expiry(registry, now),
        )
        count, begun = table.open_uploads(connection, principal.site, owner=added.owner)
        is_over = count >= limits.partial_uploads or begun + length > limits.partial_upload_bytes
        if not is_over:
            table.add_partial_upload(connection, principal.site, added)
    if is_over:
        registry.partial_files.remove(added.id)
        raise RateLimitedError(Code.PARTIAL_UPLOAD_LIMIT.meaning, code=Code.PARTIAL_UPLOAD_LIMIT)
    return State(added, 0)


def get_state(registry: Registry, principal: Principal, upload: PartialUploadId) -> State:
    """Return how far an upload is.

    Raises:
        NotFoundError: There is none of the principal's, or it has expired.
    """
    found = _found(registry, principal, upload)
    if found.submission is None:
        try:
            return State(found, registry.partial_files.size(upload))
        except NotFoundError:
            found = _taken(registry, principal, upload)
    return State(found, found.length, _public(registry, principal, found))


def append(
    registry: Registry, principal: Principal, upload: PartialUploadId, content: IO[bytes], *, offset: int
) -> State:
    """Add what arrives to the end of an upload; it is durable when this returns.

    Raises:
        NotFoundError: There is none of the principal's, or it has expired.
        ConflictError: It does not stand at ``offset``, or was taken already.
        LockedError: Another request is writing to it at this moment.
        TooLargeError: More arrives than was announced.
    """
    found = _found(registry, principal, upload)
    if found.submission is not None:
        raise _is_complete()
    try:
        ends_at = registry.partial_files.append(upload, content, offset=offset, length=found.length)
    except NotFoundError as cause:
        _taken(registry, principal, upload)
        raise _is_complete() from cause
    finally:  # what arrived before the line broke is a piece as well
        with registry.write(principal.site) as connection:
            expires_at = _expiry(registry, recording_time(connection))
            table.put_off(connection, principal.site, upload, expires_at=expires_at)
    return State(replace(found, expires_at=expires_at), ends_at)


def remove(registry: Registry, principal: Principal, upload: PartialUploadId) -> None:
    """Forget an upload and what has arrived of it; what it became stays.

    Raises:
        NotFoundError: There is none of the principal's, or it has expired.
    """
    _found(registry, principal, upload)
    with registry.write(principal.site) as connection:
        table.remove_partial_upload(connection, principal.site, upload)
    registry.partial_files.remove(upload)


def take(
    registry: Registry,
    principal: Principal,
    upload: PartialUploadId,
    *,
    options: UploadOptions = AS_USUAL,
    progress: Progress = no_progress,
) -> UploadReceipt:
    """Take an upload that has arrived whole, as `uploads.take_upload` takes a file.

    May be repeated: what was taken is answered again, and what was refused may pass with
    other options until it expires.

    Raises:
        NotFoundError: There is none of the principal's, or it has expired.
        ConflictError: Bytes are missing; or what `uploads.take_upload` raises.
        LockedError: It is being taken at this moment.
    """
    found = _found(registry, principal, upload)
    with ExitStack() as stack:
        if found.submission is None:
            try:
                stream = stack.enter_context(registry.partial_files.locked(upload))
            except NotFoundError:
                found = _taken(registry, principal, upload)
        if found.submission is not None:
            return uploads.get_upload(registry, principal, _public(registry, principal, found))
        if registry.partial_files.size(upload) < found.length:
            code = Code.PARTIAL_UPLOAD_UNFINISHED
            raise ConflictError(code.meaning, code=code)
        arrival = Arrival(stream, found.file_name, media_type=found.media_type, options=options)
        receipt = uploads.take_upload(registry, principal, arrival, progress=progress)
        if not options.dry_run:
            with registry.write(principal.site) as connection:
                table.settle(connection, principal.site, upload, receipt.submission.id)
            registry.partial_files.remove(upload)
    return receipt


def _found(registry: Registry, principal: Principal, upload: PartialUploadId) -> PartialUpload:
    with registry.read() as connection:
        now = registry.clock_reading(connection, principal.site).gives_up_by
        found = table.find_partial_upload(
            connection, principal.site, upload, owner=_owner(principal), now=now
        )
    if found is None:
        raise _not_found()
    return found


def _taken(registry: Registry, principal: Principal, upload: PartialUploadId) -> PartialUpload:
    """Return an upload whose file has gone since it was found, because another request took it."""
    found = _found(registry, principal, upload)
    if found.submission is None:
        raise _not_found()
    return found


def _not_found() -> NotFoundError:
    return NotFoundError(Code.PARTIAL_UPLOAD_NOT_FOUND.meaning, code=Code.PARTIAL_UPLOAD_NOT_FOUND)


def _is_complete() -> ConflictError:
    message = "The upload is complete and was taken."
    return ConflictError(message, code=Code.PARTIAL_UPLOAD_OFFSET)


def _public(registry: Registry, principal: Principal, taken: PartialUpload) -> str:
    assert taken.submission is not None
    return to_public(registry, principal.site, Noun.UPLOAD, taken.submission)


def _owner(principal: Principal) -> str:
    # A supplier's people stand in for each other; of the plant's, each has what it began.
    party = principal.scope.party
    return principal.identity if party is None else f"party {party}"


def _expiry(registry: Registry, now: datetime) -> datetime:
    return now + timedelta(hours=registry.settings.partial_upload_hours)
