"""Scopes, entries and files as an engine has them: every case of the fast tests' tables, built."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from imgslim.context import MemoryContext
from imgslim.meaning import Files
from imgslim.meaning.trace import Run
from imgslim.values import Unknown
from tests.meaning.reading import read
from tests.meaning.test_entry import CASES as ENTRIES
from tests.meaning.test_scope import ENVIRONMENTS, USERS, WORKDIRS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine_support import Docker

pytestmark = pytest.mark.engine


_BELOW = 'FROM scratch AS below\nENTRYPOINT ["base"]\nCMD ["arg"]\n'
CONFIGURED = [f"FROM scratch\n{text or 'LABEL a=b'}\n" for text in (*ENVIRONMENTS, *WORKDIRS, *USERS)]
STARTED = [f"{_BELOW}FROM below\n{text}\n" for text, _, _ in ENTRIES if text]


@pytest.fixture(scope="module")
def configurations(engine: Docker, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The configuration of every image, by its text; all built by one command."""
    tags = {text: f"{engine.prefix}-bake:{number}" for number, text in enumerate((*CONFIGURED, *STARTED))}
    targets = {
        f"t{number}": {"dockerfile-inline": text.replace("${", "$${"), "tags": [tag], "output": ["type=docker"]}
        for number, (text, tag) in enumerate(tags.items())
    }
    folder = tmp_path_factory.mktemp("bake")
    (folder / "bake.json").write_text(json.dumps({"group": {"default": {"targets": [*targets]}}, "target": targets}))
    try:
        _docker("buildx", "bake", "--progress=quiet", "--provenance=false", "--file=bake.json", cwd=folder)
        inspected = json.loads(_docker("image", "inspect", *tags.values(), cwd=folder))
    finally:
        subprocess.run(("docker", "image", "rm", "--force", *tags.values()), capture_output=True, check=False)
    return {text: image["Config"] for text, image in zip(tags, inspected, strict=True)}


