"""Modules where the language does not look by itself: something leads there, and they are read all the same."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_STARTS = {"py": "import subprocess\nsubprocess.run(['git'])\n", "rb": "puts `git log`\n"}
_PY, _RB = 'CMD ["python", "app.py"]\n', 'CMD ["ruby", "app.rb"]\n'


def _slim(base: str, steps: str, start: str, files: dict[str, str]) -> Rewritten:
    text = f"FROM {base}\n{steps}WORKDIR /app\nCOPY . .\n{start}"
    found = slim(text, MemoryContext({n: t.encode() for n, t in files.items()}), Options(target=f"{base}-slim"))
    assert isinstance(found, Rewritten), found
    return found


@pytest.mark.parametrize(
    ("steps", "source", "place"),
    [
        ("", "import sys, os\nsys.path.append(os.path.join(os.getcwd(), 'own'))\nimport tool\n", "own/tool.py"),
        ("", "import site\nsite.addsitedir(name)\nfrom tool import x\n", "a/own/tool/__init__.py"),
        ("ENV PYTHONPATH=$PYTHONPATH:/app/own\n", "import tool.deep\n", "own/tool/deep.py"),
        ("ENV PYTHONPATH=/app/own\n", "import tool\n", "own/tool.py"),
    ],
)
def test_modules_of_python(steps: str, source: str, place: str) -> None:
    """What a module starts is there, wherever the module lies."""
    found = _slim("python:3.13", steps, _PY, {"app.py": source, place: _STARTS["py"]})
    assert "which git" in found.after
    assert not found.plan.assumptions


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("import json\n", "own/json.py"),
        ("import tool\n", "tests/tool.py"),
        ("import tool\n", "own/tools.py"),
        ("import tool\n", "tool.py.txt"),
    ],
)
def test_any_other_module_of_python(source: str, place: str) -> None:
    """A module of Python's own name, a test, another name."""
    assert "which git" not in _slim("python:3.13", "", _PY, {"app.py": source, place: _STARTS["py"]}).after


@pytest.mark.parametrize(
    ("steps", "source"),
    [("ENV RUBYLIB=/app/own\n", "require 'tool'\n"), ("", "$LOAD_PATH << name\nrequire 'x/tool'\n")],
)
def test_files_of_ruby(steps: str, source: str) -> None:
    """The same for what is required."""
    found = _slim("ruby:3.1", steps, _RB, {"app.rb": source, "own/x/tool.rb": _STARTS["rb"]})
    assert "which git" in found.after


def test_any_other_file_of_ruby() -> None:
    """Nobody requires it."""
    files = {"app.rb": "require 'json'\n", "own/tool.rb": _STARTS["rb"]}
    assert "which git" not in _slim("ruby:3.1", "", _RB, files).after


@pytest.mark.parametrize(
    ("base", "steps", "start", "files"),
    [
        (
            "python:3.13",
            "RUN apt-get update && apt-get install -y python3-yaml\nENV PYTHONPATH=/usr/lib/python3/dist-packages\n",
            _PY,
            {"app.py": "import yaml\n"},
        ),
        (
            "python:3.13",
            "RUN apt-get update && apt-get install -y python3-yaml\n",
            _PY,
            {"app.py": "import sys\nsys.path.append('/usr/lib/python3/dist-packages')\nimport yaml\n"},
        ),
        (
            "ruby:3.1",
            "RUN apt-get update && apt-get install -y ruby-webrick\nENV RUBYLIB=/usr/share/webrick\n",
            _RB,
            {"app.rb": "require 'webrick'\n"},
        ),
    ],
)
def test_modules_of_the_distribution_are_named(base: str, steps: str, start: str, files: dict[str, str]) -> None:
    """Their packages are installed again, and that nobody read them is said."""
    found = _slim(base, steps, start, files)
    assert found.after.count("apt-get install") == 2
    assert "sources-unread" in [a.reason for a in found.plan.assumptions]


@pytest.mark.parametrize(
    ("base", "steps", "start", "files"),
    [
        ("python:3.13", "ENV PYTHONPATH=/app\n", _PY, {"app.py": "import yaml\n"}),
        ("python:3.13", "ENV PYTHONPATH=/opt/none\n", _PY, {"app.py": "import json\n"}),
        ("ruby:3.1", "ENV RUBYLIB=/app/lib\n", _RB, {"app.rb": "1\n", "lib/x.rb": "2\n"}),
    ],
)
def test_any_other_is_safe(base: str, steps: str, start: str, files: dict[str, str]) -> None:
    """A folder of the context, or nothing that lies there."""
    assert not _slim(base, steps, start, files).plan.assumptions


@pytest.mark.parametrize(
    ("base", "program", "name"),
    [("python:3.13", "python", "app.py"), ("node:20", "node", "app.js"), ("ruby:3.1", "ruby", "app.rb")],
)
def test_an_interpreter_that_is_the_entry_point_runs_any_file(base: str, program: str, name: str) -> None:
    """What CMD says is one of them; where the file is of the entry point, it is the only one."""
    started = {"py": _STARTS["py"], "js": "require('child_process').execSync('git log')\n", "rb": _STARTS["rb"]}
    ending = name.rpartition(".")[2]
    files = {"package.json": "{}", name: "1\n", f"b.{ending}": started[ending]}
    found = _slim(base, "", f'ENTRYPOINT ["{program}"]\nCMD ["{name}"]\n', files)
    assert "which git" in found.after
    assert "which git" not in _slim(base, "", f'ENTRYPOINT ["{program}", "{name}"]\n', files).after
