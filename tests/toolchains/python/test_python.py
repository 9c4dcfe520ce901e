"""Python: where installers put things, what a start means, and what modules ask of the image."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.images import ImageFacts
from imgslim.model import Application, Declined, NeedKind, Project
from imgslim.records import replace
from imgslim.service import Options, read_project
from imgslim.syntax import read
from imgslim.toolchains.gathered import Gathered
from imgslim.toolchains.python import TOOLCHAIN
from imgslim.toolchains.python.asks import ASKS_USERS, BY_MODULE, is_worth_reading
from imgslim.toolchains.python.functions import LOOKED_AT
from imgslim.toolchains.python.installs import installs
from imgslim.toolchains.python.layout import layout
from imgslim.toolchains.python.needs import needs_of
from imgslim.toolchains.python.started import read_words
from tests.evidence_kit import contents, elf

_SITE = "/usr/local/lib/python3.12/site-packages"
_EVERYWHERE = {_SITE, "/usr/local/bin"}


def project(steps: str, files: dict[str, str] | None = None, base: str = "python:3.12") -> Project:
    """A project whose steps are ``steps``."""
    text = f'FROM {base}\nWORKDIR /app\n{steps}\nCMD ["python3", "app.py"]\n'
    found = read_project(read(text), MemoryContext({k: v.encode() for k, v in (files or {}).items()}), Options())
    assert isinstance(found, Project)
    assert isinstance(found.base, ImageFacts)
    return found


@pytest.mark.parametrize(
    ("steps", "trees"),
    [
        ("RUN pip install flask", _EVERYWHERE),
        ("RUN python3 -m pip install --no-cache-dir flask", _EVERYWHERE),
        ("RUN pip install --target=/deps flask", {"/deps"}),
        ("RUN pip install --prefix=/deps flask && cp -r /deps/. /usr/local/", {"/deps", *_EVERYWHERE}),
        ("RUN pip install --prefix=/deps flask\nRUN cp -a /deps/* /usr/local", {"/deps", *_EVERYWHERE}),
        ("RUN pip install --prefix=/deps flask && cp -r /deps /usr/local", {"/deps", "/usr/local/deps"}),
        ("RUN pip install --target=/deps flask && mv /deps /opt/deps", {"/opt/deps"}),
        ("RUN pip install --target=/deps flask && cp -r /other/. /usr/local/", {"/deps"}),
        ("RUN pip install --target=/deps flask && cp /deps/bin/flask /usr/local/bin/", {"/deps"}),
        ("RUN pip install -t deps flask", {"/app/deps"}),
        ("RUN pip install --prefix=/install flask", {"/install"}),
        ("RUN pip install --user flask", {"/root/.local"}),
        ("USER web\nRUN pip install flask", {"/home/web/.local"}),
        ("ENV PYTHONUSERBASE=/base\nRUN pip install --user flask", {"/base"}),
        ("RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask", {"/opt/venv"}),
        ("RUN python -m venv venv && . venv/bin/activate && pip install flask", {"/app/venv"}),
        ("RUN python -m venv /v\nENV PATH=/v/bin:$PATH\nRUN pip install flask", {"/v"}),
        ("RUN python -m venv /v\nRUN pip install flask", {"/v", *_EVERYWHERE}),
        ("RUN pip install poetry && poetry config virtualenvs.create false && poetry install", _EVERYWHERE),
        ("RUN POETRY_VIRTUALENVS_IN_PROJECT=1 poetry install", {"/app/.venv"}),
        ("RUN poetry install", {"/root/.cache/pypoetry/virtualenvs"}),
        ("RUN pipenv install --system --deploy", _EVERYWHERE),
        ("ENV PIPENV_VENV_IN_PROJECT=1\nRUN pipenv sync", {"/app/.venv"}),
        ("RUN pipenv install", {"/root/.local/share/virtualenvs"}),
        ("RUN uv sync --frozen", {"/app/.venv"}),
        ("ENV UV_PROJECT_ENVIRONMENT=/venv\nRUN uv sync", {"/venv"}),
        ("RUN uv pip install --system flask", _EVERYWHERE),
        ("RUN uv venv && uv pip install flask", {"/app/.venv"}),
        ("RUN pdm install --prod", {"/app/.venv"}),
        ("RUN python setup.py install", _EVERYWHERE),
        ("RUN pip download flask", set()),
        ("RUN pip --version", set()),
        ("RUN echo pip install flask", set()),
    ],
)
def test_where_installers_install(steps: str, trees: set[str]) -> None:
    """Each puts what it installs where its documentation says."""
    assert set(installs(project(steps)).trees) == trees


@pytest.mark.parametrize(
    ("steps", "only"),
    [
        ("RUN pip install flask && ls", {(0, 0)}),
        ("RUN pip install -t /deps flask && cp -r /deps /opt/deps", {(0, 0), (0, 1)}),
        ("RUN pip install -t /deps flask && sudo mv /deps /opt/deps", {(0, 0), (0, 1)}),
        ("RUN pip install flask && cp -r /deps /opt/deps", {(0, 0)}),
        ("COPY i.sh .\nRUN sh i.sh && cp -r /deps /opt/deps", {(1, 1)}),
        ("COPY i.sh .\nRUN sh i.sh && pip install flask", {(1, 1)}),
    ],
)
def test_which_commands_only_install(steps: str, only: set[tuple[int, int]]) -> None:
    """A copy does where all that it copies was installed, be it by a script; the script itself may do more."""
    found = project(steps, {"i.sh": "pip install --target=/deps flask\n"})
    assert {(step - 1, at) for step, at in TOOLCHAIN.find(found).build_commands} == only


@pytest.mark.parametrize(
    ("steps", "files", "trees"),
    [
        ("RUN pip install -r r.txt", {"r.txt": "\n# none yet\n"}, set()),
        ("RUN pip install --no-cache-dir -rr.txt", {"r.txt": ""}, set()),
        ("RUN pip install -r r.txt", {"r.txt": "--index-url https://x/\n-r s.txt\n", "s.txt": ""}, set()),
        ("RUN pip install -r r.txt", {"r.txt": "-r s.txt\n", "s.txt": "flask\n"}, _EVERYWHERE),
        ("RUN pip install -r r.txt", {"r.txt": "-r s.txt\n"}, _EVERYWHERE),
        ("RUN pip install -r r.txt flask", {"r.txt": ""}, _EVERYWHERE),
        ("RUN pip install -r r.txt -e ./lib", {"r.txt": ""}, _EVERYWHERE),
        ("RUN pip install -r r.txt", {"r.txt": "-e ./lib\n"}, _EVERYWHERE),
        ("RUN pip install -r r.txt", {}, _EVERYWHERE),
    ],
)
def test_files_that_ask_for_nothing_install_nothing(steps: str, files: dict[str, str], trees: set[str]) -> None:
    """Twins: one that asks for something in its turn, what stands beside it, and a file that nobody can read."""
    assert set(installs(project(f"COPY . .\n{steps}", files)).trees) == trees


@pytest.mark.parametrize(
    ("source", "stays"),
    [
        ("from importlib import metadata\n[d.metadata for d in metadata.distributions()]", True),
        ("import pkgutil\n[*pkgutil.iter_modules()]", True),
        ("import pkg_resources\nprint(pkg_resources.working_set)", True),
        ("import pip", True),
        ("from importlib import metadata\nmetadata.version('flask')", False),
    ],
)
def test_pip_stays_where_somebody_may_see_it(source: str, stays: bool) -> None:  # noqa: FBT001
    """What lists all that is installed lists it as well; twin: what asks for one distribution."""
    found = TOOLCHAIN.runs(
        ("python3", "app.py"), "/app", project("RUN pip install flask\nCOPY . .", {"app.py": source})
    )
    assert isinstance(found, Application)
    assert bool(found.preparations) is not stays


def test_sources_are_imported_from_where_they_lie() -> None:
    """Editable ones, by option, by file and by poetry."""
    files = {"requirements.txt": "-e ./lib\nflask # web\n-r more.txt\n", "more.txt": "gunicorn[gevent]==23 ; x\n"}
    found = installs(project("COPY . .\nRUN pip install -e /src && pip install -r requirements.txt", files))
    assert set(found.editable) == {"/src", "/app/lib"}
    assert found.requirements.names >= {"flask", "gunicorn"}
    assert set(found.requirements.files) == {"requirements.txt", "more.txt"}


def test_an_environment_of_another_installer_is_lost() -> None:
    """Where conda and uv's own interpreters go is not followed."""
    assert installs(project("RUN conda install flask")).lost
    assert installs(project("RUN uv python install 3.12")).lost
    assert not installs(project("RUN pip install flask")).lost


