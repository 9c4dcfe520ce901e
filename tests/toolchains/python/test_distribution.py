"""Python as a package of Alpine, whose packages share the folders that pip installs into."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Application, Declined, Project, Rewritten
from imgslim.service import Options, read_project, slim
from imgslim.syntax import read
from imgslim.toolchains.python import TOOLCHAIN
from tests.evidence_kit import contents, elf

_ADD = "apk add --no-cache python3 py3-pip gcc musl-dev python3-dev"


def rewritten(steps: str, cmd: str, *, base: str = "alpine:3.20", source: bytes = b"import flask\n") -> Rewritten:
    """A file whose steps install what its program imports."""
    text = f"FROM {base}\nWORKDIR /app\n{steps}\nCOPY . .\nCMD {cmd}\n"
    found = slim(text, MemoryContext({"app.py": source, "requirements.txt": b"flask\n"}))
    assert isinstance(found, Rewritten), found
    return found


@pytest.mark.parametrize("base", ["alpine:3.20", "alpine", "public.ecr.aws/docker/library/alpine:3.17"])
def test_the_interpreter_is_installed_again_and_modules_go_along(base: str) -> None:
    """Modules lie where the package's own do; of the system's programs only the one that starts goes along."""
    pip = f"RUN {_ADD}\nRUN pip3 install --break-system-packages -r requirements.txt gunicorn"
    after = rewritten(pip, '["gunicorn", "app:app"]', base=base).after.split("\nFROM ")[1]
    assert after.startswith(f"{base}\n")
    assert "RUN apk add --no-cache python3 && which /usr/bin/python3\n" in after
    assert "COPY --from=build /usr/bin/gunicorn /usr/bin/gunicorn\n" in after
    assert "/usr/bin /usr/bin" not in after


def test_modules_that_packages_hold_come_with_them() -> None:
    """Without an installer nothing of the system's folders goes along."""
    found = rewritten(f"RUN {_ADD} py3-flask py3-setuptools", '["python3", "app.py"]')
    assert "RUN apk add --no-cache python3 py3-flask && which" in found.after
    assert "site-packages" not in found.after


def test_an_environment_goes_along_whole() -> None:
    """It leads to the interpreter by a link."""
    steps = f"RUN {_ADD}\nRUN python3 -m venv /venv && /venv/bin/pip install flask"
    after = rewritten(steps, '["/venv/bin/python", "app.py"]').after
    assert "COPY --from=build /venv /venv\n" in after
    assert "apk add --no-cache python3 && which /usr/bin/python3" in after


@pytest.mark.parametrize(
    ("base", "install", "manager"),
    [
        ("alpine:3.12", _ADD, "apk add --no-cache python3 && which /usr/bin/python3\n"),
        ("debian:12", "apt-get update && apt-get install -y python3 gcc", "python3 && rm -rf /var/lib/apt/lists/*"),
    ],
)
def test_a_name_that_a_step_gave_the_interpreter_goes_along(base: str, install: str, manager: str) -> None:
    """No package brings it: what is looked for after the install is the interpreter itself."""
    found = rewritten(f"RUN {install} && ln -sf python3 /usr/bin/python", "python app.py", base=base, source=b"")
    assert manager in found.after
    assert "which /usr/bin/python3\n" in found.after
    assert "cp -a /usr/bin/python /runtime/usr/bin/" in found.after
    twin = rewritten(f"RUN {install}", "python app.py", base=base, source=b"")
    assert "cp -a" not in twin.after
    assert "which /usr/bin/python\n" in twin.after


def test_what_the_built_image_shows_among_the_systems_programs() -> None:
    """Scripts that no package owns, and that the base has not: pip put them there."""
    text = f"FROM alpine:3.20\nWORKDIR /app\nCOPY . .\nRUN {_ADD}\nRUN pip install gunicorn\nCMD gunicorn app:app\n"
    line = "/usr/bin/python3"
    files = {
        "/usr/lib/python3.12/os.py": 2, "/usr/lib/python3.12/site-packages/gunicorn/app.py": 3, "/app/app.py": 1,
        "/usr/bin/python3": 2, "/usr/bin/gunicorn": 3, "/usr/bin/flask": 3, "/usr/bin/pip3": 2, "/usr/bin/gcc": 2,
        "/usr/bin/own.sh": 3, "/usr/bin/older": 0, "/usr/bin/uwsgi": 3,
    }  # fmt: skip
    owned = ("/usr/lib/python3.12/os.py", "/usr/bin/python3", "/usr/bin/pip3", "/usr/bin/gcc")
    built = contents(
        files,
        instructions=(2, 3, 4),
        elves={p: elf("libc.musl-x86_64.so.1") for p in ("/usr/bin/python3", "/usr/bin/gcc", "/usr/bin/uwsgi")},
        packages=dict.fromkeys(owned, "p"),
        scripts={"/usr/bin/own.sh": "/bin/sh", "/usr/bin/older": line}
        | dict.fromkeys(("/usr/bin/gunicorn", "/usr/bin/flask", "/usr/bin/pip3"), line),
    )
    found = read_project(read(text), MemoryContext({"app.py": b""}), Options(evidence=Evidence(built)))
    assert isinstance(found, Project)
    answer = TOOLCHAIN.runs(("gunicorn", "app:app"), "/app", found)
    assert isinstance(answer, Application), answer
    beside = {t.path for t in answer.trees if t.path.startswith("/usr/bin")}
    assert beside == {"/usr/bin/gunicorn", "/usr/bin/flask", "/usr/bin/uwsgi"}
    assert "/usr/lib/python3.12/site-packages" in {t.path for t in answer.trees}


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (f"RUN {_ADD} && echo http://example.org/edge >> /etc/apk/repositories", "other sources"),
        ("RUN apk add -X http://example.org/edge python3", "is not known"),
        ("RUN apk add -t .d python3 && apk del .d", "is not known"),
    ],
)
def test_what_comes_from_elsewhere_is_refused_by_name(steps: str, why: str) -> None:
    """Which package that is nobody said; what was taken away again is not there."""
    found = slim(
        f"FROM alpine:3.20\n{steps}\nWORKDIR /app\nCOPY . .\nCMD python3 app.py\n", MemoryContext({"app.py": b""})
    )
    assert isinstance(found, Declined)
    assert (found.reason, why in found.message) == ("needs-command", True)


