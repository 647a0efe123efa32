"""Ids of the shells that lists make: they follow from who sends, and what the lot is called.

A list that is sent again thus changes the shell that it made. Where a person parted a spelling from
another, the two had one shell: it stays with the lot of which it spoke last, and the other lot gets
one of its own.
"""

import hmac
from collections.abc import Collection, Sequence

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.identifiers import DocumentId, LotId, matching_key, seen_key, uuid_of, written_key
from aas_registry.domain.lot_list import ListedLot
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Scope
from aas_registry.domain.submitter import Submitter
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import versions
from aas_registry.storage.documents.served_ids import key_of
from aas_registry.storage.holders import holder_of
from aas_registry.storage.lot_names import LotTexts, find_lots_named, find_parted_names
from aas_registry.storage.lots import lots_last_stated

_OF_ITS_OWN = "parted"


def listed_shells(
    connection: Connection, submitter: Submitter, key: bytes, lots: Sequence[ListedLot]
) -> tuple[list[str], set[str]]:
    """Return the ids of the shells of some lots, and those of names of which one was parted.

    Args:
        connection: The writing transaction.
        submitter: Who sends the list.
        key: The secret by which the ids are made.
        lots: As the list names them.

    Raises:
        RefusedError: The list names a lot in two spellings that are lots of their own.
    """
    names = [(lot.manufacturer, lot.mpn, lot.lot_code) for lot in lots]
    parted = find_parted_names(connection, submitter.site)
    apart = [name for name in names if parted.hold(name)] if parted else []
    _refuse_two_spellings([each for each, name in zip(lots, names, strict=True) if parted.hold(name)])
    chosen = _of_parted(connection, submitter, key, apart) if apart else {}
    earlier: dict[LotTexts, str] = {}
    for name in names:
        as_written = [*map(written_key, name)]
        if name not in chosen and as_written != [*map(matching_key, name)]:
            earlier[name] = _shell(key, submitter, *as_written)
    known = _known(connection, submitter, earlier.values())
    shells = [
        chosen.get(name)
        or (earlier[name] if earlier.get(name) in known else _shell(key, submitter, *map(matching_key, name)))
        for name in names
    ]
    return shells, {*chosen.values()}


def _refuse_two_spellings(lots: Sequence[ListedLot]) -> None:
    """Refuse lots that other rows spell otherwise: where one was parted, its reels would be another's."""
    message = "The row names a lot as row {} does but for a spelling that is kept apart; send two lists."
    wrong = [
        error(Code.SPREADSHEET_LOT_CONFLICT, message.format(each.row), row=each.other_spelling_row)
        for each in lots
        if each.other_spelling_row is not None
    ]
    if wrong:
        raise RefusedError(*wrong)


def _of_parted(
    connection: Connection, submitter: Submitter, key: bytes, names: Sequence[LotTexts]
) -> dict[LotTexts, str]:
    """Return the shells of names of which one was parted from another."""
    candidates: dict[LotTexts, list[str]] = {}
    for name in names:
        as_seen = [*map(seen_key, name)]
        forms = [as_seen, [*as_seen, _OF_ITS_OWN], [*map(matching_key, name)], [*map(written_key, name)]]
        candidates[name] = [_shell(key, submitter, *form) for form in forms]
    numbers = find_lots_named(connection, Scope(submitter.site), names)
    known = _known(connection, submitter, {each for some in candidates.values() for each in some})
    last = lots_last_stated(connection, submitter.site, list(known.values()))
    speaks_of = {shell: last[number] for shell, number in known.items() if number in last}
    return {name: _choose(shells, speaks_of, numbers.get(name)) for name, shells in candidates.items()}


def _choose(shells: Sequence[str], speaks_of: dict[str, LotId], lot: LotId | None) -> str:
    own = next((each for each in shells if lot is not None and speaks_of.get(each) == lot), None)
    as_seen, of_its_own, *_ = shells
    return own or (of_its_own if as_seen in speaks_of else as_seen)


def _known(connection: Connection, submitter: Submitter, shells: Collection[str]) -> dict[str, DocumentId]:
    """Return the numbers of the shells that the submitter has, or had, on record."""
    keys = {key_of(IdentifiableKind.SHELL, shell): shell for shell in shells}
    found = versions.find_numbers(connection, submitter.site, keys, party=submitter.party)
    return {keys[key]: number for key, number in found.items()}


def _shell(key: bytes, submitter: Submitter, *names: str) -> str:
    # Keyed, so that nobody can take the ids of another's lots before that other sends its list.
    told = canonical_bytes([submitter.site, str(holder_of(submitter.party)), *names])
    return uuid_of(hmac.digest(key, told, "sha256")).urn
