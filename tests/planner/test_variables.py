"""Files and folders that ENV names: a program that reads the variable finds them where it is told."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_GO = 'package main\n\nimport "os"\n\nfunc main() { _, e := os.Stat(os.Getenv("DATA_DIR")); println(e == nil) }\n'
_C = '#include <stdlib.h>\n#include <unistd.h>\nint main(void) { return access(getenv("DATA_DIR"), R_OK); }\n'
_PYTHON = 'import os\nprint(os.path.exists(os.environ["DATA_DIR"]))\n'
_NODE = "console.log(require('fs').existsSync(process.env.DATA_DIR))\n"
_FILES: dict[str, str | bytes] = {
    "go.mod": "module x\n", "main.go": _GO, "main.c": _C, "main.py": _PYTHON, "main.js": _NODE,
    "package.json": "{}", "data/a.txt": "a\n",
}  # fmt: skip
_ENDS = {
    "go": ("FROM golang:1.22", 'RUN go build -o /app .\nCMD ["/app"]'),
    "c": ("FROM gcc:12", 'RUN gcc -o /app main.c\nCMD ["/app"]'),
    "python": ("FROM python:3.11", 'CMD ["python", "main.py"]'),
    "node": ("FROM node:20", 'CMD ["node", "main.js"]'),
}


def _slim(language: str, steps: str, **changed: str) -> Rewritten:
    base, end = _ENDS[language]
    text = f"{base}\nWORKDIR /src\nCOPY . .\n{steps}\n{end}\n"
    target = Options(target="scratch") if language in ("go", "c") else Options()
    outcome = slim(text, MemoryContext({**_FILES, **{k.replace("_", "."): v for k, v in changed.items()}}), target)
    assert isinstance(outcome, Rewritten)
    return outcome


def _runtime(outcome: Rewritten) -> str:
    return outcome.after[outcome.after.rindex("FROM") :]


@pytest.mark.parametrize("language", ["go", "c", "python", "node"])
@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ("RUN curl -o /model.bin https://example.org/m\nENV DATA_DIR=/model.bin", "/model.bin"),
        ("RUN cp -r data /opt/d\nENV DATA_DIR /opt/d/", "/opt/d"),
        ("RUN mv data /opt/d\nENV DATA_DIR=/opt/d", "/opt/d"),
        ("RUN ln -s /src/data /opt/d\nENV DATA_DIR=/opt/d", "/opt/d"),
    ],
)
def test_what_a_step_put_there_goes_along(language: str, steps: str, path: str) -> None:
    """Whoever reads the variable only looks whether it is there; where no variable says so, nothing in Go or C does."""
    assert f"COPY --from=build {path} {path}\n" in _runtime(_slim(language, steps))
    without = _runtime(_slim(language, steps.partition("\n")[0]))
    assert (f"COPY --from=build {path} {path}\n" in without) is (language in ("python", "node"))


@pytest.mark.parametrize("language", ["go", "python"])
def test_a_folder_that_a_step_fetches(language: str) -> None:
    """What lies in it then is for the variable alone to say."""
    steps = "RUN git clone https://example.org/d /opt/d\nENV DATA_DIR=/opt/d"
    assert "COPY --from=build /opt/d /opt/d\n" in _runtime(_slim(language, steps))
    assert "/opt/d" not in _runtime(_slim(language, steps.partition("\n")[0]))


@pytest.mark.parametrize("value", ["/src/data", "data", "./data"])
def test_a_folder_of_the_project(value: str) -> None:
    """Compiled programs leave the project behind; what a variable names of it goes along."""
    for language in ("go", "c"):
        outcome = _slim(language, f"ENV DATA_DIR={value}")
        assert "COPY --from=build /src/data /src/data\n" in _runtime(outcome)
        assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    "steps",
    ["RUN tar -xzf d.tgz -C /opt/a\nENV DATA_DIR=/opt/a/d", "RUN sh make.sh\nENV DATA_DIR=/opt/a/d"],
)
def test_what_a_step_may_have_put_there(steps: str) -> None:
    """It goes along if it is there, and that is said."""
    outcome = _slim("go", steps)
    assert "file-unproven" in {a.reason for a in outcome.plan.assumptions}
    assert "if [ -f /opt/a/d ]" in outcome.after


@pytest.mark.parametrize(
    "steps",
    [
        # Named by no source; another's; no path; what every image has; what the program makes when it runs.
        "ENV OTHER_DIR=/src/data",
        "ENV DATA_DIRS=/src/data",
        "ENV DATA_DIR=production",
        "ENV DATA_DIR=https://example.org/src/data",
        "ENV DATA_DIR=/etc",
        "ENV DATA_DIR=/tmp/data",
        "ENV DATA_DIR=/var/lib/data.db",
        "RUN apt-get update && apt-get install -y curl\nENV DATA_DIR=/var/lib/data.db",
        # The folder of the whole project, and one that is gone.
        "ENV DATA_DIR=/src",
        "ENV DATA_DIR=.",
        "RUN rm -r data\nENV DATA_DIR=/src/data",
    ],
)
def test_a_variable_that_names_nothing_of_the_kind(steps: str) -> None:
    """Twins: nothing goes along, and nothing is left open."""
    outcome = _slim("go", steps)
    assert "COPY --from=build /src" not in _runtime(outcome)
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("language", "step"),
    [
        ("node", "npm ci"),
        ("node", "yarn install"),
        ("python", "pip install flask"),
        ("python", "python -m pip install ."),
    ],
)
def test_managers_of_packages_make_no_other_files(language: str, step: str) -> None:
    """Twin: a path that a variable names, and that only the running program makes, is nothing that a step left."""
    outcome = _slim(language, f"RUN {step}\nENV DATA_DIR=/var/lib/data.db")
    assert "file-unproven" not in {a.reason for a in outcome.plan.assumptions}


def test_data_of_a_package() -> None:
    """Whether one brings them is not known, as it is not where the program names the path itself."""
    outcome = _slim("go", "RUN apt-get update && apt-get install -y wamerican\nENV DATA_DIR=/usr/share/dict/words")
    assert [a.reason for a in outcome.plan.assumptions] == ["file-unproven"]


def test_what_packages_may_read_goes_along() -> None:
    """Nobody read them: of an interpreter's program it need not be the program that names the variable."""
    steps = "RUN mkdir /models && curl -o /models/a.bin https://example.org/a\nENV CACHE_OF_MODELS=/models"
    python = _slim("python", steps, main_py="print(1)\n")
    assert "cp -a /models /runtime/" in python.after
    tools = "RUN curl -o /opt/poetry https://example.org/p && chmod 755 /opt/poetry\nENV POETRY_HOME=/opt"
    assert "POETRY" not in "".join(a.message for a in _slim("python", tools).plan.assumptions)


