"""What names of a module may stand for, where a program is started by them."""

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from imgslim.toolchains.gathered import Gathered
from imgslim.toolchains.python.needs import needs_of


def _programs(source: str) -> set[str]:
    gathered = Gathered()
    needs_of("/app/app.py", source.encode(), "/app", gathered)
    assert not gathered.open_ends
    return {value for kind, value in gathered.needs if kind is NeedKind.COMMAND}


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        # Several values.
        ("c = 'jq .'\nif x:\n    c = 'dot a'\nos.system(c)", {"jq", "dot"}),
        ("def f():\n    os.system(c)\nc = 'jq .'", {"jq"}),
        ("def f():\n    c = 'jq .'\n    os.system(c)\ndef g():\n    c = 'dot'\n    os.system(c)", {"jq", "dot"}),
        ("c = 'jq'\ndef f(c):\n    os.system(c)", {"*"}),
        ("def f(c='jq'):\n    os.system(c)", {"jq", "*"}),
        ("c = 'jq'\nc += name\nos.system(c)", {"jq", "*"}),
        ("for c in ('jq', 'dot'):\n    run([c])", {"jq", "dot"}),
        ("for c in names:\n    run([c])", {"*"}),
        ("[run([c, x]) for c in ['jq']]", {"jq"}),
        ("a, (b, *c) = 'jq', ('dot', 'nc')\nos.system(a)\nos.system(b)", {"jq", "dot"}),
        ("a, *b = 'jq', 'dot'\nos.system(b)", {"*"}),
        ("a, b = 'jq', 'dot'\nos.system(b)", {"dot"}),
        ("a, b = pair\nos.system(b)", {"*"}),
        ("if (c := 'jq'):\n    os.system(c)", {"jq"}),
        ("c: str = 'jq'\nos.system(c)", {"jq"}),
        ("c: str\nos.system(c)", {"*"}),
        ("with x as c:\n    os.system(c)", {"*"}),
        ("match x:\n    case 'a' as c:\n        os.system(c)", {"*"}),
        ("def f():\n    global c\n    c = 'jq'\nc = 'dot'\nos.system(c)", {"jq", "dot"}),
        ("def f():\n    c = 'jq'\n    def g():\n        nonlocal c\n        c = x\n    os.system(c)", {"jq", "*"}),
        ("class A:\n    c = 'jq'\n    def f(self):\n        os.system(c)\nc = 'dot'", {"dot"}),
        ("class A:\n    c = 'jq'\n    os.system(c)\nc = 'dot'", {"jq"}),
        ("c = c\nos.system(c)", {"*"}),
        ("a = 'jq'\nb = a\nc = b\nos.system(c)", {"jq"}),
        ("\n".join(f"c = 'p{n}'" for n in range(20)) + "\nos.system(c)", {"*"}),
        ("from conf import c\nos.system(c)", {"*"}),
        # Lists.
        ("c = ['jq']\nc.append(x)\nrun(c)", {"jq"}),
        ("c = ['jq']\nc += [x]\nrun(c)", {"jq"}),
        ("c = ['nice']\nc.append(x)\nrun(c)", {"nice", "*"}),
        ("c = []\nc.append('jq')\nrun(c)", {"*"}),
        ("c = ['jq']\nc = c + [x]\nrun(c)", {"jq", "*"}),
        ("run([*words])", {"*"}),
        # Functions that are handed on.
        ("r = subprocess.run\nr(['jq'])", {"jq"}),
        ("functools.partial(run, ['jq'])()", {"jq"}),
        ("asyncio.to_thread(subprocess.run, ['jq', x])", {"jq"}),
        ("pool.submit(os.system, 'jq . | dot')", {"jq", "dot"}),
        ("pool.submit(os.spawnlp, os.P_WAIT, 'jq')", {"jq"}),
        ("list(map(run, [['jq']]))", {"*"}),
        ("f = {'a': subprocess.run}", {"*"}),
        ("threading.Thread(target=os.system, args=('jq',))", {"*"}),
        ("self.run = run", {"*"}),
        ("class P(subprocess.Popen):\n    pass", {"*"}),
        ("getattr(os, 'system')('jq')", {"*"}),
        ("getattr(subprocess, name)('jq')", {"*"}),
        ("loop.subprocess_exec(P, 'jq', x)", {"jq"}),
        ("loop.subprocess_shell(P, 'jq . | dot')", {"jq", "dot"}),
        ("asyncio.subprocess.create_subprocess_exec('jq')", {"jq"}),
        ("shutil.which('jq')", {"jq"}),
        ("shutil.which(name)", {"*"}),
        ("for c in ('jq', 'dot'):\n    shutil.which(c)", {"jq", "dot"}),
        (f"for c in {tuple(f'p{n}' for n in range(20))}:\n    shutil.which(c)", {"*"}),
        # Modules that a call imports.
        ("__import__('os').system('jq')", {"jq"}),
        ("import importlib\nimportlib.import_module('subprocess').run(['jq'])", {"jq"}),
        ("import importlib as i\ns = i.import_module('subprocess')\ns.call(['jq'])", {"jq"}),
        ("from importlib import import_module\nn = 'os'\no = import_module(n)\no.popen('jq')", {"jq"}),
        ("import distutils.spawn\ndistutils.spawn.find_executable('jq')", {"jq"}),
        ("import importlib\nimportlib.import_module('sub' + 'process').run(['jq'])", {"jq"}),
        ("getattr(os, 'sys' + 'tem')('jq')", {"*"}),
        ("os.system('jq' + ' .')", {"jq"}),
        ("os.system('jq ' + name)", {"*"}),
        # Of a library that is opened as a whole, and by others of Python's.
        ("import ctypes\nctypes.CDLL(None).system(b'jq')", {"*"}),
        ("from ctypes import CDLL\nc = CDLL('libc.so.6')\nc.execvp(b'jq', 0)", {"*"}),
        ("sys.modules['os'].popen('jq')", {"*"}),
        ("import imaplib\nimaplib.IMAP4_stream('jq .')", {"jq"}),
        ("import webbrowser\nwebbrowser.get('jq %s').open('a')", {"jq"}),
        ("import webbrowser\nwebbrowser.get(name).open('a')", {"*"}),
        # Code.
        ("exec(sys.argv[1])", {"*"}),
        ("eval(f'{x} + 1')", {"*"}),
        ("c = 'a'\nc += x\nexec(c)", {"*"}),
        ("builtins.exec(compile(text, 'a', 'exec'))", {"*"}),
        ("import code\ncode.interact()", {"*"}),
    ],
)  # fmt: skip
def test_every_value_counts(source: str, programs: set[str]) -> None:
    """A name is any of the values that its scope gives it, and any program where one of them is not literal."""
    assert (
        _programs(f"import asyncio, functools, os, shutil, subprocess\nfrom subprocess import run\n{source}\n")
        == programs
    )