@pytest.mark.parametrize(
    ("base", "steps", "site", "packages"),
    [
        ("python:3.11.4-slim-bookworm", "", "/usr/local/lib/python3.11/site-packages", ()),
        ("python:3", "", "/usr/local/lib/python3.*/site-packages", ()),
        (
            "debian:bookworm",
            "RUN apt-get install -y python3 python3-pip python3-dev python3-numpy",
            "/usr/local/lib/python3.11/dist-packages",
            ("python3", "python3-numpy"),
        ),
        ("ubuntu:22.04", "RUN apt-get install -y python3-pip", "/usr/local/lib/python3.10/dist-packages", ("python3",)),
        (
            "alpine:3.20",
            "RUN apk add --no-cache python3~3.12 py3-pip python3-dev py3-numpy libpq",
            "/usr/lib/python3.*/site-packages",
            ("python3", "py3-numpy"),
        ),
        ("golang:1.22-alpine", "RUN apk add py3-pip", "/usr/lib/python3.*/site-packages", ("python3",)),
        ("alpine:3.8", "RUN apk add python py-pip", "/usr/lib/python2.7/site-packages", ("python",)),
        ("alpine:3.12", "RUN apk add python2", "/usr/lib/python2.7/site-packages", ("python2",)),
    ],
)
def test_where_an_image_has_its_python(base: str, steps: str, site: str, packages: tuple[str, ...]) -> None:
    """By the tag, by the release, or as a pattern."""
    found = layout(project(steps, base=base))
    assert found is not None
    assert (found.site, found.packages) == (site, packages)


