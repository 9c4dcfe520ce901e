"""Entry scripts: their interpreter and what they start."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Project, Rewritten
from imgslim.planner.scripts import Script, read_script
from imgslim.service import Options, read_project, slim
from imgslim.syntax import parse


def script(content: bytes) -> Script | None:
    """Read a script that the context holds."""
    context = MemoryContext({"start": content})
    project = read_project(parse('FROM debian:bookworm\nCOPY start /start\nCMD ["/start"]\n'), context, Options())
    assert isinstance(project, Project)
    return read_script(project, "/start")


@pytest.mark.parametrize(
    ("first", "interpreter", "is_read"),
    [
        ("#!/bin/sh", "/bin/sh", True),
        ("#!/usr/bin/env bash", "bash", True),
        ("#!/usr/bin/env -S bash -e", "bash", True),
        ("#! /bin/bash -e", "/bin/bash", True),
        ("#!", "/bin/sh", True),
        ("# no interpreter", "/bin/sh", True),
        ("#!/usr/bin/python3", "/usr/bin/python3", False),
    ],
)
def test_interpreter(first: str, interpreter: str, is_read: bool) -> None:  # noqa: FBT001
    """The first line names it, env counts as what it starts, and only shells are read."""
    found = script(f"{first}\n/opt/server --fast\n".encode())
    assert found is not None
    assert found.interpreter == interpreter
    assert found.commands == ((("/opt/server", "--fast"),) if is_read else ())
    assert bool(found.open_end) == (not is_read)


@pytest.mark.parametrize(
    ("first", "by"),
    [
        ("#!/usr/bin/env bash", "/usr/bin/env"),
        ("#!/usr/bin/env -S bash -e", "/usr/bin/env"),
        ("#!/usr/bin/env python3", "/usr/bin/env"),
        ("#!/bin/env", ""),
        ("#!/bin/bash -e", ""),
        ("# /usr/bin/env bash", ""),
    ],
)
def test_what_looks_the_interpreter_up(first: str, by: str) -> None:
    """The kernel starts env, which looks along PATH: it has to be there as well."""
    found = script(f"{first}\n/opt/server\n".encode())
    assert found is not None
    assert found.by == by


@pytest.mark.parametrize(("first", "carried"), [("#!/usr/bin/env bash", True), ("#!/bin/bash", False)])
def test_env_goes_along(first: str, carried: bool) -> None:  # noqa: FBT001
    """A script that a program starts needs both on an empty base."""
    code = '#include <unistd.h>\nint main(void) { return execl("bin/go.sh", "go.sh", (char *) 0); }\n'
    text = 'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o app app.c\nCMD ["./app"]\n'
    context = MemoryContext({"app.c": code, "bin/go.sh": f"{first}\nexit 0\n"})
    outcome = slim(text, context, Options(target="scratch"))
    assert isinstance(outcome, Rewritten), outcome
    assert (" /usr/bin/env" in outcome.after) is carried


def test_a_program_is_no_script() -> None:
    """What holds a zero byte is not text."""
    assert script(b"\x7fELF\0\0") is None


HELLO = b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'


def entered(script_text: str, entry: str) -> Rewritten | Declined:
    """Rewrite a program that an entry script starts."""
    text = f"FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o hello hello.c\n{entry}\n"
    files = {"hello.c": HELLO, "entry.sh": f"#!/bin/sh\nset -e\n{script_text}\n".encode()}
    outcome = slim(text, MemoryContext(files), Options(target="busybox:glibc"))
    assert isinstance(outcome, Rewritten | Declined)
    return outcome


@pytest.mark.parametrize(
    ("script_text", "entry"),
    [
        ('exec "$@"', 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello"]'),
        ('exec "$@"', 'ENTRYPOINT ["/app/entry.sh", "./hello"]'),
        ('"$@"', 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello", "-v"]'),
        ("exec nice $@", 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello"]'),
        ('if [ "$1" = x ]; then echo x; fi\nexec "$@"', 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello"]'),
        ('[ "${1#-}" = "$1" ] || set -- ./hello "$@"\nexec "$@"', 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["-v"]'),
    ],
)
def test_a_script_starts_its_arguments(script_text: str, entry: str) -> None:
    """The usual entry script runs what CMD names."""
    outcome = entered(script_text, entry)
    assert isinstance(outcome, Rewritten)
    assert "COPY --from=build /app/hello /app/hello\n" in outcome.after
    assert "COPY --from=build /app/entry.sh /app/entry.sh\n" in outcome.after
    assert {a.reason for a in outcome.plan.assumptions} <= {"command-differs"}


@pytest.mark.parametrize(
    ("script_text", "entry"),
    [
        ('echo "$@"', 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello"]'),
        ('shift; exec "$@"', 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["x", "./other"]'),
        ('exec "$@"', 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./other"]'),
    ],
)
def test_arguments_that_are_not_started(script_text: str, entry: str) -> None:
    """What is printed, shifted away or another program is not the one that was built."""
    outcome = entered(script_text, entry)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "entry-not-built"


@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        ('ENTRYPOINT ["/app/entry.sh"]', {"run-arguments"}),
        ('ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello"]', set()),
        ('CMD ["/app/entry.sh"]', set()),
    ],
)
def test_arguments_that_nobody_gives(entry: str, reasons: set[str]) -> None:
    """Without CMD the script is there to run any program of the image."""
    outcome = entered('[ -z "$1" ] || exec "$@"\n./hello', entry)
    assert isinstance(outcome, Rewritten)
    assert {a.reason for a in outcome.plan.assumptions} - {"command-differs"} == reasons


@pytest.mark.parametrize(
    ("script_text", "reasons"),
    [
        (". /app/env.sh", {"needs-command"}),
        (". ./env.sh", {"needs-command"}),
        ('. "$CONF"', {"script-not-followed"}),
        ("[ -f /etc/local ] && . /etc/local", {"script-not-followed", "file-unproven"}),
        ('for f in /etc/start.d/*; do . "$f"; done', {"script-not-followed"}),
        ('eval "psql -c x"', {"needs-command"}),
        ('eval "$X"', {"script-not-followed"}),
        ("trap 'psql -c x' EXIT", {"needs-command"}),
        ('trap "$X" EXIT', {"script-not-followed"}),
        ("trap '' HUP", set()),
        ("trap - HUP", set()),
        ("trap 'kill $pid; wait' TERM INT", set()),
        ("sh -c 'psql -c x'", {"needs-command"}),
        ('sh -c "$X"', {"script-not-followed"}),
        ("command psql -c x", {"needs-command"}),
        ("command -v psql >/dev/null", set()),
        ("echo a | xargs psql -c", {"needs-command"}),
        ("find /data -exec psql {} +", {"needs-command"}),
        ("env A=b psql", {"needs-command"}),
        ("su nobody -c 'psql -c x'", {"needs-command"}),
        ("psql() { :; }; psql -c x", set()),
        ("psql -c x; psql() { :; }", {"needs-command"}),
        ("if true; then psql() { :; }; fi; psql -c x", {"needs-command"}),
        ("psql() { command psql x; }; psql", {"needs-command"}),
        ('run() { "$@"; }; run psql -c x', {"needs-command"}),
        ('run() { exec "$@"; }; run "$@"', set()),
        ('run() { "$@"; }; run "$X"', {"script-not-followed"}),
        ("cat <<EOF\n$(psql -c x)\nEOF", {"needs-command"}),
        ("cat <<'EOF'\n$(psql -c x)\nEOF", set()),
        ("X=$(psql -c x)", {"needs-command"}),
        ("exec 3>&1", set()),
        ("ulimit -n 1024; umask 022; set -e", set()),
    ],
)
def test_what_a_script_starts(script_text: str, reasons: set[str]) -> None:
    """Builtins and wrappers are seen through, functions are no programs, and what is computed is an assumption."""
    text = "FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o hello hello.c\n"
    files = {
        "hello.c": HELLO, "env.sh": b"export A=$(psql -c x)\n",
        "entry.sh": f'#!/bin/sh\n{script_text}\nexec "$@"\n'.encode(),
    }  # fmt: skip
    entry = 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello"]\n'
    outcome = slim(text + entry, MemoryContext(files), Options(target="busybox:glibc"))
    found = {outcome.reason} if isinstance(outcome, Declined) else {a.reason for a in outcome.plan.assumptions}  # type: ignore[union-attr]
    assert found - {"command-differs"} == reasons


@pytest.mark.parametrize(
    ("script_text", "base", "target", "differs"),
    [
        ('echo "a\\tb"', "gcc:12-bookworm", "busybox:glibc", True),
        ('printf "a\\tb\\n"', "gcc:12-bookworm", "busybox:glibc", False),
        ("trap 'exit 0' SIGTERM", "gcc:12-bookworm", "busybox:glibc", True),
        ("trap 'exit 0' TERM", "gcc:12-bookworm", "busybox:glibc", False),
        ("trap 'exit 0' SIGTERM", "gcc:12-bookworm", "debian:bookworm-slim", False),
        ('[ "$1" == x ]', "gcc:12-bookworm", "busybox:glibc", True),
        ('[ "$1" == x ]', "gcc:12-bookworm", "ubuntu", False),
        ("a=(1 2)", "fedora:40", "busybox:glibc", True),
        ("set -o pipefail", "fedora:40", "busybox:glibc", False),
    ],
)
def test_shells_differ(script_text: str, base: str, target: str, differs: bool) -> None:  # noqa: FBT001
    """A script for sh runs in another shell on the target: said where that takes a part of it otherwise."""
    entry = 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello"]\n'
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\nRUN gcc -o hello hello.c\n{entry}"
    files = {"hello.c": HELLO, "entry.sh": f'#!/bin/sh\n{script_text}\nexec "$@"\n'.encode()}
    outcome = slim(text, MemoryContext(files), Options(target=target))
    assert isinstance(outcome, Rewritten), outcome
    assert ("shell-differs" in {a.reason for a in outcome.plan.assumptions}) is differs


def test_bash_is_bash() -> None:
    """What a script for bash holds is no matter of sh: the target needs bash."""
    text = 'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o hello hello.c\nENTRYPOINT ["/app/entry.sh"]\n'
    files = {"hello.c": HELLO, "entry.sh": b"#!/bin/bash\na=(1 2)\nexec ./hello\n"}
    outcome = slim(text, MemoryContext(files), Options(target="busybox:glibc"))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "needs-command"
    there = slim(text, MemoryContext(files), Options(target="debian:bookworm-slim"))
    assert isinstance(there, Rewritten)
    assert not {a.reason for a in there.plan.assumptions} & {"shell-differs"}


CALLS = b'#include <stdlib.h>\nint main(void) { return system("%s"); }\n'


def called(line: str, tool: str, target: str = "scratch", more: str = "") -> Rewritten | Declined:
    """Rewrite a C program that runs ``line`` by system(), with a script of the context beside it."""
    install = "RUN apt-get update && apt-get install -y jq\n"
    text = f"FROM gcc:12-bookworm\n{install}WORKDIR /app\nCOPY tool.sh more.sh data.txt ./\nCOPY main.c /src/\n"
    text += 'RUN gcc -o /app/main /src/main.c\nCMD ["/app/main"]\n'
    files = {"main.c": CALLS % line.encode(), "tool.sh": tool.encode(), "more.sh": more.encode(), "data.txt": b"jq\n"}
    outcome = slim(text, MemoryContext(files), Options(target=target))
    assert isinstance(outcome, Rewritten | Declined)
    return outcome


@pytest.mark.parametrize("line", ["./tool.sh x", "sh tool.sh", "nice /app/tool.sh", "cat data.txt | ./tool.sh"])
def test_a_script_that_a_program_starts(line: str) -> None:
    """What it starts is needed as what the program starts: on an empty base with libraries, else as a package."""
    outcome = called(line, "#!/bin/sh\nset -e\nhostname\ncat data.txt | jq .\n")
    assert isinstance(outcome, Rewritten)
    tools = outcome.after.split("which ")[1].split(" > ")[0].split()
    assert {"/bin/sh", "hostname", "jq"} <= set(tools)
    assert "tool.sh" not in " ".join(tools)
    assert "COPY --from=build /app/tool.sh /app/tool.sh" in outcome.after
    slim_target = called(line, "#!/bin/sh\njq . data.txt\n", "debian:bookworm-slim")
    assert isinstance(slim_target, Rewritten)
    assert "install -y jq && rm" in slim_target.after.split("FROM debian")[1]


def test_scripts_that_a_script_starts() -> None:
    """They are followed in turn, and one that starts itself once."""
    outcome = called("./tool.sh", "#!/bin/sh\n. ./more.sh\n./tool.sh\n", more="hostname\n")
    assert isinstance(outcome, Rewritten)
    assert "hostname" in outcome.after
    refused = called("./tool.sh", "#!/bin/sh\n./more.sh\n", more="#!/bin/sh\nffmpeg -i x y\n")
    assert isinstance(refused, Rewritten | Declined)
    assert "ffmpeg" in (refused.message if isinstance(refused, Declined) else refused.after)


@pytest.mark.parametrize("line", ["cat tool.sh", "test -x ./tool.sh", "./data.txt"])
def test_texts_that_no_program_starts(line: str) -> None:
    """A script that is read, asked about or only there asks for nothing."""
    outcome = called(line, "#!/bin/sh\nset -e\nhostname\njq .\n")
    assert "jq" not in (outcome.after.split("which ")[1] if isinstance(outcome, Rewritten) else "")
    assert not isinstance(outcome, Declined) or "jq" not in outcome.message


def test_a_script_for_another_interpreter() -> None:
    """What interprets it is needed, and what it does was not read."""
    refused = called("./tool.sh", "#!/usr/bin/env python3\nprint(1)\n")
    assert isinstance(refused, Declined)
    assert "python3" in refused.message


def test_a_dialect_of_the_shell() -> None:
    """A script that a program starts is a text for the target's shell, too."""
    outcome = called("./tool.sh", "#!/bin/sh\necho -e 'a\\tb'\n", "busybox:glibc")
    assert isinstance(outcome, Rewritten)
    assert "shell-differs" in {a.reason for a in outcome.plan.assumptions}