def test_without_a_context() -> None:
    """No source can be asked: what a step surely put there goes along."""
    text = "FROM python:3.11\nWORKDIR /src\nCOPY . .\nRUN curl -o /m.bin https://example.org/m\nENV M=/m.bin\n"
    outcome = slim(f'{text}CMD ["python", "main.py"]\n', options=Options())
    assert isinstance(outcome, Rewritten)
    assert "COPY --from=build /m.bin /m.bin\n" in _runtime(outcome)


def test_more_files_than_are_looked_through() -> None:
    """Then any may name it."""
    many = {f"pkg/m{n}.py": "" for n in range(2_001)}
    text = 'FROM python:3.11\nWORKDIR /src\nCOPY . .\nRUN sh make.sh\nENV M=/opt/m\nCMD ["python", "main.py"]\n'
    reasons = []
    for files in (many, {}):
        outcome = slim(text, MemoryContext({"main.py": "print(1)\n", **files}), Options())
        assert isinstance(outcome, Rewritten)
        reasons.append("file-unproven" in {a.reason for a in outcome.plan.assumptions})
    assert reasons == [True, False]


@pytest.mark.parametrize("language", ["go", "c"])
@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/etc/ssl/private/server.key", True),
        ("/etc/ssl", False),
        ("/etc/ssl/certs", False),
        ("/etc/ssl/certs/x", False),
    ],
)
def test_a_key_beside_the_trust_store(language: str, path: str, *, taken: bool) -> None:
    """What a step makes in the store's folder is a file like any other; the store itself goes by rules of its own."""
    steps = f"RUN openssl genrsa -out /etc/ssl/private/server.key\nENV DATA_DIR={path}"
    assert (f"COPY --from=build {path} {path}\n" in _runtime(_slim(language, steps))) is taken