def test_an_image_without_python_has_no_layout() -> None:
    """What nobody installed is nowhere."""
    assert layout(project("RUN apt-get install -y gcc", base="debian:bookworm")) is None
    assert layout(project("RUN apk add gcc", base="alpine:3.20")) is None
    assert layout(project("RUN apk add -t .d python3 && apk del .d", base="alpine:3.20")) is None


@pytest.mark.parametrize(
    ("words", "script", "module", "targets"),
    [
        ("python3 -u app.py --debug", "app.py", "", ()),
        ("python -W ignore -m shop.web", "", "shop.web", ()),
        ("python -m uvicorn main:app --host 0.0.0.0", "", "uvicorn", ("main",)),
        ("gunicorn -w 4 -b :8000 shop.wsgi:application", "", "", ("shop.wsgi",)),
        ("uvicorn --factory api.main:create_app", "", "", ("api.main",)),
        ("celery -A shop worker", "", "", ("shop",)),
        ("flask --app=web/app.py run", "web/app.py", "", ()),
        ("flask run", "", "", ("app",)),
        ("streamlit run page.py", "page.py", "", ()),
        ("poetry run gunicorn shop:app", "", "", ("shop",)),
        ("uv run --no-sync app.py", "", "", ()),
        ("uv run python app.py", "app.py", "", ()),
    ],
)
def test_what_a_start_means(words: str, script: str, module: str, targets: tuple[str, ...]) -> None:
    """Scripts, modules, and what well-known programs load."""
    found = read_words(tuple(words.split()))
    assert found is not None
    assert (found.script, found.module, found.targets) == (script, module, targets)