def in_shell(command: str, *, by_script: bool, target: str = "busybox:glibc") -> str:
    """The runtime stage of a program that a shell starts by ``command``, in CMD or in a script."""
    entry = 'ENTRYPOINT ["/app/entry.sh"]' if by_script else f"CMD {command}"
    text = f"FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o hello hello.c && mkdir logs\n{entry}\n"
    files = {
        "hello.c": HELLO, "entry.sh": f"#!/bin/sh\n{command}\n".encode(), "in.txt": b"1\n", "other.txt": b"2\n",
        "sql/a.sql": b"", "conf/a.yml": b"",
    }  # fmt: skip
    outcome = slim(text, MemoryContext(files), Options(target=target))
    assert isinstance(outcome, Rewritten)
    assert {a.reason for a in outcome.plan.assumptions} <= {"data-files-unproven"}
    return outcome.after.partition("FROM gcc:12-bookworm")[2]


@pytest.mark.parametrize("by_script", [True, False])
@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("./hello < in.txt", "/app/in.txt"),
        ("for f in sql/*.sql; do echo $f; done; ./hello", "/app/sql"),
        ('read v < in.txt; ./hello "$v"', "/app/in.txt"),
        ('C="conf/$NAME.yml"; ./hello < "$C"', "/app/conf"),
    ],
)
def test_what_a_shell_reads_goes_along(command: str, path: str, by_script: bool) -> None:  # noqa: FBT001
    """Also where it is no argument of a command; what the text does not name stays."""
    after = in_shell(command, by_script=by_script)
    assert f"COPY --from=build {path} {path}\n" in after
    assert "other.txt" not in after