@pytest.mark.parametrize("module", ["subprocess", "os"])
def test_everything_imported(module: str) -> None:
    """``from … import *`` binds the functions of the module, and of no other."""
    source = f"from {module} import *\nrun(['jq'])\nsystem('dot')\n"
    assert _programs(source) == {"jq" if module == "subprocess" else "dot"}


@pytest.mark.parametrize(
    "source",
    [
        "def f(p: subprocess.Popen) -> subprocess.Popen:\n    p.wait()\n    return p",
        "isinstance(p, subprocess.Popen)\nisinstance(p, (int, subprocess.Popen))",
        "try:\n    pass\nexcept subprocess.CalledProcessError as e:\n    raise",
        "def run(x):\n    pass",
        "class run:\n    run = 1",
        "f(run=1)\nx.run = 2\nx.run()",
        "getattr(os, 'environ')\ngetattr(x, 'system')",
        "p: 'subprocess.Popen'",
        "def f(run):\n    pass",
        "p = subprocess.Popen([sys.executable])\nwatch(p)",
        "exec('a = 1')\neval('1 + 2')",
        "import importlib\nimportlib.import_module('shop').run(['jq'])\n__import__(name).run(['jq'])",
        "exec(open(name).read())\nexec(compile(Path(name).read_text(), name, 'exec'))",
        "import ctypes, platform\nctypes.CDLL('libc.so.6').getpid()\nplatform.system()",
        "import ctypes\nclass A:\n    def system(self):\n        self.system()",
        "host.system('jq')",
        "import webbrowser\nwebbrowser.get('firefox').open('a')\nwebbrowser.open('a')",
        "model.eval(x)\nframe.eval(f'a + {x}')\nast.literal_eval(x)\nself.exec(x)",
    ],
)
def test_what_only_names_it(source: str) -> None:
    """A type, an attribute, a parameter or a name of the same letters starts nothing."""
    assert _programs(f"import os, subprocess, sys\nfrom subprocess import run\n{source}\n") == set()