@pytest.mark.parametrize(
    ("source", "kind", "value"),
    [
        ("import subprocess as s\ns.run(['ffmpeg', '-i', x])", NeedKind.COMMAND, "ffmpeg"),
        ("from subprocess import check_output as out\nout('convert')", NeedKind.COMMAND, "convert"),
        ("import subprocess\nsubprocess.Popen(['git'] + more)", NeedKind.COMMAND, "git"),
        ("import subprocess\nsubprocess.run('tar x | gzip', shell=True)", NeedKind.COMMAND, "gzip"),
        ("import subprocess\nsubprocess.run(tool)", NeedKind.COMMAND, "*"),
        ("TOOL = 'nc'\nimport os\nos.execvp(TOOL, [TOOL])", NeedKind.COMMAND, "nc"),
        ("import os\nos.spawnlp(os.P_WAIT, 'cp', 'cp')", NeedKind.COMMAND, "cp"),
        ("import os\nos.system('ls -l')", NeedKind.SHELL, "/bin/sh"),
        ("import shutil\nshutil.which('dot')", NeedKind.COMMAND, "dot"),
        ("import shlex, subprocess\nsubprocess.run(shlex.split('du -s'))", NeedKind.COMMAND, "du"),
        ("import ctypes\nctypes.CDLL('libz.so.1')", NeedKind.PLUGIN, "libz.so.1"),
        ("import ctypes\nctypes.CDLL('/opt/x.so')", NeedKind.FILE, "/opt/x.so"),
        ("import ctypes.util\nctypes.util.find_library('magic')", NeedKind.PLUGIN, "*"),
        ("open('/srv/data.csv')", NeedKind.FILE, "/srv/data.csv"),
        ("from pathlib import Path\nPath('conf').read_text()\nopen('x')", NeedKind.FILE, "/app/conf"),
        ("open('/tmp/x', 'w')", NeedKind.TMP, ""),
        ("import tempfile", NeedKind.TMP, ""),
        ("from zoneinfo import ZoneInfo", NeedKind.TIME_ZONES, ""),
        ("import urllib.request", NeedKind.CERTIFICATES, ""),
        ("import locale\nlocale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')", NeedKind.LOCALE, "de_DE.UTF-8"),
        ("import os\nos.path.expanduser('~/x')", NeedKind.USERS, "home"),
        ("import socket\nsocket.getservbyname('https')", NeedKind.NAME_SERVICE, "services"),
        ("import socket\nsocket.getaddrinfo(host, 'https')", NeedKind.NAME_SERVICE, "services"),
        ("from socket import getaddrinfo as find\nfind('x.example', port=name)", NeedKind.NAME_SERVICE, "services"),
        ("import os, time\nos.environ['TZ'] = name\ntime.tzset()", NeedKind.TIME_ZONES, ""),
        ("import time\nprint(time.strftime('%H'))", NeedKind.TIME_ZONES, ""),
        ("from datetime import datetime as d\nprint(d.now())", NeedKind.TIME_ZONES, ""),
        ("import datetime\ndatetime.date.today()", NeedKind.TIME_ZONES, ""),
        ("import logging\nlogging.basicConfig(format='%(asctime)s %(message)s')", NeedKind.TIME_ZONES, ""),
        ("import platform\nplatform.freedesktop_os_release()", NeedKind.FILE, "/etc/os-release"),
        ("from ctypes import util\nutil.find_library('magic')", NeedKind.COMMAND, "/sbin/ldconfig"),
        ("import subprocess\nsubprocess.run(['./tool.sh'])", NeedKind.COMMAND, "./tool.sh"),
        ("import subprocess\nsubprocess.run(['bash', 'bin/tool.sh', x])", NeedKind.COMMAND, "bin/tool.sh"),
        ("import os\nos.system('sh tool.sh')", NeedKind.COMMAND, "./tool.sh"),
        ("import subprocess\nsubprocess.run(['nice', x])", NeedKind.COMMAND, "*"),
        ("import subprocess\nsp = subprocess\nsp.run(['git'])", NeedKind.COMMAND, "git"),
        ("import subprocess\nsubprocess.run(['x'], executable='/opt/git')", NeedKind.COMMAND, "/opt/git"),
        ("import subprocess\nsubprocess.run(['x'], executable=name)", NeedKind.COMMAND, "*"),
        ("exec('import os; os.system(x)')", NeedKind.COMMAND, "*"),
        ("open('/var/log/app.log', 'a')", NeedKind.FILE, "/var/log"),
        ("open('/var/log/app.log', mode=how)", NeedKind.FILE, "/var/log"),
    ],
)
def test_what_a_module_asks_for(source: str, kind: NeedKind, value: str) -> None:
    """Calls are followed by the full name of what is called."""
    gathered = Gathered()
    needs_of("/app/app.py", source.encode(), "/app", gathered)
    assert (kind, value) in gathered.needs


