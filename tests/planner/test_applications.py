"""What an interpreter runs: which target has it, what goes along, and what is gathered for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Evidence
from imgslim.model import (
    Application,
    Assumption,
    Declined,
    EntryWords,
    Findings,
    Need,
    NeedKind,
    Preparation,
    Rewritten,
    Tree,
    Unchanged,
)
from imgslim.planner import started
from imgslim.planner.trees import within
from imgslim.service import Options, decide, prepare
from imgslim.toolchains import all_toolchains
from tests.evidence_kit import contents, elf, run

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import EntryBuild, Outcome, Project
    from imgslim.values import Value

_SAMPLE = Application(
    toolchain="sample",
    interpreter="python3",
    why="the entry starts python3",
    trees=(Tree("/srv/app", "the program"), Tree("/usr/local/lib/python3.*/site-packages", "what pip put there")),
    library=(Tree("/usr/local/lib/python3.*", "the standard library"),),
)


class _Sample:
    """A toolchain that runs whatever python3 is given."""

    name = "sample"
    summary = "for tests"

    def __init__(self, answer: Application | Declined) -> None:
        self.answer = answer

    def claims(self, commands: Sequence[Command], names: Collection[str]) -> bool:  # noqa: ARG002
        return False

    def find(self, project: Project) -> Findings:  # noqa: ARG002
        return Findings((), frozenset())

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryBuild | None:  # noqa: ARG002
        return None

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:  # noqa: ARG002
        return self.answer if argv[0] == "python3" else None


@pytest.fixture
def rewrite(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Plan for a file whose python3 is the sample's."""

    def plan(
        text: str,
        target: str = "auto",
        answer: Application | Declined = _SAMPLE,
        evidence: Evidence = Evidence(),  # noqa: B008  (it can't be changed)
        **entry: EntryWords,
    ) -> Outcome:
        monkeypatch.setattr(started, "all_toolchains", lambda: (_Sample(answer), *all_toolchains()))
        context = MemoryContext({"app.py": b"", "start.sh": b"#!/bin/sh\nexec python3 app.py\n"})
        prepared = prepare(text, context, Options(evidence=evidence))
        assert not isinstance(prepared, Declined | Unchanged)
        if entry:
            object.__setattr__(prepared.findings, "entry", entry["entry"])
        return decide(prepared, target)

    return plan


_TEXT = """FROM python:3.12
WORKDIR /srv/app
RUN apt-get update && apt-get install -y gcc
COPY . .
CMD ["python3", "app.py"]
"""


def test_the_slim_member_of_the_family_has_the_interpreter(rewrite: Callable[..., Outcome]) -> None:
    """The slim member of the family has the interpreter."""
    found = rewrite(_TEXT)
    assert isinstance(found, Rewritten)
    assert "FROM python:3.12-slim\n" in found.after
    assert "COPY --from=build /srv/app /srv/app" in found.after
    assert found.after.endswith('WORKDIR /srv/app\nCMD ["python3", "app.py"]\n')


def test_a_path_that_no_tag_settles_is_laid_out(rewrite: Callable[..., Outcome]) -> None:
    """A path that no tag settles is laid out."""
    found = rewrite(_TEXT)
    assert isinstance(found, Rewritten)
    assert "for d in /usr/local/lib/python3.*/site-packages; do" in found.after
    assert "COPY --from=build /runtime/ /" in found.after


def test_libraries_of_the_system_are_gathered_for_modules(rewrite: Callable[..., Outcome]) -> None:
    """Libraries of the system are gathered for modules."""
    found = rewrite(_TEXT)
    assert isinstance(found, Rewritten)
    assert "find /srv/app /usr/local/lib/python3.*/site-packages -name '*.so*'" in found.after
    assert "grep -vE '^(/srv/app/|/usr/local/lib/python3\\.[^/]*/site-packages/)" in found.after
    assert "COPY --from=build /libraries/ /usr/local/lib/\nRUN ldconfig\n" in found.after


def test_pure_trees_gather_nothing(rewrite: Callable[..., Outcome]) -> None:
    """Pure trees gather nothing."""
    answer = Application("sample", "python3", "it does", (Tree("/srv/app", "the program"),), native=False)
    found = rewrite(_TEXT, answer=answer)
    assert isinstance(found, Rewritten)
    assert "ldd" not in found.after
    assert found.plan.assumptions == ()


