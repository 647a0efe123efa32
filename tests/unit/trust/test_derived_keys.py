"""Keys of one use: the same in every worker, and none says anything of another."""

from aas_registry.trust.derived_keys import KeyUse, derive_key


def test_each_use_has_a_key_of_its_own_that_the_same_root_gives_again() -> None:
    root = bytes(range(32))

    made = {derive_key(root, use) for use in KeyUse}

    assert len(made) == len(KeyUse)
    assert {len(key) for key in made} == {32}
    assert made == {derive_key(bytes(range(32)), use) for use in KeyUse}
    assert made.isdisjoint(derive_key(bytes(32), use) for use in KeyUse)
    assert derive_key(root, KeyUse.COOKIES).hex() == (
        "b84cff5b5a8366a5326700f367ea5618cb89534c4c81461283eedeaff03fbd32"
    )