@pytest.mark.parametrize(
    "source",
    [
        "import sys, subprocess\nsubprocess.run([sys.executable, 'x.py'])",
        "eval('1 + 1')",
        "other = [1]\nsp = other\nsp.run(['git'])",
        "import subprocess\nsubprocess.run(['python3', 'x.py'])",
        "class subprocess2:\n    pass\nrun(['ffmpeg'])",
        "import mine\nmine.subprocess_run(['ffmpeg'])",
        "import subprocess\nsubprocess.run([sys.executable] + more)",
        "import locale\nlocale.setlocale(locale.LC_ALL, 'C')",
        "import ctypes\nctypes.CDLL(None)",
        "open('/dev/null')",
        "import time\ntime.sleep(1)\nnow(time.time())",
        "from datetime import datetime, UTC\ndatetime.now(UTC)\ndatetime.now(tz=UTC)\ndatetime.fromtimestamp(0, UTC)",
        "import logging\nlogging.basicConfig(format='%(message)s')\ntoday()",
        "import socket\nsocket.getaddrinfo(host, 80)\nsocket.getaddrinfo(host, '80')\nsocket.getaddrinfo(host, None)",
    ],
)
def test_what_asks_for_nothing(source: str) -> None:
    """The interpreter itself, what only looks like it, and what every image has."""
    gathered = Gathered()
    needs_of("/app/app.py", source.encode(), "/app", gathered)
    assert not gathered.needs
    assert not gathered.open_ends


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ("import sh\nprint(sh.git('log'))", {"git"}),
        ("import sh\nsh.git.log('-1')\nsh.apt_get('update')", {"git", "apt-get"}),
        ("import sh as run\nrun.Command('/opt/tool')()", {"/opt/tool"}),
        ("import sh\nsh.Command(name)()", {"*"}),
        ("import sh\ngetattr(sh, name)()", {"*"}),
        ("import sh\nx = " + "-" * 100_000 + "1", {"*"}),  # nests too deeply to be read
        ("from sh import git, Command, ErrorReturnCode\ngit()", {"git"}),
        ("from sh import *\nls()", {"*"}),
        ("from sh.contrib import git", {"git"}),
        ("from plumbum.cmd import grep, wc as count", {"grep", "wc"}),
        ("from plumbum import local, FG\nlocal['curl']['-s'] & FG\nlocal.cwd.chdir('/')", {"curl"}),
        ("from plumbum import local\nlocal[name]()", {"*"}),
        ("import plumbum\nplumbum.local.get('nc', 'ncat')\nplumbum.local.cmd.make()", {"nc", "ncat", "make"}),
        ("import sh\nwith sh.cd('/tmp'):\n    pass\ntry:\n    f()\nexcept sh.ErrorReturnCode:\n    pass", set()),
        ("from plumbum import cli, colors", set()),
        ("import mine\nmine.sh.git()", set()),
    ],
)
def test_programs_that_are_called_as_functions(source: str, programs: set[str]) -> None:
    """Names are programs, and what is computed may be any."""
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project("COPY . .", {"app.py": source + "\n"}))
    assert isinstance(found, Application)
    assert {n.value for n in found.needs if n.kind is NeedKind.COMMAND} == programs


def test_a_module_of_ones_own_by_that_name() -> None:
    """The project's own sh.py is no package of that name."""
    files = {"app.py": "import sh\nsh.git()\n", "sh.py": "def git():\n    pass\n"}
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project("COPY . .", files))
    assert isinstance(found, Application)
    assert not found.needs


def test_a_file_that_is_made_anew_is_no_need() -> None:
    """Its folder is; of one that is only read the folder is not."""
    for mode, wanted in (("w", "/srv/x"), ("xb", "/srv/x"), ("r", "/srv/x/y")):
        gathered = Gathered()
        needs_of("/app/app.py", f"open('/srv/x/y', {mode!r})".encode(), "/app", gathered)
        assert [n.value for n in gathered.needs.values()] == [wanted]


def test_what_is_no_python_3_is_said() -> None:
    """Python 2 can't be read."""
    gathered = Gathered()
    needs_of("/app/app.py", b"import subprocess\nprint 'hello'\n", "/app", gathered)
    assert "sources-unread" in gathered.open_ends


def test_imports_are_followed_and_no_others() -> None:
    """A module that nothing imports asks for nothing."""
    files = {
        "app.py": "from shop import web\n",
        "shop/__init__.py": "",
        "shop/web.py": "from . import mail\nfrom .deep.down import x\n",
        "shop/mail.py": "import subprocess\nsubprocess.run(['sendmail'])\n",
        "shop/deep/down.py": "import subprocess\nsubprocess.run(['dot'])\n",
        "shop/unused.py": "import subprocess\nsubprocess.run(['ffmpeg'])\n",
    }
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project("COPY . .", files))
    assert isinstance(found, Application)
    assert {n.value for n in found.needs} == {"sendmail", "dot"}
    assert [t.path for t in found.trees] == ["/app"]
    assert found.assumptions == ()
    assert not found.native


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import git", {"git"}),
        ("def late():\n    from git.repo import base\n", {"git"}),
        ("import flask, graphviz as g", {"dot"}),
        ("from wand.image import Image", {"*", "/sbin/ldconfig"}),
        # Another's package, one's own module of that name, and of that name within one's own package.
        ("import gitlab", set()),
        ("import magic", set()),
        ("from shop import pydub", set()),
        ("from . import git", set()),
    ],
)
def test_what_an_imported_package_starts(source: str, wanted: set[str]) -> None:
    """It may lie in the base image, where no instruction names it."""
    files = {"app.py": source, "magic.py": "", "shop/__init__.py": "", "shop/pydub.py": ""}
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project("COPY . .", files))
    assert isinstance(found, Application)
    assert {n.value for n in found.needs} == wanted
    assert all(n.why.startswith(f"/app/app.py:{1 + source.startswith('def')} imports ") for n in found.needs)