@pytest.mark.parametrize("target", ["scratch", "busybox:glibc", "debian-slim"])
def test_other_targets_lack_it_where_no_run_was_watched(rewrite: Callable[..., Outcome], target: str) -> None:
    """Other targets lack it where no run was watched."""
    found = rewrite(_TEXT, target)
    assert isinstance(found, Declined)
    assert found.reason == "needs-command"
    assert "python3" in found.message


_PYTHON = "/usr/local/bin/python3.12"
_BUILT = contents(
    {_PYTHON: 0, "/srv/app/app.py": 1, "/srv/app/serve": 1, "/bin/bash": 0},
    instructions=(1, 2, 3),
    elves={_PYTHON: elf("libc.so.6"), "/bin/bash": elf("libc.so.6")},
    links={"/usr/local/bin/python3": "python3.12"},
    scripts={"/srv/app/serve": "/usr/local/bin/python3 -I"},
)


@pytest.mark.parametrize("started_by", ["/usr/local/bin/python3", _PYTHON, "/srv/app/serve"])
def test_an_interpreter_that_ran_goes_along(rewrite: Callable[..., Outcome], started_by: str) -> None:
    """By whatever name it was started, or by the kernel for a script's first line."""
    found = rewrite(_TEXT, "scratch", evidence=Evidence(_BUILT, run({started_by: Access.EXECUTED})))
    assert isinstance(found, Rewritten)
    assert "/usr/local/lib/python3.*: the standard library" in found.after


def test_an_interpreter_that_no_run_started_stays_where_it_is(rewrite: Callable[..., Outcome]) -> None:
    """A script that starts it for some arguments alone shows nothing of what it reads."""
    watched = Evidence(_BUILT, run({"/bin/bash": Access.EXECUTED, _PYTHON: Access.ASKED}))
    found = rewrite(_TEXT, "scratch", evidence=watched)
    assert isinstance(found, Declined)
    assert found.reason == "needs-command"
    assert "which no watched run did" in found.message
    assert isinstance(rewrite(_TEXT, "python:3.12-slim", evidence=watched), Rewritten)


def test_a_path_of_another_interpreter_is_not_the_familys(rewrite: Callable[..., Outcome]) -> None:
    """A path of another interpreter is not the familys."""
    answer = Application("sample", "/usr/bin/python3", "it does", (Tree("/srv/app", "the program"),))
    found = rewrite(_TEXT, answer=answer)
    assert isinstance(found, Declined)


def test_packages_are_installed_again(rewrite: Callable[..., Outcome]) -> None:
    """Packages are installed again."""
    answer = Application(
        "sample", "/usr/bin/python3", "it does", (Tree("/srv/app", "the program"),), packages=("python3",), native=False
    )
    text = _TEXT.replace("python:3.12", "debian:bookworm").replace("-y gcc", "-y gcc python3")
    found = rewrite(text, answer=answer)
    assert isinstance(found, Rewritten)
    assert "FROM debian:bookworm-slim\n" in found.after
    assert "apt-get install -y --no-install-recommends python3 && rm" in found.after
    assert "&& which /usr/bin/python3" in found.after


def test_nothing_is_gained_on_the_image_that_it_is_already(rewrite: Callable[..., Outcome]) -> None:
    """Nothing is gained on the image that it is already."""
    slim = _TEXT.replace("python:3.12", "python:3.12-slim")
    found = rewrite(slim.replace("RUN apt-get update && apt-get install -y gcc\n", ""))
    assert isinstance(found, Unchanged)
    assert found.reason == "already-minimal"
    with_compiler = rewrite(slim)
    assert isinstance(with_compiler, Rewritten)


def test_a_refusal_of_the_toolchain_is_the_answer(rewrite: Callable[..., Outcome]) -> None:
    """A refusal of the toolchain is the answer."""
    found = rewrite(_TEXT, answer=Declined("build-not-followed", "No."))
    assert isinstance(found, Declined)
    assert found.message == "No."