def _docker(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(("docker", *arguments), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("text", CONFIGURED)
def test_configuration(configurations: dict[str, dict[str, Any]], text: str) -> None:
    """Environment, directory and user are those of the built image."""
    config, final = configurations[text], read(text).final
    assert dict(pair.split("=", 1) for pair in config["Env"]) == final.env
    assert config.get("WorkingDir", "/") == final.workdir
    assert config.get("User", "") == final.user


@pytest.mark.parametrize("text", STARTED)
def test_entry(configurations: dict[str, dict[str, Any]], text: str) -> None:
    """ENTRYPOINT and CMD are those of an image on top of one that has both."""
    config, entry = configurations[text], read(text).entry
    assert tuple(config.get("Entrypoint") or ()) == entry.entrypoint_argv
    assert tuple(config.get("Cmd") or ()) == entry.cmd_argv


#: Scripts whose every command ``w`` prints where it is and what it was given.
SCRIPTS = """
w a; cd /x/a && w b; cd ..; w c; cd - >/dev/null && w d
(cd /x && w a) && w b; { cd /x; w c; }; w d
cd /x | true; w a; cd /x || exit 1; w b
X=1; w $X ${X}y '$X' "$X z" "a\\"b" a\\ b
X='-O2 -g'; w $X "$X" m$X; X=' a '; w b${X}c; X=; w $X d "$X"
w ${U:-d} ${U-e} ${U:+f} ${E:-g} ${E-h} ${E+i}
P=/a/b.tar.gz; w ${P%/*} ${P##*/} ${P%%.*} ${P#/a} ${N%x} ${E#x}
export Y=2; Z=3; sh -c 'w "$Y" "$Z"'; A=1 sh -c 'w $A'
X=a; X="${X}b"; w $X; unset X; w [$X]
w ~ ~/x "~" '*' \\* {} a{b}
cd $(pwd)/a && w "$PWD" `pwd`
if true; then cd /x; else cd /x; fi; w a
set -e; cd /x/a; w "$E"; sh -ec "cd $E/..; w q"
cd && w a; cd /x/a/../a/. && w b
""".strip().splitlines()

_PROBE = """COPY --chmod=755 <<'EOF' /bin/w
#!/bin/sh
printf %s "$PWD" >> /log
for word; do printf '|%s' "$word" >> /log; done
echo >> /log
EOF
RUN mkdir -p /x/a/e
"""


def test_shell(engine: Docker) -> None:
    """Every command runs where, and with the words that, reading says."""
    text = f"FROM busybox:glibc\n{_PROBE}WORKDIR /x\nENV E=e\n"
    text += "".join(f"RUN {script}\nRUN echo == >> /log\n" for script in SCRIPTS)
    image = engine.build(text)
    built = engine.run(image, "cat", "/log").stdout.split("==\n")[:-1]
    steps = [step for step in read(text).steps if isinstance(step, Run)][1::2]
    for script, lines, step in zip(SCRIPTS, built, steps, strict=True):
        expected = ["|".join(map(str, (c.cwd, *c.argv[1:]))) for c in step.commands if c.name == "w"]
        assert (script, expected) == (script, lines.splitlines())


COPIES = """
COPY . /c1
COPY src /c2
COPY src/ /c3/
COPY conf /etc/
COPY conf /bin
COPY conf /new
COPY conf n1/n2
COPY src/*.c conf ./
COPY s*c /c4
COPY ["conf", "/with blank"]
COPY src/lib /c1/src
COPY src /link/x
ADD plain.gz /c5/
COPY <<EOF /c6
RUN cp conf /m1 && cp conf /opt && cp -r src /m2 && mkdir /m3 && cp -r src /m3 && cp -r src/. /m4
RUN cp src/*.c /opt/ && cp -r src/* /c4/ && mv /m2/main.c /m5 && mv /m3/src /m6 && rm -rf /c3/lib /c2/*
RUN ln -s /m6/main.c /l1 && ln -s ../m6 /opt/l2 && ln -sfn /m6 /l3 && ln conf /l4 && mv /l1 /l5 && cp /l5 /l6
RUN install -m 755 conf /usr/bin && install -D -m 644 conf /i1/i2 && install -d /i3/i4 && cp -t /i3 conf
RUN cd src && cp main.c /s1 && (cd lib && cp a.h /s2) && sh -c 'cd lib && cp a.h /s3'
""".strip().splitlines()

FILES: dict[str, bytes | str] = {
    "src/main.c": "main", "src/lib/a.h": "a.h", "src/lib/.hidden": "hidden", "conf": "conf", "plain.gz": "plain",
    "secret": "secret", ".dockerignore": "secret\n",
}  # fmt: skip


#: Prints every small file and link outside of the kernel's folders with its content.
_LIST = r"""
find / -xdev \( -path /proc -o -path /sys -o -path /dev \) -prune -o \( -type f -size -2 -o -type l \) -print |
while read -r f; do echo "$f|$(head -c 20 "$f" 2>/dev/null | tr '\n|' '  ')"; done
"""


def test_files(engine: Docker) -> None:
    """Every context file that the built image holds stands where reading says, and none stands elsewhere."""
    lines = [line + ("\nhere\nEOF" if "<<EOF" in line else "") for line in COPIES]
    text = "FROM busybox:glibc\nRUN mkdir -p /opt /usr/bin /real && ln -s /real /link\nWORKDIR /w\nCOPY . .\n"
    text += "\n".join(lines) + "\n"
    image = engine.build(text, FILES)
    listed = engine.run(image, "sh", "-c", _LIST)
    contents = {v.decode() if isinstance(v, bytes) else v for v in FILES.values()} - {FILES[".dockerignore"]}
    found = dict(line.rsplit("|", 1) for line in listed.stdout.splitlines())
    built = {path: text for path, text in found.items() if text in contents}
    seen = Files.after(read(text), MemoryContext(FILES))
    told = {}
    for path in built:
        source = seen.context_file(path)
        told[path] = None if source is None else FILES[source]
    assert told == built
    walked = {path for path, _ in seen.walk_context("/") if not path.endswith(".dockerignore")}
    assert walked <= set(built)
    gone = [p for p in ("/m2/main.c", "/m3/src/main.c", "/c3/lib/a.h", "/c2/main.c", "/l1") if p not in built]
    assert [p for p in gone if seen.exists(p) is not False] == []
    assert not isinstance(seen.origin("/c6"), Unknown)