@pytest.mark.parametrize(
    ("argv", "packages", "programs"),
    [
        ("mkdocs serve", "mkdocs mkdocs_rss-plugin", {"git"}),
        ("mkdocs serve", "mkdocs mkdocs-material", set()),
        # A script says by its imports what it loads.
        ("python3 app.py", "mkdocs mkdocs-rss-plugin", set()),
    ],
)
def test_what_an_installed_program_may_load(argv: str, packages: str, programs: set[str]) -> None:
    """Its settings may come with a volume."""
    found = TOOLCHAIN.runs(
        tuple(argv.split()), "/app", project(f"RUN pip install {packages}\nCOPY . .", {"app.py": "import flask"})
    )
    assert isinstance(found, Application)
    assert {n.value for n in found.needs if n.kind is NeedKind.COMMAND} == programs


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [
        ("/srv/data/*.csv", "/srv/data"),
        ("/srv/[ab]/x", "/srv"),
        ("/srv/a.csv", "/srv/a.csv"),
        ("*.csv", ""),
        ("", ""),
    ],
)
def test_a_pattern_of_names(pattern: str, folder: str) -> None:
    """The folder that it is looked for in has to be there."""
    source = f"import glob\nglob.glob({pattern!r})\n"
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project("COPY . .", {"app.py": source}))
    assert isinstance(found, Application)
    assert {n.value for n in found.needs if n.kind is NeedKind.FILE} == ({folder} if folder else set())


def test_modules_that_are_loaded_by_computed_names_are_all_read() -> None:
    """Django, and whatever imports what settings say; tests are left out."""
    files = {
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x')\n",
        "x.py": "import subprocess\nsubprocess.run(['ffmpeg'])\n",
        "tests/test_x.py": "import subprocess\nsubprocess.run(['chromium'])\n",
    }
    found = TOOLCHAIN.runs(("python3", "manage.py"), "/app", project("COPY . .", files))
    assert isinstance(found, Application)
    assert {n.value for n in found.needs} == {"ffmpeg"}


@pytest.mark.parametrize(
    ("argv", "steps", "claimed"),
    [
        ("gunicorn app:app", "RUN pip install gunicorn", True),
        ("gunicorn app:app", "", False),
        ("nginx -g x", "RUN pip install gunicorn", False),
        ("shop serve", "RUN pip install shop", True),
        ("shop-admin list", "RUN pip install shop==2", True),
        ("shopping list", "RUN pip install shop", False),
        ("./serve.py", "COPY . .", True),
        ("./serve.sh", "COPY . .", False),
        ("bash -c x", "RUN pip install gunicorn", False),
        ("/opt/venv/bin/shop", "RUN python -m venv /opt/venv && /opt/venv/bin/pip install shop", True),
    ],
)
def test_which_starts_are_pythons(argv: str, steps: str, claimed: bool) -> None:  # noqa: FBT001
    """A console script is known by who asked for it, a file by its first line."""
    files = {"serve.py": "#!/usr/bin/env python3\n", "serve.sh": "#!/bin/sh\nexec python3 x\n"}
    found = TOOLCHAIN.runs(tuple(argv.split()), "/app", project(steps, files))
    assert isinstance(found, Application) is claimed


def test_an_interpreter_that_is_nowhere_known_is_refused() -> None:
    """No package and no family says where it is."""
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project("", base="golang:1.22"))
    assert isinstance(found, Declined)
    assert found.reason == "needs-command"


@pytest.mark.parametrize(
    ("links", "known"),
    [({}, True), ({"/usr/local/bin/uv": "/opt/other"}, False)],
)
def test_a_runner_starts_what_no_path_leads_to(links: dict[str, str], *, known: bool) -> None:
    """In the built image its program lies in an environment; the runner itself has to be there."""
    files = {"/app/app.py": 1, "/app/.venv/bin/uvicorn": 2} | ({} if links else {"/usr/local/bin/uv": 2})
    text = "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install uv && uv sync\nCMD uv run uvicorn app:app\n"
    built = contents(files, instructions=(2, 3), links=links)
    options = Options(evidence=Evidence(built))
    found = read_project(read(text), MemoryContext({"app.py": b"import fastapi"}), options)
    assert isinstance(found, Project)
    answer = TOOLCHAIN.runs(("uv", "run", "uvicorn", "app:app"), "/app", found)
    assert isinstance(answer, Application) is known
    if isinstance(answer, Application):
        assert {"/app", "/usr/local/bin"} <= {t.path for t in answer.trees}


