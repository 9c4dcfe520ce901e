"""A run: the same bytes whatever the number of jobs, and a killed one goes on where it stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from imgslim.config import Settings
from imgslim.migrate import planning, plans, pool
from imgslim.migrate.jobs import Build, Job, Place, Use
from imgslim.migrate.journal import Journal, default_place, key_of
from imgslim.migrate.planning import Choice, result
from imgslim.migrate.pool import Done, Planner, Task
from imgslim.migrate.results import count
from imgslim.migrate.root import Root
from imgslim.migrate.run import Migration
from imgslim.migrate.survey import Selection
from imgslim.model import Need, NeedKind
from imgslim.records import replace
from imgslim.service import slim
from tests.benchmarks.monorepo import make
from tests.cli.running import imgslim
from tests.migrate.trees import HELLO, C, service, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COUNT = 60
#: The command, planning slowly enough to be stopped in between.
SLOW = (
    "import time\nfrom imgslim.migrate import pool\nplain = pool.result\n"
    "def slow(*words):\n    time.sleep(0.05)\n    return plain(*words)\n"
    "pool.result = slow\nfrom imgslim.cli import main\nmain()\n"
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A monorepo; nobody writes to it."""
    folder = tmp_path_factory.mktemp("monorepo")
    make(folder, COUNT, seed=7)
    return folder


def _summary(tree: Path, *words: str | Path) -> bytes:
    done = imgslim("migrate", tree, "--format", "json", *words)
    assert done.code in (0, 1), done.message
    return done.out


def _migration(tree: Path, journal: Path | None = None, choice: Choice | None = None) -> Migration:
    return Migration(Root(tree), Selection(), choice or Choice(), journal)


def _kept(tree: Path, journal: Path, choice: Choice | None = None) -> int:
    """How many plans a journal saves a run; the run leaves it as it is."""
    migration = _migration(tree, journal, choice)
    migration.plan()
    migration.close(finished=False)
    return migration.kept


def test_a_key_rests_on_everything_that_is_said_of_a_file() -> None:
    """A plan that was made from anything else is not gone on with, whichever field of a build differs."""
    build = Build("a", (("A", "1"),), "app", Place("compose.yaml", 3), "service web")
    job = Job("a/Dockerfile", (build,), (Use(Need(NeedKind.SHELL, "sh", "why")),), Settings(target="scratch"))
    changes: dict[str, Any] = {
        "context": None, "args": (("A", None),), "target": "", "place": Place("compose.yaml", 4), "who": "service db",
    }  # fmt: skip
    assert changes.keys() == {*Build.__match_args__}
    others = [replace(job, builds=(replace(build, **{name: value}),)) for name, value in changes.items()]
    others += [
        replace(job, builds=(replace(build, place=Place("compose.yml", 3)),)), replace(job, builds=(build, build)),
        replace(job, path="b/Dockerfile"), replace(job, uses=()), replace(job, settings=Settings()),
    ]  # fmt: skip
    keys = {key_of("", each, "text") for each in (job, *others)} | {key_of("x", job, "text"), key_of("", job, None)}
    assert len(keys) == len(others) + 3


def test_the_tallies_are_those_of_the_results(tree: Path) -> None:
    """What stands in front of a result in the journal counts it as the result itself does, changed or not."""
    migration = _migration(tree)
    migration.plan()
    changed = next(one.path for one in migration.results() if one.status == "rewritten")
    migration.change(changed, written="it changed since it was planned")
    results = list(migration.results())
    assert list(migration.tallies()) == [one.tally for one in results]
    totals = count(migration.tallies())
    migration.close(finished=True)
    assert totals.files == COUNT
    assert dict(totals.states) == Counter(one.state for one in results)
    assert {(s, r): n for s, r, n in totals.reasons} == Counter((one.status, r) for one in results for r in one.reasons)
    assert totals.code == max(one.code for one in results)


def test_jobs_change_nothing(tree: Path) -> None:
    """One process, three processes, and a second run: the same bytes."""
    one = _summary(tree, "--jobs", "1")
    assert json.loads(one)["totals"]["files"] == COUNT
    assert _summary(tree, "--jobs", "3") == one
    assert _summary(tree, "--jobs", "1") == one


def test_the_generated_tree_is_the_same_for_the_same_seed(tree: Path, tmp_path: Path) -> None:
    """And another one for another seed."""
    make(tmp_path / "again", COUNT, seed=7)
    make(tmp_path / "other", COUNT, seed=8)

    def content(folder: Path) -> dict[str, bytes]:
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    assert content(tmp_path / "again") == content(tree)
    assert content(tmp_path / "other") != content(tree)