def test_needs_assumptions_and_preparations_count(rewrite: Callable[..., Outcome]) -> None:
    """Needs assumptions and preparations count."""
    answer = Application(
        "sample",
        "python3",
        "it does",
        (Tree("/srv/app", "the program"),),
        needs=(Need(NeedKind.COMMAND, "ffmpeg", "app.py:1 starts ffmpeg"),),
        preparations=(Preparation("pip uninstall -y pip", "the target has its own"),),
        assumptions=(Assumption("sources-unread", "Not read."),),
    )
    found = rewrite(_TEXT, answer=answer)
    assert isinstance(found, Rewritten)
    assert "if which ffmpeg | grep -vE '^(/srv/app)/'; then exit 1; fi" in found.after
    found = rewrite(_TEXT.replace("-y gcc", "-y gcc ffmpeg"), answer=answer)
    assert isinstance(found, Rewritten)
    assert "RUN apt-get update && apt-get install -y ffmpeg" in found.after
    assert "# the target has its own\nRUN pip uninstall -y pip\n" in found.after
    assert [a.reason for a in found.plan.assumptions] == ["sources-unread"]


def test_it_is_found_through_a_script_and_a_health_check(rewrite: Callable[..., Outcome]) -> None:
    """It is found through a script and a health check."""
    text = _TEXT.replace('CMD ["python3", "app.py"]', 'HEALTHCHECK CMD python3 -V\nENTRYPOINT ["./start.sh"]')
    found = rewrite(text)
    assert isinstance(found, Rewritten)
    assert found.plan.toolchain == "sample"


def test_an_entry_is_started_without_a_detour(rewrite: Callable[..., Outcome]) -> None:
    """An entry is started without a detour."""
    words = EntryWords(("python3", "app.py"), "the script says so")
    found = rewrite(_TEXT.replace('"python3", "app.py"', '"runner", "start"'), entry=words)
    assert isinstance(found, Rewritten)
    assert found.after.endswith('CMD ["python3", "app.py"]\n')
    assert "the script says so" in found.plan.notes


def test_folders_given_to_a_user_stay_the_users(rewrite: Callable[..., Outcome]) -> None:
    """Folders given to a user stay the users."""
    found = rewrite(_TEXT.replace("COPY . .", "COPY . .\nRUN useradd app && chown -R app /srv/app\nUSER app"))
    assert isinstance(found, Rewritten)
    assert "COPY --from=build --chown=app /srv/app /srv/app" in found.after or "chown app" in found.after


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/a/b1/c", True),
        ("/a/b1/c/d", True),
        ("/a/b1/cd", False),
        ("/a/b1/x/c", False),
        ("/a/B/c", False),
    ],
)
def test_a_pattern_stays_within_one_name(path: str, inside: bool) -> None:  # noqa: FBT001
    """A pattern stays within one name."""
    assert within(path, ["/a/b*/c"]) is inside


@pytest.mark.parametrize("target", ["scratch", "busybox:glibc", "alpine:3.20"])
@pytest.mark.parametrize("read", [True, False])
def test_packages_that_nobody_read_find_what_every_image_has(
    rewrite: Callable[..., Outcome],
    read: bool,  # noqa: FBT001
    target: str,
) -> None:
    """Trust store, users, services, /tmp, where the target has none; nothing of that where every source was read."""
    answer = (
        _SAMPLE if read else replace(_SAMPLE, assumptions=(Assumption("sources-unread", "Packages were not read."),))
    )
    python, bundle, opened = "/usr/bin/python3", "/etc/ssl/certs/ca-certificates.crt", "/usr/lib/ssl/cert.pem"
    built = contents(
        {python: 1, bundle: 1, "/usr/lib/ssl/openssl.cnf": 1, "/srv/app/app.py": 2},
        instructions=(1, 2),
        elves={python: elf("libc.so.6")},
        links={opened: bundle},
    )
    found = rewrite(
        _TEXT,
        target,
        replace(answer, packages=()),
        Evidence(built, run({python: Access.EXECUTED}, (python, "app.py"))),
    )
    assert isinstance(found, Rewritten), found
    own = ("/etc/passwd", f"cp -a {opened}", "/runtime/tmp") if target == "scratch" else (opened,)
    for one in (*own, bundle, "/etc/services"):
        assert (one in found.after) is not read, one