@pytest.mark.parametrize(
    ("steps", "goes"),
    [
        ("RUN pip install mkdocs\nUSER web\nWORKDIR /docs", False),
        ("RUN apt-get update && apt-get install -y git; rm -rf /var/lib/apt\nRUN pip install x\nWORKDIR /docs", False),
        ("COPY more.txt /etc/\nRUN pip install mkdocs\nWORKDIR /docs", False),
        ("RUN pip install mkdocs\nRUN ./fill\nWORKDIR /docs", True),
        ("RUN pip install mkdocs && echo a > /docs/a\nWORKDIR /docs", True),
        ("RUN pip install mkdocs && $FILL\nWORKDIR /docs", True),
        ("RUN pip install mkdocs && pip install --target=/docs/lib x\nWORKDIR /docs", True),
        ("RUN pip install mkdocs\nWORKDIR /docs/site\nRUN pip list\nWORKDIR /docs", True),
        ("RUN pip install mkdocs\nCOPY mkdocs.yml /docs/\nWORKDIR /docs", True),
        ("RUN pip install mkdocs\nCOPY . /\nWORKDIR /docs", True),
        ("RUN pip install mkdocs\nCOPY --from=tree /out /\nWORKDIR /docs", True),
    ],
)
def test_a_folder_that_only_workdir_makes_is_not_taken_from_the_builder(steps: str, goes: bool) -> None:  # noqa: FBT001
    """Where a command that was not understood, or a COPY, may have filled it, it goes along."""
    text = f'FROM python:3.12\n{steps}\nENTRYPOINT ["mkdocs"]\n'
    files = {"mkdocs.yml": b"site_name: a\n", "more.txt": b"", "docs/index.md": b""}
    found = read_project(read(text), MemoryContext(files), Options())
    assert isinstance(found, Project)
    application = TOOLCHAIN.runs(("mkdocs",), "/docs", found)
    assert isinstance(application, Application)
    assert ("/docs" in {tree.path for tree in application.trees}) is goes


@pytest.mark.parametrize(("workdir", "own"), [("/", {"/app.py", "/data"}), ("/app", {"/app"})])
def test_sources_that_lie_at_the_root_are_taken_one_by_one(workdir: str, own: set[str]) -> None:
    """Poetry uses a project where it lies; the root of the image as a whole would be all of it."""
    files = {"app.py": "print(1)\n", "data/a.csv": "", "pyproject.toml": "[tool.poetry]\n"}
    found = project(f"WORKDIR {workdir}\nCOPY app.py ./\nCOPY data data/\nRUN poetry install", files)
    application = TOOLCHAIN.runs(("poetry", "run", "python", "app.py"), workdir, found)
    assert isinstance(application, Application)
    installed = "/root/.cache/pypoetry/virtualenvs"
    assert {tree.path for tree in application.trees if not tree.path.startswith(installed)} == own


@pytest.mark.parametrize(
    ("entry", "looked", "natives"),
    [
        ("uwsgi", None, ("*.so*", "uwsgi")),
        ("uwsgi", {"/usr/local/bin/uwsgi": True}, ("*.so*", "uwsgi")),
        ("gunicorn", None, ("*.so*",)),
        ("gunicorn", {"/usr/local/bin/gunicorn": False}, ("*.so*",)),
    ],
)
def test_what_an_installer_compiled_is_looked_through(
    entry: str, looked: dict[str, bool] | None, natives: tuple[str, ...]
) -> None:
    """A program of the machine's own has libraries, a script has none; the image shows which it is."""
    found = project(f"RUN pip install {entry}\nCOPY . .", {"app.py": ""})
    if looked is not None:
        path, compiled = next(iter(looked.items()))
        built = contents(
            {path: 2, "/usr/local/bin/python3.12": 0},
            instructions=(2, 3),
            elves={path: elf("libc.so.6")} if compiled else {},
            scripts={} if compiled else {path: "/usr/local/bin/python3.12"},
        )
        found = replace(found, evidence=Evidence(built, None))
    answer = TOOLCHAIN.runs((entry, "app:app"), "/app", found)
    assert isinstance(answer, Application)
    assert answer.natives == natives
    assert [t.native for t in answer.trees if t.path == "/usr/local/bin"] == [len(natives) > 1]


@pytest.mark.parametrize(
    "name", sorted(LOOKED_AT | {name if "." in name else f"os.path.{name}" for name in ASKS_USERS})
)
def test_a_module_that_asks_for_something_is_read(name: str) -> None:
    """What spares other modules the reading knows each name of the tables."""
    assert is_worth_reading(f'{name}("/opt/data")\n'.encode())