def test_a_killed_run_goes_on(tree: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle: what was written down is not planned again, and the summary is that of a whole run."""
    journal = tmp_path / "journal"
    command = [sys.executable, "-c", SLOW, "migrate", str(tree), "--journal", str(journal), "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _until(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 20)
    process.send_signal(signal.SIGKILL)
    process.wait()
    written = journal.read_bytes().count(b"\n") - 1
    assert 20 <= written < COUNT
    with patch.object(pool, "result", wraps=result) as planned:
        done = imgslim("migrate", tree, "--format", "json", "--journal", journal, "--jobs", "1")
    assert planned.call_count == COUNT - written
    assert f"{written} of them were planned by the run that was stopped" in done.message
    assert done.out == _summary(tree)
    assert not journal.exists(), "a run that ends leaves none"


def test_a_torn_line_is_dropped(tree: Path, tmp_path: Path) -> None:
    """Half a line at the end, as a full disk leaves it."""
    journal = tmp_path / "journal"
    assert _kept(tree, journal) == 0
    data = journal.read_bytes()
    journal.write_bytes(data[: -len(data.split(b"\n")[-2]) // 2])
    assert _kept(tree, journal) == COUNT - 1
    assert _kept(tree, journal) == COUNT


@pytest.mark.parametrize("junk", [b"", b"no journal\n", b'{"imgslim": 99}\n', b"\0" * 100])
def test_a_file_that_is_no_journal(tree: Path, tmp_path: Path, junk: bytes) -> None:
    """It is started anew."""
    journal = tmp_path / "journal"
    journal.write_bytes(junk)
    assert _kept(tree, journal) == 0
    assert _kept(tree, journal) == COUNT


def test_junk_after_the_header(tree: Path, tmp_path: Path) -> None:
    """What follows a line that can't be read is planned again."""
    journal = tmp_path / "journal"
    _kept(tree, journal)
    lines = journal.read_bytes().split(b"\n")
    lines[11] = b"[1, 2]"
    journal.write_bytes(b"\n".join(lines))
    assert _kept(tree, journal) == 10


def test_other_settings_start_anew(tree: Path, tmp_path: Path) -> None:
    """A plan for one target is none for another."""
    journal = tmp_path / "journal"
    _kept(tree, journal)
    assert _kept(tree, journal, Choice("ubuntu")) == 0


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, 2),
        ({"README": "no part of a plan"}, 2),
        ({"api/Dockerfile": HELLO + "# more\n"}, 1),
        ({"api/hello.c": C + "\n"}, 1),
        ({"api/hello.c": None}, 1),
        ({"api/.dockerignore": "hello.c\n"}, 1),
        ({"api/Dockerfile.dockerignore": "*.md\n"}, 1),
        ({"compose.yaml": "services: {x: {build: {context: api, args: {A: 1}}}}\n"}, 1),
        ({"compose.yaml": "services: {x: {build: api, command: sh}}\n"}, 1),
    ],
)
def test_what_changed_is_planned_again(tmp_path: Path, changed: dict[str, str | None], kept: int) -> None:
    """The file, its context, its ignore files, what is said of it; nothing else."""
    tree = write(tmp_path / "tree", {**service("api"), **service("web")})
    journal = tmp_path / "journal"
    assert _kept(tree, journal) == 0
    for name, text in changed.items():
        if text is None:
            (tree / name).unlink()
        else:
            write(tree, {name: text})
    assert _kept(tree, journal) == kept


def test_a_stop_while_files_are_written(tmp_path: Path) -> None:
    """What was written before the stop counts as written, with its diff, and is not planned again."""
    tree = write(tmp_path / "tree", {**service("api"), **service("web")})
    journal = tmp_path / "journal"
    whole = _summary(write(tmp_path / "twin", {**service("api"), **service("web")}), "--write")
    migration = _migration(tree, journal)
    migration.plan()
    first = next(migration.results())
    (tree / first.path).write_text(first.after or "")
    migration.close(finished=False)
    assert _kept(tree, journal) == 2
    assert _summary(tree, "--journal", journal, "--write") == whole
    assert (tree / "web/Dockerfile").read_text() == (tmp_path / "twin/web/Dockerfile").read_text()


def test_too_many_questions_are_not_kept(tmp_path: Path) -> None:
    """A plan that looked at very many files is made again rather than checked."""
    tree = write(tmp_path / "tree", service("api"))
    with patch("imgslim.migrate.recording.QUESTIONS", 0):
        assert _kept(tree, tmp_path / "journal") == 0
    assert _kept(tree, tmp_path / "journal") == 0
    assert _kept(tree, tmp_path / "journal") == 1