@pytest.mark.parametrize("target", ["scratch", "busybox:glibc", "alpine:3.20", "gcr.io/distroless/cc-debian12"])
@pytest.mark.parametrize("asks", [True, False])
@pytest.mark.parametrize("has_name", [True, False])
def test_an_interpreter_finds_the_trust_store_by_the_name_that_its_openssl_has(
    rewrite: Callable[..., Outcome],
    target: str,
    asks: bool,  # noqa: FBT001
    has_name: bool,  # noqa: FBT001
) -> None:
    """Whatever the target calls its own; not where a variable of the target says it, or the original had no such."""
    python, bundle, opened = "/usr/bin/python3", "/etc/ssl/certs/ca-certificates.crt", "/usr/lib/ssl/cert.pem"
    built = contents(
        {python: 1, bundle: 1, "/usr/lib/ssl/openssl.cnf": 1, "/srv/app/app.py": 2},
        instructions=(1, 2),
        elves={python: elf("libc.so.6")},
        links={opened: bundle} if has_name else {},
    )
    needs = (Need(NeedKind.CERTIFICATES, "", "app.py imports ssl"),) if asks else ()
    found = rewrite(
        _TEXT,
        target,
        replace(_SAMPLE, packages=(), needs=needs),
        Evidence(built, run({python: Access.EXECUTED}, (python, "app.py"))),
    )
    assert isinstance(found, Rewritten), found
    assert (opened in found.after) is (asks and has_name and not target.startswith("gcr.io"))


@pytest.mark.parametrize(
    ("toolchain", "read", "zones"), [("python", False, True), ("python", True, False), ("node", False, False)]
)
def test_packages_of_pythons_that_nobody_read_find_zones_and_media_types(
    rewrite: Callable[..., Outcome],
    toolchain: str,
    read: bool,  # noqa: FBT001
    zones: bool,  # noqa: FBT001
) -> None:
    """They take them from the system when they are first asked for one; node has its own."""
    unread = (Assumption("sources-unread", "Packages were not read."),)
    python = "/usr/bin/python3"
    built = contents(
        {python: 1, "/usr/share/zoneinfo/UTC": 1, "/srv/app/app.py": 2},
        instructions=(1, 2),
        elves={python: elf("libc.so.6")},
    )
    found = rewrite(
        _TEXT,
        "scratch",
        replace(_SAMPLE, packages=(), toolchain=toolchain, assumptions=() if read else unread),
        Evidence(built, run({python: Access.EXECUTED}, (python, "app.py"))),
    )
    assert isinstance(found, Rewritten), found
    assert ("COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo\n" in found.after) is zones
    assert ("/etc/mime.types" in found.after) is zones


@pytest.mark.parametrize(
    ("toolchain", "base", "kept"),
    [("python", "python:3.13", True), ("python", "python:3.13-slim", False), ("node", "python:3.13", False)],
)
def test_media_types_that_the_slim_image_lacks(
    rewrite: Callable[..., Outcome],
    toolchain: str,
    base: str,
    kept: bool,  # noqa: FBT001
) -> None:
    """The whole image has a table that Python reads; one that was slim before had none either."""
    unread = (Assumption("sources-unread", "Packages were not read."),)
    sample = replace(_SAMPLE, packages=(), toolchain=toolchain, assumptions=unread)
    found = rewrite(_TEXT.replace(_TEXT.split()[1], base, 1), "python:3.13-slim", sample)
    assert isinstance(found, Rewritten), found
    assert ("/etc/mime.types" in found.after) is kept


@pytest.mark.parametrize("linked", ["libpython3.13.so.1.0", "libz.so.1"])
def test_a_program_that_holds_the_interpreter_runs_in_its_place(rewrite: Callable[..., Outcome], linked: str) -> None:
    """It is linked with the interpreter's library and lies in the trees; any other program says nothing of them."""
    python, server = "/usr/bin/python3", "/srv/app/server"
    built = contents(
        {python: 1, server: 2, f"/usr/local/lib/{linked}": 1},
        instructions=(1, 2),
        elves={python: elf("libc.so.6"), server: elf(linked), f"/usr/local/lib/{linked}": elf(program=False)},
    )
    found = rewrite(
        _TEXT,
        "scratch",
        replace(_SAMPLE, packages=(), toolchain="python"),
        Evidence(built, run({server: Access.EXECUTED}, (server, "app.py"))),
    )
    assert isinstance(found, Rewritten if "python" in linked else Declined), found