@pytest.mark.parametrize("module", sorted(BY_MODULE))
def test_a_module_that_imports_what_asks_is_read(module: str) -> None:
    """In both ways to import it."""
    above, _, name = module.rpartition(".")
    assert is_worth_reading(f"import {module}\n".encode())
    assert not above or is_worth_reading(f"from {above} import {name}\n".encode())


@pytest.mark.parametrize("text", ["x = 1\n", "app.get('/items')\n", "from httpx2 import a\n"])
def test_any_other_is_not(text: str) -> None:
    """Files of the program's own folder go along with it; a route is no file."""
    assert not is_worth_reading(text.encode())


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("import os\nprint(os.environ['HOME'])\n", True),
        ("import os\nprint(os.getenv('HOME', '/'))\n", True),
        ("import pathlib\nM = pathlib.Path.home() / 'models'\n", True),
        ("from pathlib import Path\nM = Path('~/models').expanduser()\n", True),
        ("import os\nos.system('ls $HOME/x')\n", True),
        ("import os\nprint(os.environ['HOMEPAGE'])\n", False),
        ("HOME = 1\n", False),
    ],
)
def test_who_asks_for_the_home_folder(text: str, asks: bool) -> None:  # noqa: FBT001  (a table's column)
    """By its variable or by a function: Docker sets it by /etc/passwd."""
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project("COPY . .", {"app.py": text}))
    assert isinstance(found, Application)
    assert any((n.kind, n.value) == (NeedKind.USERS, "home") for n in found.needs) is asks


@pytest.mark.parametrize(
    ("steps", "files", "where"),
    [
        ("COPY . .\nRUN python setup.py build_ext --inplace", {"fast.c": "", "setup.py": ""}, "/app/fast.c"),
        ("COPY . .\nRUN cythonize -i fast.pyx", {"fast.pyx": ""}, "/app/fast.pyx"),
        ("COPY . .\nRUN cd lib && c++ -shared -o fast.so fast.cpp", {"lib/fast.cpp": ""}, "/app/lib/fast.cpp"),
        ("COPY . .", {"fast.cpython-312-x86_64-linux-gnu.so": ""}, "/app/fast.cpython-312-x86_64-linux-gnu.so"),
        ("COPY . .", {"lib/libfast.so.1.2": ""}, "/app/lib/libfast.so.1.2"),
        ("COPY . .", {"fast.c": ""}, ""),
        ("COPY . .\nRUN make docs", {"notes.txt": ""}, ""),
    ],
)
def test_modules_of_machine_code_are_linked_with_libraries(steps: str, files: dict[str, str], where: str) -> None:
    """What lies in the program's own folder, or is made there, is looked through like what was installed."""
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project(steps, {"app.py": "import fast\n", **files}))
    assert isinstance(found, Application)
    assert found.native is bool(where)
    assert [t.native for t in found.trees if t.path == "/app"] == [bool(where)]
    assert [a.message.split()[0] for a in found.assumptions if "no Python" in a.message] == ([where] if where else [])


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("import tkinter\n", True),
        ("import importlib\ntk = importlib.import_module('tkinter')\n", True),
        ("from turtle import forward\n", True),
        ("import turtles\n", False),
        ("import json\n", False),
    ],
)
def test_windows_take_libraries_that_a_slim_image_lacks(text: str, asks: bool) -> None:  # noqa: FBT001  (a table's column)
    """The interpreter's own module is linked with Tcl and Tk."""
    found = TOOLCHAIN.runs(("python3", "app.py"), "/app", project("COPY . .", {"app.py": text}))
    assert isinstance(found, Application)
    libraries = {n.value for n in found.needs if n.kind is NeedKind.PLUGIN}
    assert libraries == ({"libtcl8.6.so", "libtk8.6.so"} if asks else set())


@pytest.mark.parametrize(
    "steps",
    [
        "COPY . .\nRUN pip install . && rm -rf /app/*",
        "COPY . /src\nRUN pip install /src && rm -r /src",
        "COPY . /src\nRUN cd /src && python setup.py install && cd / && rm -rf /src",
    ],
)
def test_what_an_installer_read_counts_though_it_is_gone(steps: str) -> None:
    """A step may take the sources away after it has installed them."""
    pyproject = '[project]\nname = "tool"\ndependencies = ["pdf2image"]\n[project.scripts]\ntool = "tool:main"\n'
    asked = installs(project(steps, {"pyproject.toml": pyproject})).requirements
    assert "pdf2image" in asked.names
    assert asked.scripts == {"tool": "tool:main"}
