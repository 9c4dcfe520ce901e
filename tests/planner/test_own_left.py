"""What a program of the application left elsewhere while the image was built goes along, though no run asked for it."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Rewritten
from imgslim.service import Options, slim
from tests.evidence_kit import contents, run

_FILES = {"app.py": b"print(open(__import__('sys').argv[1]).read())\n", "fetch.py": b"1\n", "get.sh": b"echo\n"}
_BASE = {"/usr/local/bin/python3": 0, "/usr/local/lib/python3.11/os.py": 0, "/root/.bashrc": 0, "/bin/sh": 0}
_OWN = {"/app/app.py": 2, "/app/fetch.py": 2, "/app/get.sh": 2}


def _after(step: str, left: tuple[str, ...], files: dict[str, int] | None = None, scripts: str = "") -> str:
    """The rewrite of a file whose step ``step`` left these files."""
    text = f'FROM python:3.11\nWORKDIR /app\nCOPY . .\n{step}\nCMD ["python3", "app.py"]\n'
    entries = {**_BASE, **_OWN, **dict.fromkeys(left, 3), **(files or {})}
    started = {scripts: "/usr/local/bin/python3"} if scripts else {}
    built = contents(entries, instructions=(1, 2, 3), scripts=started)
    options = Options(target="python:3.11-slim", evidence=Evidence(built, run({})))
    found = slim(text, MemoryContext(_FILES), options)
    assert isinstance(found, Rewritten), found
    return found.after


@pytest.mark.parametrize(
    ("step", "left", "place"),
    [
        ("RUN python3 fetch.py", ("/root/.cache/x/m.bin", "/root/.cache/x/n.bin"), "/root/.cache"),
        ("RUN python3 -u /app/fetch.py", ("/var/lib/x/a.db",), "/var/lib/x"),
        ("RUN python3 -c 'import app'", ("/root/nltk_data/a/b",), "/root/nltk_data"),
        ("RUN python3 -m app", ("/data/a",), "/data"),
        ("RUN python3 <<EOF\nimport app\nEOF", ("/opt/m/a",), "/opt/m"),
        ("RUN uvx python3 fetch.py", ("/root/.cache/x/m",), "/root/.cache"),
        ("RUN python3 fetch.py", ("/root/.cache/x/m", "/root/.cache/pip/y"), "/root/.cache/x"),
        ("RUN python3 fetch.py", ("/root/x.db",), "/root/x.db"),
    ],
)
def test_what_the_authors_code_left_goes_along(step: str, left: tuple[str, ...], place: str) -> None:
    """As the highest folder that holds nothing else."""
    assert f"COPY --from=build {place} {place}\n" in _after(step, left)


def test_what_an_installed_program_left_goes_along() -> None:
    """A script of the same interpreter that the base image has not."""
    files = {"/usr/local/bin/fetcher": 2, "/usr/local/bin/sh2": 2}
    after = _after("RUN fetcher all", ("/root/.fetched/a",), files, "/usr/local/bin/fetcher")
    assert "COPY --from=build /root/.fetched /root/.fetched\n" in after
    assert "/root/.fetched" not in _after("RUN sh2 all", ("/root/.fetched/a",), files, "/usr/local/bin/fetcher")


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("RUN sh get.sh", ("/root/.tool/a",)),
        ("RUN curl -s example.com | python3 -", ("/root/.tool/a",)),
        ("RUN curl -sO example.com/i.py && python3 i.py", ("/root/.tool/a",)),
        ("RUN python3 fetch.py", ("/var/cache/a", "/root/.cache/pip/a", "/root/__pycache__/a.pyc")),
        ("RUN python3 fetch.py", ("/etc/a.conf", "/usr/bin/tool")),
        ("RUN pip install flask", ("/root/.config/a",)),
    ],
)
def test_what_others_left_does_not(step: str, left: tuple[str, ...]) -> None:
    """Installers' own files, what the system keeps, and what is gone when the image runs."""
    after = _after(step, left)
    assert not [path for path in left if path in after]