@pytest.mark.parametrize(
    ("base", "packages", "module", "again"),
    [
        ("debian:12", "python3 python3-setuptools gcc", "pkg_resources", "python3 python3-setuptools"),
        ("debian:12", "python3-pip python3-dev", "distutils.util", "python3 python3-pip"),
        ("alpine:3.20", "python3 py3-setuptools python3-dev", "setuptools", "python3 py3-setuptools"),
        ("fedora:40", "python3 python3-pip python3-devel", "pip", "python3 python3-pip"),
        # Twins: what the program does not import serves the build alone.
        ("debian:12", "python3 python3-setuptools gcc", "json", "python3"),
        ("alpine:3.20", "python3 py3-setuptools gcc", "json", "python3"),
        ("fedora:40", "python3 python3-setuptools gcc", "json", "python3"),
    ],
)
def test_packages_for_builds_that_the_program_imports(base: str, packages: str, module: str, again: str) -> None:
    """They come again with what they ask for; headers never do."""
    manager = {"debian:12": "apt-get install -y", "alpine:3.20": "apk add", "fedora:40": "dnf install -y"}[base]
    found = rewritten(f"RUN {manager} {packages}", "python3 app.py", base=base, source=f"import {module}\n".encode())
    line = next(line for line in found.after.split("\nFROM ")[1].splitlines() if line.startswith("RUN "))
    words = line.partition(" && which")[0].partition(" && rm")[0].partition(" && dnf clean")[0]
    assert words.endswith(again), line
    assert found.plan.assumptions == ()


@pytest.mark.parametrize(
    ("packages", "source", "open_end"),
    [
        ("python3 ansible", "import yaml\n", "app.py:1 imports yaml"),
        ("python3 python3-flask", "import flask\nimport jinja2\n", "app.py:2 imports jinja2"),
        ("python3 ansible", "import yaml, requests\n", "imports yaml and 1 more"),
        # Twins: a package of that name, one that may be called otherwise, and the standard library's, old ones too.
        ("python3 python3-yaml", "import yaml\n", ""),
        ("python3 python3-pil", "from PIL import Image\n", ""),
        ("python3 python3-opencv", "import cv2\n", ""),
        ("python3 gcc", "import json, imp, urllib2\n", ""),
    ],
)
def test_modules_that_no_package_is_called_after(packages: str, source: str, open_end: str) -> None:
    """Another package brought them along: the run-time stage may not have it."""
    steps = f"RUN apt-get update && apt-get install -y {packages} g++"
    found = rewritten(steps, "python3 app.py", base="debian:12", source=source.encode())
    said = [a.message for a in found.plan.assumptions if a.reason == "modules-unread"]
    assert any(open_end in message for message in said) if open_end else not said, found.plan.assumptions
    assert ("ansible" in found.after.split("\nFROM ")[1]) is ("ansible" in packages)


@pytest.mark.parametrize(
    ("base", "install", "files", "library"),
    [
        (
            "debian:12",
            "apt-get install -y python3 python3-lxml",
            ("/usr/lib/python3.11/os.py", "/usr/lib/python3/dist-packages/lxml/etree.so", "/usr/bin/python3"),
            ["/usr/lib/python3.11", "/usr/lib/python3/dist-packages"],
        ),
        (
            "fedora:40",
            "dnf install -y python3 python3-requests",
            ("/usr/lib64/python3.12/os.py", "/usr/lib/python3.12/site-packages/requests/api.py", "/usr/bin/python3"),
            ["/usr/lib64/python3.12", "/usr/lib/python3.12/site-packages"],
        ),
        # Twins: nothing lies there, and a Python whose modules are in its library.
        ("debian:12", "apt-get install -y python3", ("/usr/lib/python3.11/os.py",), ["/usr/lib/python3.11"]),
        (
            "python:3.11",
            "pip install lxml",
            ("/usr/local/lib/python3.11/os.py", "/usr/lib/python3/dist-packages/lxml/etree.so"),
            ["/usr/local/lib/python3.11"],
        ),
    ],
)
def test_modules_of_packages_go_along_with_an_interpreter_that_does(
    base: str, install: str, files: tuple[str, ...], library: list[str]
) -> None:
    """What a run did not import yet may be asked for later, with what it is linked with."""
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\nRUN {install}\nCMD python3 app.py\n"
    built = contents(dict.fromkeys(files, 2) | {"/app/app.py": 1}, instructions=(2, 3))
    found = read_project(read(text), MemoryContext({"app.py": b""}), Options(evidence=Evidence(built)))
    assert isinstance(found, Project)
    answer = TOOLCHAIN.runs(("python3", "app.py"), "/app", found)
    assert isinstance(answer, Application), answer
    assert answer.library is not None
    assert [tree.path for tree in answer.library] == library
    assert all(tree.native for tree in answer.library)
