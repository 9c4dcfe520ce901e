"""A literal that names a file of the system may be handed to any function, known to open files or not."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_STARTS = {"python:3.13": ("app.py", "python"), "node:20": ("app.js", "node"), "ruby:3.1": ("app.rb", "ruby")}


def _slim(base: str, source: str, step: str = "RUN apt-get update && apt-get install -y some-data\n") -> Rewritten:
    name, program = _STARTS[base]
    text = f'FROM {base}\n{step}WORKDIR /app\nCOPY . .\nCMD ["{program}", "{name}"]\n'
    context = MemoryContext({name: source.encode(), "package.json": b"{}"})
    found = slim(text, context, Options(target=f"{base}-slim"))
    assert isinstance(found, Rewritten), found
    return found


@pytest.mark.parametrize(
    ("base", "source"),
    [
        ("python:3.13", "import wave\nwave.open('/usr/share/sounds/a.wav')\n"),
        ("python:3.13", 'import ssl\nP = "/etc/ssl/private/own.pem"\nssl.SSLContext().load_cert_chain(P)\n'),
        ("python:3.13", "FONTS = {'a': '/usr/share/fonts/%s.ttf' % name}\n"),
        ("python:3.13", "x = f'/usr/share/fonts/{name}.ttf'\n"),
        ("python:3.13", "import subprocess\nsubprocess.run(['cat', '/var/lib/geo/a.dat'])\n"),
        ("python:3.13", "import os\nos.system('sort < /usr/share/dict/words | head')\n"),
        ("node:20", "require('child_process').spawn('sh', ['-c', 'cat /usr/share/dict/words']);\n"),
        ("ruby:3.1", "puts `cat /usr/share/dict/words`\n"),
        ("node:20", "process.chdir('/usr/share/own');\n"),
        ("node:20", "const files = [`/usr/share/fonts/${name}.ttf`];\n"),
        ("ruby:3.1", "require 'yaml'\nYAML.load_file('/etc/own/a.yml')\n"),
        ("ruby:3.1", "FONT = '/usr/share/fonts/a.ttf'\nFile.open(FONT)\n"),
    ],
)
def test_it_may_be_opened(base: str, source: str) -> None:
    """Packages of the original, or of the image that is not slim, may have brought it."""
    assert [a.reason for a in _slim(base, source).plan.assumptions] == ["file-unproven"]


@pytest.mark.parametrize(
    ("base", "source"),
    [
        ("python:3.13", "# '/usr/share/fonts/a.ttf'\n"),
        ("python:3.13", "x = 'see /usr/share/fonts/a.ttf'\n"),
        ("python:3.13", "x = '/usr/local/share/own'\n"),
        (
            "python:3.13",
            "x = ['/usr/share', '/etc', '/usr/lib/', '/etc/hosts', '/usr/bin/env', '/lib/a.js', '/opt/a']\n",
        ),
        ("python:3.13", "import os\nos.makedirs('/var/lib/own/x')\n"),
        ("node:20", "// '/usr/share/fonts/a.ttf'\napp.use('/lib/a.js', f); app.get('/etcetera/x', f);\n"),
        ("ruby:3.1", "x = '/usr/share'\ny = '/tmp/a'\n"),
    ],
)
def test_any_other_asks_for_nothing(base: str, source: str) -> None:
    """Remarks, what every image has, what has rules of its own, addresses of pages."""
    assert not _slim(base, source).plan.assumptions


def test_what_a_step_put_there_goes_along() -> None:
    """Then it is known to be there."""
    step = "RUN mkdir -p /usr/share/own && echo a > /usr/share/own/a.dat\n"
    found = _slim("python:3.13", "import wave\nwave.open('/usr/share/own/a.dat')\n", step)
    assert "/usr/share/own" in found.after.rpartition("FROM ")[2] or "/runtime" in found.after
    assert not found.plan.assumptions


def test_what_has_rules_goes_by_them() -> None:
    """A trust store that a library is told of is one."""
    source = "import ssl\nssl.create_default_context(cafile='/etc/ssl/certs/ca-certificates.crt')\n"
    found = slim(
        'FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD ["python", "app.py"]\n',
        MemoryContext({"app.py": source.encode()}),
        Options(target="python:3.13-slim"),
    )
    assert isinstance(found, Rewritten)
    assert not found.plan.assumptions


def test_a_server_may_start_whatever_lies_in_a_folder() -> None:
    """Which of it, a request says."""
    source = "import http.server\nclass H(http.server.CGIHTTPRequestHandler):\n    pass\n"
    assert [a.reason for a in _slim("python:3.13", source).plan.assumptions] == ["commands-unproven"]
    plain = "import http.server\nclass H(http.server.SimpleHTTPRequestHandler):\n    pass\n"
    assert not _slim("python:3.13", plain).plan.assumptions


@pytest.mark.parametrize(
    ("base", "source", "asks"),
    [
        ("python:3.13", "import subprocess\nsubprocess.run(['dpkg', '-s', 'git'])\n", True),
        ("python:3.13", "import os\nos.system('dpkg -l | wc -l')\n", True),
        ("node:20", "require('child_process').execSync('dpkg -s git');\n", True),
        ("ruby:3.1", "puts `dpkg -s git`\n", True),
        ("ruby:3.1", "system('dpkg', '--list')\n", True),
        ("python:3.13", "import subprocess\nsubprocess.run(['dpkg', '--print-architecture'])\n", False),
        ("ruby:3.1", "system('ls -s git')\n", False),
    ],
)
def test_which_packages_there_are(base: str, source: str, asks: bool) -> None:  # noqa: FBT001
    """The slim image has fewer; twins: other questions."""
    reasons = {a.reason for a in _slim(base, source, "").plan.assumptions}
    assert reasons == ({"command-differs"} if asks else set())


@pytest.mark.parametrize(
    ("base", "source", "again"),
    [
        ("python:3.13", "import subprocess\nsubprocess.run(['perl', name])\n", True),
        ("python:3.13", "import os\nos.system('ls | perl -MJSON::PP -ne 1')\n", True),
        ("ruby:3.1", "IO.popen(['perl', name])\n", True),
        ("node:20", "require('child_process').spawnSync('sh', ['-c', 'perl x.pl']);\n", True),
        ("python:3.13", "import subprocess\nsubprocess.run(['perl', '-ne', 'print'])\n", False),
        ("ruby:3.1", "system('perl -e 1')\n", False),
    ],
)
def test_perl_with_its_modules(base: str, source: str, again: bool) -> None:  # noqa: FBT001
    """The slim image has the essential ones; twins: who asks for no other."""
    assert ("install -y --no-install-recommends perl " in _slim(base, source, "").after) is again


@pytest.mark.parametrize(("base", "again"), [("node:20", True), ("ruby:3.1", True), ("python:3.13", False)])
def test_python_of_the_system(base: str, again: bool) -> None:  # noqa: FBT001
    """Images that are not slim have it, for Mercurial; twin: Python's own image has another one."""
    source = {
        "node:20": "require('child_process').spawnSync('python3', ['-c', 'print(1)']);\n",
        "ruby:3.1": "system('python3', '-c', 'print(1)')\n",
        "python:3.13": "import subprocess\nsubprocess.run(['python3', '-c', 'print(1)'])\n",
    }[base]
    found = _slim(base, source, "")
    assert ("install -y --no-install-recommends python3 " in found.after) is again
    assert not found.plan.assumptions


def test_a_slim_image_has_no_python_of_the_system() -> None:
    """Twin: nothing says that it was there."""
    text = 'FROM node:20-slim\nWORKDIR /app\nCOPY . .\nRUN npm install\nCMD ["node", "app.js"]\n'
    source = b"require('child_process').spawnSync('python3', ['-c', 'print(1)']);\n"
    found = slim(text, MemoryContext({"app.js": source, "package.json": b"{}"}), Options(target="node:20-slim"))
    assert "install -y --no-install-recommends python3" not in getattr(found, "after", "")