@pytest.mark.parametrize("by_script", [True, False])
@pytest.mark.parametrize(
    ("command", "folder"),
    [
        ("./hello > /var/log/hello.log 2>&1", "/var/log"),
        ("./hello 2>&1 | tee /var/log/hello.log", "/var/log"),
        ("touch /var/lib/x && ./hello", "/var/lib"),
        ("cd /opt && /app/hello", "/opt"),
        ("./hello > logs/hello.log", "/app/logs"),
        ("./hello > /dev/null", ""),
        ("./hello > hello.log", ""),
        ("./hello > /tmp/hello.log", ""),
        ("./hello /api/v1", ""),
    ],
)
def test_folders_that_a_shell_writes_to(command: str, folder: str, by_script: bool) -> None:  # noqa: FBT001
    """The original has those of every distribution; busybox has few of them, and a shell makes none."""
    after = in_shell(command, by_script=by_script)
    staged = f"/runtime{folder}" in after or f"cp -a {folder} " in after
    assert staged if folder else "/runtime" not in after


_WAITING = """first=$1
shift 1
while [ $# -gt 0 ] && [ "$1" != -- ]; do shift 1; done
shift
if [ "$BUSY" ]; then nc -z "$first"; fi
{start}"""


@pytest.mark.parametrize(
    "start",
    [
        'exec "$@"',
        'wait_for() { exec "$@"; }\nwait_for "$@"',
        'rest=("$@")\nexec "${rest[@]}"',
        'set -- "$@" x; exec "$@"',
    ],
)
@pytest.mark.parametrize(
    ("entry", "started"),
    [
        ('CMD ["/app/entry.sh", "db:5432", "--", "./hello", "-v"]', True),
        ('ENTRYPOINT ["/app/entry.sh", "db:5432", "--"]\nCMD ["./hello"]', True),
        ('CMD ["/app/entry.sh", "db:5432", "--", "echo", "hello"]', False),
        ('CMD ["/app/entry.sh", "db:5432"]', False),
    ],
)
def test_a_script_that_takes_its_arguments_apart(start: str, entry: str, started: bool) -> None:  # noqa: FBT001
    """What waits for another host starts the words behind its own; a program of the build among them is that one."""
    text = f"FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o hello hello.c\n{entry}\n"
    files = {"hello.c": HELLO, "entry.sh": f"#!/bin/bash\n{_WAITING.format(start=start)}\n".encode()}
    outcome = slim(text, MemoryContext(files), Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten if started else Declined)
    if isinstance(outcome, Rewritten):
        assert "script-not-followed" in {a.reason for a in outcome.plan.assumptions}
        assert "if which nc; then exit 1; fi" in outcome.after
    else:
        assert outcome.reason == "entry-not-built"


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ('"db:5432", "--", "python3", "server.py"', "python"),
        ('"node", "3000", "--", "python3", "server.py"', "python"),
        ('"python3", "--", "npm", "start"', "node"),
        ('"db:5432", "--", "echo", "hello"', ""),
        ('"db:5432"', ""),
    ],
)
def test_a_script_that_starts_what_an_interpreter_runs(words: str, outcome: str) -> None:
    """Its words from an interpreter on that has something to run; a host of the same name has nothing."""
    base, build = ("node:20", "npm install") if outcome == "node" else ("python:3.11", "pip install flask==3.0")
    text = f'FROM {base}\nWORKDIR /app\nCOPY . .\nRUN {build}\nCMD ["./wait", {words}]\n'
    waiting = _WAITING.format(start='exec "$@"')
    files = {
        "wait": f"#!/bin/bash\n{waiting}\n",
        "server.py": "print(1)\n",
        "package.json": '{"scripts": {"start": "node server.js"}}\n',
        "server.js": "console.log(1);\n",
    }
    found = slim(text, MemoryContext(files))
    assert isinstance(found, Rewritten if outcome else Declined)
    if isinstance(found, Rewritten):
        assert found.plan.target.reference == ("node:20-slim" if outcome == "node" else "python:3.11-slim")
        assert "script-not-followed" in {a.reason for a in found.plan.assumptions}
    else:
        assert found.reason == "entry-not-built"


@pytest.mark.parametrize(
    ("base", "names"),
    [("gcc:12", "bullseye or bookworm"), ("gcc:12-bookworm", ""), ("golang:1.22-alpine", "")],
)
def test_a_release_that_the_tag_leaves_open(base: str, names: str) -> None:
    """Packages are installed again on the builder's own release alone; where that is open, the tag can say it."""
    text = f"FROM {base}\nCOPY hello.c .\nRUN gcc -o /hello hello.c\nENTRYPOINT nope && /hello\n"
    outcome = slim(text, MemoryContext({"hello.c": HELLO}), Options(target="debian-slim"))
    assert isinstance(outcome, Declined)
    assert ("Name the release" in outcome.hint) == bool(names)
    assert names in outcome.hint
