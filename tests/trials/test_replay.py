"""The replay's judgement, without an engine: what counts as kept, lost, held and claimed."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.trials import cases, checkout, configuration, judge, recheck, report, rewriter
from tests.trials.asking import Seen, holds
from tests.trials.engine import last_words
from tests.trials.replay import bad, finished, recorded
from tests.trials.shown import kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_RAW: dict[str, Any] = {
    "id": "c-hello",
    "repo": "someone/hello",
    "commit": "0" * 40,
    "dockerfile": "app/Dockerfile",
    "context": "app",
    "ecosystem": "c",
    "standin": {},
    "env": {},
    "args": [],
    "stdin": None,
    "probes": [{"kind": "exit", "code": 0}, {"kind": "output", "contains": "hello"}],
    "timeout_s": 10,
    "original": {"status": "works", "why": ""},
    "notes": "",
}


def _load(folder: Path, *changes: Mapping[str, Any]) -> tuple[cases.Case, ...]:
    file = folder / "cases.json"
    file.write_text(json.dumps([{**_RAW, **change} for change in changes]), encoding="utf-8")
    return cases.load(file)


def _commit(origin: Path) -> str:
    """Make a repository of a folder; its only commit."""

    def git(*words: str) -> str:
        line = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", str(origin), *words]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "x")
    return git("rev-parse", "HEAD")


def test_the_list_is_of_its_form() -> None:
    """Every case names a commit, a Dockerfile below its context, and at least one probe that can fail."""
    for case in cases.load():
        assert len(case.commit) == 40, case.id
        assert case.context == "." or case.dockerfile.startswith(case.context + "/"), case.id
        assert case.ecosystem in {"c", "c++", "go", "rust", "node", "python", "java", "ruby"}, case.id
        if case.status == "works":
            assert case.probes, case.id
        else:
            assert case.why, case.id


def test_a_case_is_read(tmp_path: Path) -> None:
    """A line of the list becomes a value; a program whose exit is asked ends by itself."""
    (case,) = _load(tmp_path, {"args": ["-v"]})
    assert case.args == ("-v",)
    assert case.ends
    assert case.probes[1].contains == "hello"


@pytest.mark.parametrize(
    "change",
    [
        {"probes": [{"kind": "ping"}]},
        {"probes": [{"kind": "http", "port": 80}]},
        {"probes": [{"kind": "exit", "code": 0, "contains": "x"}]},
        {"surprise": 1},
        {"original": {}},
    ],
)
def test_a_malformed_case_is_refused(tmp_path: Path, change: Mapping[str, Any]) -> None:
    """A typing error in the list is an error, never a probe that is not asked."""
    with pytest.raises(cases.CaseError):
        _load(tmp_path, change)


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    """The name of a case is what the command line selects it by."""
    with pytest.raises(cases.CaseError, match="c-hello"):
        _load(tmp_path, {}, {})


def test_selection_leaves_out_originals_that_fail(tmp_path: Path) -> None:
    """Without names the cases that work are chosen; a name chooses any; an unknown one is an error."""
    both = _load(tmp_path, {}, {"id": "c-broken", "original": {"status": "fails", "why": "no wget"}})
    assert [case.id for case in cases.select(both, ())] == ["c-hello"]
    assert [case.id for case in cases.select(both, ["c-broken"])] == ["c-broken"]
    with pytest.raises(cases.CaseError, match="nowhere"):
        cases.select(both, ["nowhere"])


def test_syntax_lines_become_comments_of_the_same_length() -> None:
    """No registry, no frontend; every other byte stays where it was."""
    text = b"# syntax=docker/dockerfile:1\r\nFROM gcc\r\n#SYNTAX = x\r\n# no syntax here\r\n"
    blank = checkout.blank_syntax(text)
    assert len(blank) == len(text)
    assert b"syntax=" not in blank
    assert b"SYNTAX" not in blank
    assert blank.endswith(b"# no syntax here\r\n")


@pytest.mark.parametrize(
    "place", ["someone+hello/repo", "someone+hello", "someone/hello", "hello", "someone+hello/.git"]
)
def test_clones_are_found_under_the_usual_names(tmp_path: Path, place: str) -> None:
    """Bare or not, by owner+name, owner/name or name."""
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "HEAD").touch()
    assert checkout.git_directory(tmp_path, "someone/hello") == tmp_path / place
    assert checkout.git_directory(tmp_path, "someone/else") is None


def test_a_context_is_laid_out_as_a_checkout_has_it(tmp_path: Path) -> None:
    """The folder at the commit, also what git archive would leave out; a wrong Dockerfile is named."""
    origin = tmp_path / "clones" / "someone+hello"
    (origin / "app").mkdir(parents=True)
    (origin / "app" / "Dockerfile").write_text("# syntax=x\nFROM gcc\n")
    (origin / "app" / "main.c").write_text("int main(void){return 0;}\n")
    (origin / "app" / ".gitattributes").write_text("main.c export-ignore\n")

    commit = _commit(origin)
    (case, other) = _load(tmp_path, {"commit": commit}, {"commit": commit, "id": "x", "dockerfile": "app/Other"})
    dockerfile = checkout.lay_out(case, tmp_path / "clones", tmp_path / "work" / "context")
    assert dockerfile.read_text() == "#         \nFROM gcc\n"
    assert (dockerfile.parent / "main.c").is_file()
    with pytest.raises(checkout.CheckoutError, match="app/Other"):
        checkout.lay_out(other, tmp_path / "clones", tmp_path / "work" / "other")
    (gone,) = _load(tmp_path, {"commit": "1" * 40})
    with pytest.raises(checkout.CheckoutError):
        checkout.lay_out(gone, tmp_path / "clones", tmp_path / "work" / "gone")


def test_the_configuration_that_the_author_wrote_counts() -> None:
    """The toolchain's environment may go; the author's, a label, a volume, a user may not."""
    base = {"Env": ["PATH=/usr/bin", "GOPATH=/go"]}
    before = {
        "Env": ["PATH=/usr/bin", "GOPATH=/go", "PORT=80"],
        "Cmd": ["./a"],
        "User": "app",
        "Labels": {"a": "1"},
        "ExposedPorts": {"80/tcp": {}},
        "Volumes": {"/data": {}},
        "WorkingDir": "/app/",
    }
    assert configuration.lost(before, {**before, "Env": ["PORT=80"], "WorkingDir": "/app"}, base) == configuration.Lost(
        (), ("Env PATH", "Env GOPATH")
    )
    bare = configuration.lost(before, {}, base)
    assert bare.own == ("Env PORT", "Cmd", "Labels a", "ExposedPorts 80/tcp", "Volumes /data", "User", "WorkingDir")
    marked = {"Labels": {"vendor": "x"}}
    assert configuration.lost(marked, {}, marked) == configuration.Lost((), ("Labels vendor",))
    assert configuration.lost(marked, {}, {"Labels": {"vendor": "y"}}).own == ("Labels vendor",)
    assert configuration.lost({"User": "0"}, {"User": "root", "WorkingDir": "/", "StopSignal": "SIGTERM"}, {}).own == ()
    assert configuration.lost({}, {"StopSignal": "SIGKILL"}, {}).own == ("StopSignal",)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/old" else 200)
        if self.path == "/old":
            self.send_header("Location", "http://x/new")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<p>hello</p>")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    """Serve on a free port while the test runs."""
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_a_server_is_asked(port: int) -> None:
    """Each part of an HTTP or TCP probe can fail by itself."""
    running = Seen("", None, "127.0.0.1")
    good = {"kind": "http", "port": port, "path": "/", "status": 200, "contains": "hello", "type": "text/html"}
    assert holds(cases.probe(good), running)
    assert holds(cases.probe({**good, "path": "/old", "status": 302, "location": "/new", "bytes": 12}), running)
    for change in ({"status": 404}, {"contains": "bye"}, {"type": "text/plain"}, {"location": "/new"}, {"bytes": 99}):
        assert not holds(cases.probe({**good, **change}), running), change
    send = "GET / HTTP/1.0\r\n\r\n"
    assert holds(cases.probe({"kind": "tcp", "port": port, "send": send, "contains": "hello"}), running)
    assert not holds(cases.probe({"kind": "tcp", "port": port, "send": send, "contains": "bye"}), running)
    assert not holds(cases.probe(good), Seen("", 0, "127.0.0.1")), "it has ended"
    assert not holds(cases.probe(good), Seen("", None, "")), "it has no address yet"
    assert not holds(cases.probe({**good, "port": 1}), running), "nobody listens"


def test_a_program_that_ends_is_asked() -> None:
    """Its status and its output, by part or by pattern."""
    ended = Seen("one\ntwo 2\n", 3, "")
    assert holds(cases.probe({"kind": "exit", "code": 3}), ended)
    assert not holds(cases.probe({"kind": "exit", "code": 0}), ended)
    assert not holds(cases.probe({"kind": "exit", "code": 3}), Seen("", None, ""))
    assert holds(cases.probe({"kind": "output", "contains": "two"}), ended)
    assert holds(cases.probe({"kind": "output", "regex": r"^two \d$"}), ended)
    assert not holds(cases.probe({"kind": "output", "regex": r"^two$"}), ended)
    assert not holds(cases.probe({"kind": "output", "contains": "three"}), ended)


def test_the_answer_of_the_command_is_understood() -> None:
    """A verdict that holds and settles all is proven, else the applicability counts; no JSON is a crash."""
    new = {"outcome": "rewritten", "dockerfile": "FROM x\n", "applicability": "SAFE", "target": "scratch"}
    assert rewriter.read(json.dumps(new).encode(), b"", 0) == rewriter.Answer(
        "rewritten", "FROM x\n", "", "safe", "scratch"
    )
    assert rewriter.read(json.dumps({**new, "verdict": {"status": "holds"}}).encode(), b"", 0).claim == "proven"
    assert rewriter.read(json.dumps({**new, "verdict": {"status": "differs"}}).encode(), b"", 0).claim == "safe"
    one = {"reason": "a", "message": "b", "line": 1}
    rests = {**new, "applicability": "unsafe", "assumptions": [one], "verdict": {"status": "holds"}}
    for by, claim in (("verdict", "proven"), ("run", "unsafe")):
        document = {**rests, "settled": [{**one, "by": by}]}
        assert rewriter.read(json.dumps(document).encode(), b"", 0).claim == claim
    no = {"outcome": "declined", "reasons": [{"code": "a"}, {"code": "b"}, {"code": "a"}]}
    assert rewriter.read(json.dumps(no).encode(), b"", 1) == rewriter.Answer("declined", "", "a,b", "", "")
    assert rewriter.read(b"", b"Traceback\nKeyError: 'x'\n", 1).why == "exit 1: KeyError: 'x'"
    assert rewriter.read(json.dumps({**new, "dockerfile": ""}).encode(), b"", 0).outcome == "crash"
    assert rewriter.read(b"[]", b"", 0).outcome == "crash"


def test_the_failing_step_speaks() -> None:
    """BuildKit repeats its output between dashes; without them the end of the log is all there is."""
    assert last_words("x\n------\n > [2/2] RUN make:\nno rule\n------\nDockerfile:2\n") == "> [2/2] RUN make:\nno rule"
    assert last_words("ERROR: no space\n") == "ERROR: no space"


def test_from_names_are_read() -> None:
    """Flags and lower case do not hide the image."""
    assert judge.from_names("ARG a\nfrom --platform=linux/amd64 gcc:14 AS x\n FROM y\nRUN echo FROM z\n") == (
        "gcc:14",
        "y",
    )


def test_the_page_tells_what_held_and_what_broke(tmp_path: Path) -> None:
    """Counts by outcome, reason and claim; a row for each case; originals that fail are named."""
    listed = _load(
        tmp_path, {}, {"id": "no"}, {"id": "sad"}, {"id": "old", "original": {"status": "fails", "why": "no wget"}}
    )
    done = judge.Result("c-hello", "c", "offline", "verified", claim="safe", target="scratch", before=1000, after=100)
    results = [
        done,
        judge.Result("no", "c", "offline", "declined", why="opaque-run", before=1000),
        judge.Result("sad", "c", "offline", "broken", why="http", claim="proven", before=1000, after=500),
    ]
    text = report.page(listed, results)
    assert "1 of 3 verified and smaller (33 %)" in text
    assert "of those that are verified: 1 safe\n" in text
    assert "1 declined: `opaque-run` 1" in text
    assert "1 broken: 0 called safe, 1 called proven, 0 called unsafe" in text
    assert "| verified | safe | scratch | 1,000 | 100 | 0.100 |" in text
    assert "| c | 1 of 3 | 0.100 |" in text
    assert "`old` never did: no wget." in text
    assert "3 of 3 listed originals were built and run for this page (c 3)." in text
    assert "--verify" not in text.partition("## Without")[2]


def test_the_page_keeps_what_it_shows_of_other_cases(tmp_path: Path) -> None:
    """Written again from its own rows it is the same; not so of a case replayed now, moved on, or listed no more."""
    listed = _load(tmp_path, {}, {"id": "no"}, {"id": "sad"})
    results = [
        judge.Result("c-hello", "c", way, "verified", claim="safe", target="scratch", before=1000, after=100)
        for way in report.WAYS
    ]
    results += [
        judge.Result("no", "c", "offline", "declined", why="opaque-run", before=1000),
        judge.Result("sad", "c", "offline", "broken", why="configuration: ENV", claim="proven", before=1000, after=500),
    ]
    text = report.page(listed, results)
    again = kept(text, report.WAYS, listed, ())
    assert sorted(map(str, again)) == sorted(map(str, results))
    assert report.page(listed, again) == text
    assert {result.id for result in kept(text, report.WAYS, listed, {"sad"})} == {"c-hello", "no"}
    assert {result.id for result in kept(text, report.WAYS, listed[:2], ())} == {"c-hello", "no"}
    moved = (dataclasses.replace(listed[0], commit="f" * 40), *listed[1:])
    assert {result.id for result in kept(text, report.WAYS, moved, ())} == {"no", "sad"}
    assert kept("", report.WAYS, listed, ()) == []


def test_a_broken_promise_fails_the_replay() -> None:
    """A rewrite that broke though called safe or proven, a crash, a failing original: exit status 1."""
    broken = judge.Result("x", "c", "offline", "broken", claim="unsafe")
    assert not bad(broken)
    assert bad(judge.Result("x", "c", "offline", "broken", claim="safe"))
    assert bad(judge.Result("x", "c", "offline", "crash"))
    assert not bad(judge.Result("x", "c", "offline", "declined"))


_WRITES = """import json, sys
target = sys.argv[sys.argv.index("--target") + 1] if "--target" in sys.argv else "scratch"
text = "FROM " + target + "\\n"
print(json.dumps({"outcome": "rewritten", "dockerfile": text, "applicability": "SAFE", "target": target}))
"""


def test_results_stand_while_the_text_is_the_same(tmp_path: Path) -> None:
    """What was judged is believed as long as the same is written; the claim is today's."""
    origin = tmp_path / "clones" / "someone+hello"
    (origin / "app").mkdir(parents=True)
    (origin / "app" / "Dockerfile").write_text("FROM gcc\n")
    commit = _commit(origin)
    (tmp_path / "writes.py").write_text(_WRITES)
    trial = judge.Trial(tmp_path / "clones", (sys.executable, str(tmp_path / "writes.py")), ("offline", "verify"), 30)
    (case, gone) = _load(tmp_path, {"commit": commit}, {"commit": "1" * 40, "id": "gone"})
    offline = judge.Result("c-hello", "c", "offline", "verified", claim="unsafe", dockerfile="FROM scratch\n")
    verify = judge.Result("c-hello", "c", "verify", "verified", claim="proven", target="x", dockerfile="FROM x\n")
    assert recheck.standing(case, [offline, verify], trial) == [dataclasses.replace(offline, claim="safe"), verify]
    assert not recheck.standing(case, [dataclasses.replace(offline, dockerfile="FROM y\n"), verify], trial)
    assert not recheck.standing(case, [offline, dataclasses.replace(verify, target="y")], trial)
    assert not recheck.standing(case, [dataclasses.replace(offline, outcome="declined", why="a")], trial)
    assert not recheck.standing(gone, [offline], trial)
    declined = rewriter.Answer("declined", "", "a", "", "")
    assert recheck.same(dataclasses.replace(offline, outcome="declined", why="a"), declined)
    assert not recheck.same(dataclasses.replace(offline, outcome="declined", why="b"), declined)


def test_an_interrupted_replay_goes_on(tmp_path: Path) -> None:
    """A case whose results are all recorded is not run again; the last line about it counts."""
    file = tmp_path / "results.jsonl"
    assert recorded(file) == recorded(None) == ()
    lines = [
        judge.Result("x", "c", "offline", "broken"),
        judge.Result("x", "c", "offline", "verified", after=1),
        judge.Result("y", "c", "offline", "verified"),
        judge.Result("x", "c", "verify", "verified", after=2),
    ]
    file.write_text("".join(json.dumps(dataclasses.asdict(line)) + "\n" for line in lines), encoding="utf-8")
    known = recorded(file)
    assert [result.after for result in finished(known, "x", ("offline", "verify"))] == [1, 2]
    assert not finished(known, "y", ("offline", "verify"))
    assert not finished(known, "y", ())