def test_two_runs_at_once(tree: Path, tmp_path: Path) -> None:
    """The second one is refused."""
    journal = tmp_path / "journal"
    first = Journal(journal, "x")
    command = [
        sys.executable,
        "-c",
        "from imgslim.cli import main; main()",
        "migrate",
        str(tree),
        "--journal",
        str(journal),
    ]
    second = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (second.returncode, "[busy]" in second.stderr) == (2, True)
    first.close(finished=True)
    third = subprocess.run(command, check=False, capture_output=True, text=True)
    assert third.returncode == 1


def _alive(mark: str) -> int:
    """How many processes have a text in their command line."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found += mark.encode() in path.read_bytes()
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks for processes in /proc")
def test_processes_end_with_a_killed_run(tree: Path, tmp_path: Path) -> None:
    """Nobody waits for ever, and nobody holds the journal."""
    journal = tmp_path / "journal-of-the-killed"
    command = [sys.executable, "-c", SLOW, "migrate", str(tree), "--journal", str(journal), "--jobs", "3"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _until(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 1)
    assert _alive(str(journal)) > 1
    process.kill()
    process.wait()
    Journal(journal, "x").close(finished=True)
    _until(lambda: _alive(str(journal)) == 0)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_where_the_journal_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the user's cache, one for each folder; a relative XDG_CACHE_HOME is ignored, as its specification asks."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    place = default_place(Root(tmp_path))
    assert place is not None
    assert place.parent == tmp_path / "cache" / "imgslim"
    (tmp_path / "other").mkdir()
    assert place != default_place(Root(tmp_path / "other"))
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", str(tmp_path))
    place = default_place(Root(tmp_path))
    assert place is not None
    assert place.parent == tmp_path / ".cache" / "imgslim"
    monkeypatch.setattr("os.path.expanduser", lambda word: word)
    assert default_place(Root(tmp_path)) is None


def test_a_journal_that_can_not_be_written(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the cache it is done without and said; one that the user names is an error."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    done = imgslim("migrate", tree, "--jobs", "1")
    assert done.code == 1
    assert "a run that is killed starts anew" in done.message
    done = imgslim("migrate", tree, "--journal", tmp_path / "file" / "x")
    assert done.code == 2
    assert "[unwritable]" in done.message


def test_a_journal_that_is_a_link(tree: Path, tmp_path: Path) -> None:
    """It is not followed: it may lead to a file of somebody's."""
    (tmp_path / "target").write_text("mine")
    (tmp_path / "journal").symlink_to(tmp_path / "target")
    assert imgslim("migrate", tree, "--journal", tmp_path / "journal").code == 2
    assert (tmp_path / "target").read_text() == "mine"


class _Dies(Planner):
    def __call__(self, tasks: Sequence[Task]) -> list[Done]:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(tasks)


def test_a_process_that_is_killed(tree: Path, tmp_path: Path) -> None:
    """The run ends with a reason, and the journal stays."""
    with patch("imgslim.migrate.run.Planner", _Dies):
        done = imgslim("migrate", tree, "--jobs", "2", "--journal", tmp_path / "journal")
    assert done.code == 2
    assert "[worker-lost]" in done.message
    assert (tmp_path / "journal").exists()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(ZeroDivisionError("x"), "internal-error"), (RecursionError(), "too-deep"), (OSError(5, "x"), "system-refused")],
)
def test_a_fault_in_one_file(tmp_path: Path, error: Exception, reason: str) -> None:
    """It is that file's error; the other one is planned."""
    write(tmp_path, {**service("api"), **service("web")})
    with patch.object(planning, "slim", side_effect=[error, slim(HELLO)]):
        results = list(plans(tmp_path))
    assert results[0].state == "error"
    assert results[0].reasons == (reason,)
    assert results[1].state != "error"


def test_memory_does_not_grow_with_the_tree(tmp_path: Path) -> None:
    """Results lie on disk: ten times the files, about the same memory."""
    script = (
        "import resource, sys\nfrom imgslim.migrate import plans\n"
        "count = sum(1 for _ in plans(sys.argv[1]))\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )

    def peak(count: int) -> int:
        make(tmp_path / str(count), count)
        words = [sys.executable, "-c", script, str(tmp_path / str(count))]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        found, size = map(int, done.stdout.split())
        assert found == count
        return size

    assert peak(400) < 1.25 * peak(40)
