"""The second time nothing is built, unless something is another; ``imgslim cache``. With an engine's answers given."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

import pytest

from imgslim.engine.connect import connect
from imgslim.engine.kept import KeptThing, kept_on, remove_kept
from imgslim.errors import EngineOrSystemError
from imgslim.service import slim
from imgslim.verify.verdict import Status, Verdict
from tests.cli.running import HELLO, imgslim, project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine_support import Docker

KNOWN = "known since "
KEPT = (KeptThing("volume", "v", None, "v"), KeptThing("image", "i:1", 2000, "i"))


@dataclass
class Engine:
    """An engine's names, and how often it was asked for a proof."""

    ids: dict[str, str] = field(default_factory=lambda: {"gcc:12": "1", "busybox:glibc": "2"})
    verdict: Verdict = field(default_factory=lambda: Verdict(Status.HOLDS, 10, 1))
    identity: str = "e"
    proofs: int = 0

    def install(self, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Self:
        """Stand for the engine and for the proof."""
        monkeypatch.setenv("XDG_CACHE_HOME", str(cache))

        def prove(source: Any, context: Any, _folder: Any, options: Any, _verification: Any) -> Any:  # noqa: ANN401
            self.proofs += 1
            return slim(source.text, context, options), self.verdict

        def verify(*_: object, **__: object) -> Verdict:
            self.proofs += 1
            return self.verdict

        def evident(source: Any, context: Any, _folder: Any, options: Any, _verification: Any) -> Any:  # noqa: ANN401
            self.proofs += 1
            return slim(source.text, context, options)

        monkeypatch.setattr("imgslim.commands.prove.prove", prove)
        monkeypatch.setattr("imgslim.commands.prove.evident", evident)
        monkeypatch.setattr("imgslim.verify.verify.verify", verify)
        monkeypatch.setattr("imgslim.commands.cached.connect", lambda: self)
        monkeypatch.setattr("imgslim.commands.cached.sweep", lambda _: None)
        return self

    def identify(self, name: str) -> str:
        """What a name means now."""
        return self.ids.get(name, "")


@pytest.fixture
def engine_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    """An engine that says that everything holds."""
    return Engine().install(monkeypatch, tmp_path / "cache")


def _rewrite(path: Path, *words: str) -> dict[str, Any]:
    result = imgslim("rewrite", path, "--verify", "--target", "scratch", "--format", "json", *words)
    document: dict[str, Any] = json.loads(result.out)
    return document


def test_evidence_is_not_gathered_twice(engine_: Engine, tmp_path: Path) -> None:
    """A rewrite that rests on it is known; for a proof, another evidence or a refusal the engine is asked."""
    path = project(tmp_path / "app")

    def asked(*words: str) -> str:
        return imgslim("rewrite", path, "--target", "scratch", *words).message

    assert KNOWN not in asked("--evidence", "built")
    assert KNOWN in asked("--evidence", "built")
    assert engine_.proofs == 1
    for words in (("--evidence", "run"), ("--verify",), ("--evidence", "built", "--no-cache")):
        assert KNOWN not in asked(*words)
    assert engine_.proofs == 4
    refused = project(
        tmp_path / "other", source='#include <stdlib.h>\nint main(void) { return system(getenv("X")); }\n'
    )
    for _ in range(2):
        assert KNOWN not in imgslim("rewrite", refused, "--evidence", "built", "--target", "scratch").message


def test_the_second_time_nothing_is_built(engine_: Engine, tmp_path: Path) -> None:
    """The same outcome, with a note; --no-cache asks again."""
    path = project(tmp_path / "app")
    first, second = _rewrite(path), _rewrite(path)
    assert engine_.proofs == 1
    (note,) = second["verdict"].pop("notes")
    assert note.startswith(KNOWN)
    assert first["verdict"].pop("notes") == []
    assert first == second
    assert _rewrite(path, "--no-cache")["verdict"]["notes"] == []
    assert engine_.proofs == 2


def test_an_ignored_file_is_nobody_s(engine_: Engine, tmp_path: Path) -> None:
    """A file that .dockerignore leaves out may change; one byte or mode bit of another one may not."""
    path = project(tmp_path / "app")
    (path.parent / ".dockerignore").write_text("log\n")
    _rewrite(path)
    (path.parent / "log").write_text("x")
    _rewrite(path)
    assert engine_.proofs == 1
    (path.parent / "hello.c").chmod(0o755)
    _rewrite(path)
    assert engine_.proofs == 2
    (path.parent / "hello.c").write_text("int main(void) { return 1; }\n")
    _rewrite(path)
    assert engine_.proofs == 3


def test_a_tag_that_moved(engine_: Engine, tmp_path: Path) -> None:
    """The base image, or the target; or one that nobody knows: that is not kept at all."""
    path = project(tmp_path / "app")
    _rewrite(path)
    engine_.ids["gcc:12"] = "3"
    _rewrite(path)
    assert engine_.proofs == 2
    words = ("--target", "busybox:glibc")
    _rewrite(path, *words)
    _rewrite(path, *words)
    assert engine_.proofs == 3
    engine_.ids["busybox:glibc"] = "4"
    _rewrite(path, *words)
    assert engine_.proofs == 4
    del engine_.ids["busybox:glibc"]
    _rewrite(path, *words)
    _rewrite(path, *words)
    assert engine_.proofs == 6


def test_what_changes_while_it_is_proved_is_not_kept(
    engine_: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is about another context than the one that was looked at."""
    path = project(tmp_path / "app")

    def prove(source: Any, context: Any, _folder: Any, options: Any, _verification: Any) -> Any:  # noqa: ANN401
        engine_.proofs += 1
        (path.parent / "new").write_text(str(engine_.proofs))
        return slim(source.text, context, options), engine_.verdict

    monkeypatch.setattr("imgslim.commands.prove.prove", prove)
    _rewrite(path)
    _rewrite(path)
    (path.parent / "new").unlink()
    _rewrite(path)
    assert engine_.proofs == 3


@pytest.mark.parametrize("status", [Status.BEFORE_DOES_NOT_BUILD, Status.AFTER_DOES_NOT_BUILD])
def test_failures_are_asked_again(engine_: Engine, tmp_path: Path, status: Status) -> None:
    """A mirror that was down is no property of the files."""
    engine_.verdict = Verdict(status)
    path = project(tmp_path / "app")
    _rewrite(path)
    _rewrite(path)
    assert engine_.proofs == 2


def test_two_files(engine_: Engine, tmp_path: Path) -> None:
    """The verdict of ``verify`` is kept alike; either file counts."""
    path = project(tmp_path / "app")
    after = project(tmp_path / "app", HELLO + "# other\n", name="after.Dockerfile")
    assert KNOWN not in imgslim("verify", path, after).text
    result = imgslim("verify", path, after)
    assert (engine_.proofs, result.code) == (1, 0)
    assert KNOWN in result.text
    imgslim("verify", after, path)
    assert engine_.proofs == 2


def test_an_unchanged_file_has_no_verdict(engine_: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an engine it needs none; with one nothing is kept."""
    path = project(tmp_path / "app", "FROM scratch\n")
    engine_.verdict = None  # type: ignore[assignment]
    assert _rewrite(path)["outcome"] == "unchanged"

    def refuse() -> None:
        raise EngineOrSystemError("no-engine", "none")

    monkeypatch.setattr("imgslim.commands.cached.connect", refuse)
    assert _rewrite(path)["outcome"] == "unchanged"
    assert not (tmp_path / "cache/imgslim").exists()


def test_what_is_kept_is_shown_and_removed(engine_: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here and on the engine; in both forms."""
    _rewrite(project(tmp_path / "app"))
    monkeypatch.setattr("imgslim.commands.cache.connect", lambda: engine_)
    there = list(KEPT)

    def remove(_engine: object) -> list[KeptThing]:
        # One is in use: it stays.
        del there[1:]
        return there

    monkeypatch.setattr("imgslim.commands.cache.kept_on", lambda _: list(there))
    monkeypatch.setattr("imgslim.commands.cache.remove_kept", remove)
    size = next((tmp_path / "cache/imgslim/verdicts").iterdir()).stat().st_size
    document = json.loads(imgslim("cache", "--format", "json").out)
    assert document["folder"] == str(tmp_path / "cache/imgslim/verdicts")
    assert (document["entries"], document["bytes"], document["removed"]) == (1, size, None)
    assert document["engine"] == [
        {"kind": "volume", "name": "v", "bytes": None},
        {"kind": "image", "name": "i:1", "bytes": 2000},
    ]
    text = imgslim("cache", "clear").text
    assert text.startswith("removed: 2\nverdicts: 0, 0 B, in ")
    assert text.endswith("engine: 1 kept\n  volume v\n")
    assert json.loads(imgslim("cache", "show", "--format", "json").out)["entries"] == 0


def test_the_cache_without_an_engine_or_a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both are said; an action that is none is refused."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setattr("imgslim.commands.cache.default_store", lambda: None)
    assert imgslim("cache").text == "verdicts: 0, 0 B, in nowhere: there is no home folder\nengine: none answers\n"
    document = json.loads(imgslim("cache", "clear", "--format", "json").out)
    assert document == {"folder": None, "entries": 0, "bytes": 0, "engine": None, "removed": 0}
    monkeypatch.setattr("imgslim.commands.cache.find_spec", lambda _: None)
    assert "none answers" in imgslim("cache").text
    assert imgslim("cache", "purge").code == 2


@pytest.mark.engine
def test_real_things_on_an_engine(engine: Docker) -> None:
    """Those with the label are found, with their names; what is removed is gone, what is in use stays."""
    running = connect()
    real = running.api
    name = engine.build("FROM busybox:musl\nLABEL io.imgslim.cache=test\n")
    try:
        for volume in ("free", "used"):
            real.create_volume(f"{engine.prefix}-{volume}", labels={"io.imgslim.cache": "test"})
        mount = real.create_host_config(binds=[f"{engine.prefix}-used:/v"])
        real.create_container("busybox:musl", ["true"], name=engine.prefix, host_config=mount)
        # Others' things on the same engine are not this test's to remove.
        mine = SimpleNamespace(
            volumes=lambda filters: real.volumes(filters={**filters, "name": engine.prefix}),
            images=lambda filters: real.images(filters={"label": f"{filters['label']}=test"}),
            remove_volume=real.remove_volume,
            remove_image=real.remove_image,
        )
        narrow: Any = SimpleNamespace(api=mine)
        assert {f"{engine.prefix}-free", f"{engine.prefix}-used", name} <= {one.name for one in kept_on(running)}
        assert [one.name for one in remove_kept(narrow)] == [f"{engine.prefix}-used"]
    finally:
        real.remove_container(engine.prefix)
        real.remove_volume(f"{engine.prefix}-used")


@pytest.mark.engine
@pytest.mark.usefixtures("engine")
def test_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built and run once; then the answer comes at once, from another folder with the same files as well."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert _rewrite(project(tmp_path / "one"))["verdict"]["status"] == "holds"
    begin = time.monotonic()
    again = _rewrite(project(tmp_path / "two"))
    assert time.monotonic() - begin < 1
    assert any(note.startswith(KNOWN) for note in again["verdict"]["notes"])
