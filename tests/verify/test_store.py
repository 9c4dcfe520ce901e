"""Results on disk: whole or not there, ours alone, bounded."""

from __future__ import annotations

import hashlib
import os
import pickle
import time
from pathlib import Path

import pytest

from imgslim.verify import store as stores
from imgslim.verify.store import Store, default_store
from imgslim.verify.verdict import ProbeResult, Status, Verdict

VERDICT = Verdict(
    Status.HOLDS, 2, 1, (ProbeResult("exit", "exit", holds=True, before="0", after="0"),), ("note",), message="m"
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty one."""
    return Store(tmp_path / "verdicts")


def test_what_is_put_is_there(store: Store) -> None:
    """Equal, for this user alone; another key is not; clearing takes all away."""
    assert (store.get("a"), store.sizes(), store.clear()) == (None, {}, 0)
    store.put("a", VERDICT)
    assert store.get("a") == VERDICT
    assert store.get("b") is None
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert store.sizes() == {"a": (store.folder / "a.verdict").stat().st_size}
    assert (store.clear(), store.get("a")) == (1, None)


@pytest.mark.parametrize("at", [0, 40, -1])
def test_a_torn_or_changed_entry_is_none(store: Store, at: int) -> None:
    """One byte, and an end that is missing."""
    store.put("a", VERDICT)
    path = store.folder / "a.verdict"
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    assert store.get("a") is None
    path.write_bytes(data[:50])
    assert store.get("a") is None
    path.write_bytes(b"")
    assert store.get("a") is None


@pytest.mark.parametrize("value", [os.system, Path(), stores.default_store], ids=["system", "path", "function"])
def test_only_classes_of_ours_are_made(store: Store, value: object) -> None:
    """Who could write there could else let anything run."""
    store.put("a", VERDICT)
    data = pickle.dumps(value)
    (store.folder / "a.verdict").write_bytes(hashlib.sha256(data).digest() + data)
    assert store.get("a") is None


def test_what_others_may_write_is_not_read(store: Store, tmp_path: Path) -> None:
    """Nor what a link leads to."""
    store.put("a", VERDICT)
    path = store.folder / "a.verdict"
    path.chmod(0o622)
    assert store.get("a") is None
    path.chmod(0o600)
    assert store.get("a") == VERDICT
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert store.get("a") is None


def test_age_number_and_size_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first; what a killed process was writing goes after an hour."""
    store.put("old", VERDICT)
    past = time.time() - stores.LONGEST - 10
    os.utime(store.folder / "old.verdict", (past, past))
    assert store.get("old") is None
    (store.folder / ".new-left").write_bytes(b"x")
    os.utime(store.folder / ".new-left", (past, past))
    (store.folder / ".new-now").write_bytes(b"x")
    store.put("a", VERDICT)
    assert sorted(p.name for p in store.folder.iterdir()) == [".new-now", "a.verdict"]
    for number, key in enumerate("bcd"):
        store.put(key, VERDICT)
        os.utime(store.folder / f"{key}.verdict", (past + 100 + number,) * 2)
    monkeypatch.setattr(stores, "MOST_ENTRIES", 3)
    store.put("e", VERDICT)
    assert set(store.sizes()) == {"a", "e"} or set(store.sizes()) == {"a", "e", "d"}
    monkeypatch.setattr(stores, "MOST_BYTES", store.sizes()["e"])
    store.put("f", VERDICT)
    assert set(store.sizes()) == {"f"}
    assert store.clear() == 1
    assert list(store.folder.iterdir()) == []


def test_a_disk_that_refuses_is_no_failure(tmp_path: Path) -> None:
    """Nor what can't be written down."""
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file/below")
    store.put("a", VERDICT)
    assert (store.get("a"), store.sizes()) == (None, {})
    other = Store(tmp_path / "verdicts")
    other.put("a", lambda: None)
    assert other.sizes() == {}


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the user's cache folder; nowhere for one without a home."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_store() == Store(tmp_path / "imgslim/verdicts")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/me")
    assert default_store() == Store(Path("/home/me/.cache/imgslim/verdicts"))
    monkeypatch.setattr(os.path, "expanduser", lambda word: word)
    assert default_store() is None
