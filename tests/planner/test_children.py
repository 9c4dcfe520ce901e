"""What a program starts of its own language in a process of its own is read like the program."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import slim

_HELPERS = {
    "helper.py": 'import subprocess\nsubprocess.run(["jq", "."])\n',
    "helper.js": 'require("child_process").execFileSync("jq", ["."]);\n',
    "helper.rb": 'system("jq", ".")\n',
    "tools/helper.py": "import subprocess\nsubprocess.run(['jq', '.'])\n",
    "plain.py": "print(1)\n",
    "plain.js": "console.log(1)\n",
    "plain.rb": "puts 1\n",
}
_BASES = {"py": ("python:3.12", "python3"), "js": ("node:20", "node"), "rb": ("ruby:3.1", "ruby")}
_PYTHON = "import os, subprocess, sys\n"
_NODE = 'const cp = require("child_process"), path = require("path");\n'


def _rewritten(kind: str, source: str) -> Rewritten:
    base, interpreter = _BASES[kind]
    text = (
        f"FROM {base}\nRUN apt-get update && apt-get install -y jq\nWORKDIR /app\nCOPY . .\n"
        f'CMD ["{interpreter}", "app.{kind}"]\n'
    )
    files = {**_HELPERS, f"app.{kind}": source}
    outcome = slim(text, MemoryContext({name: data.encode() for name, data in files.items()}))
    assert isinstance(outcome, Rewritten), outcome
    return outcome


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("py", f'{_PYTHON}subprocess.run([sys.executable, "HELP.py", "a"])\n'),
        ("py", f'{_PYTHON}subprocess.run([sys.executable, "-m", "HELP"])\n'),
        ("py", f'{_PYTHON}subprocess.run(["python3", "-u", "/app/HELP.py"])\n'),
        ("py", f'{_PYTHON}os.system("nohup python HELP.py | cat")\n'),
        ("py", f'{_PYTHON}subprocess.run([sys.executable, "-c", "import HELP"])\n'),
        ("js", f'{_NODE}cp.spawn("node", ["HELP.js", "a"]);\n'),
        ("js", f'{_NODE}cp.spawn(process.execPath, ["--title", "x", path.join(__dirname, "HELP")]);\n'),
        ("js", f'{_NODE}cp.execSync("cd . && node HELP.js");\n'),
        ("js", f'{_NODE}cp.fork("./HELP.js");\n'),
        ("rb", 'system("ruby", "HELP.rb")\n'),
        ("rb", 'system("ruby", File.join(__dir__, "HELP.rb"))\n'),
        ("rb", "`ruby HELP.rb | cat`\n"),
    ],
)
def test_a_child_is_read(kind: str, source: str) -> None:
    """Its program comes along, as the program's own would; one that starts nothing adds nothing."""
    helped, plain = (_rewritten(kind, source.replace("HELP", name)) for name in ("helper", "plain"))
    assert "jq" in helped.after.rpartition("\nFROM ")[2]
    assert "jq" not in plain.after.rpartition("\nFROM ")[2]
    assert plain.plan.assumptions == helped.plan.assumptions == ()


def test_any_file_of_its_own_may_be_started() -> None:
    """A name that is computed is that of one of them."""
    source = f"{_PYTHON}for name in sys.argv[1:]:\n    subprocess.run([sys.executable, name])\n"
    assert "jq" in _rewritten("py", source).after.rpartition("\nFROM ")[2]
    source = f'{_NODE}for (const name of list()) cp.spawn("node", [name]);\nfunction list() {{ return []; }}\n'
    assert "jq" in _rewritten("js", source).after.rpartition("\nFROM ")[2]


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("py", f'{_PYTHON}subprocess.run([sys.executable, "/srv/other.py"])\n'),
        ("js", f'{_NODE}cp.spawn("node", ["/srv/other.js"]);\n'),
        ("rb", 'system("ruby", "/srv/other.rb")\n'),
    ],
)
def test_one_that_is_not_there_is_said(kind: str, source: str) -> None:
    """Nobody knows what it needs."""
    assert _rewritten(kind, source).plan.assumptions
