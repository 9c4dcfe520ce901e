"""What a file says: imports, calls, paths."""

from __future__ import annotations

import pytest

from imgslim.toolchains.node.scan import SELF, Path, read_script


def _imports(text: str) -> list[str | None]:
    return [i.name for i in read_script(text).imports()]


def _calls(text: str) -> list[tuple[str, str, tuple[Path | None, ...] | None]]:
    return [
        (u.module, u.name, u.arguments) for u in read_script(text, "/app/x.js").uses() if u.module not in ("", "path")
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a, { b as c } from 'm'", ["m"]),
        ("import 'm'; import * as n from \"n\"", ["m", "n"]),
        ("import type { T } from 'types'", []),
        ("export { a } from './a'; export * from './b'", ["./a", "./b"]),
        ("const a = require('m'), b = require(`n`)", ["m", "n"]),
        ("require.resolve('m'); x.require('no'); await import('o')", ["m", "o"]),
        ("require(name); import(x + '.js')", [None, None]),
        ("require(__dirname + '/lib/a')", ["./lib/a"]),
        ("const path = require('path'); require(path.join(__dirname, '..', 'a'))", ["path", "./../a"]),
        ("const from = 'x'; // require('no')", []),
        ("let s = 'require(\"no\")'", []),
    ],
)
def test_imports(text: str, names: list[str | None]) -> None:
    """Modules by every way to load one; None where the name is computed."""
    assert _imports(text) == names


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("const { exec } = require('child_process'); exec('ls')", ("child_process", "exec", (Path("ls"),))),
        ("const cp = require('node:child_process'); cp.spawn('a')", ("child_process", "spawn", (Path("a"),))),
        ("import { spawn as run } from 'child_process'; run('a')", ("child_process", "spawn", (Path("a"),))),
        ("import * as fs from 'fs'; fs.promises.readFile('a')", ("fs", "promises.readFile", (Path("a"),))),
        ("const r = require('fs').readFileSync; r('a')", ("fs", "readFileSync", (Path("a"),))),
        ("require('fs').readFileSync('a')", ("fs", "readFileSync", (Path("a"),))),
        (
            "const cp = __importStar(require('child_process')); (0, cp.execSync)('a')",
            ("child_process", "execSync", (Path("a"),)),
        ),
        (
            "const { exec } = require('child_process'); const run = require('util').promisify(exec); run('a')",
            ("child_process", "exec", (Path("a"),)),
        ),
        ("const e = __importDefault(require('express')); e.default.static('p')", ("express", "static", (Path("p"),))),
        ("const cp = require('child_process'); cp.exec(`ls ${x}`)", ("child_process", "exec", (None,))),
        ("const cp = require('child_process'); cp.execFile(process.execPath)", ("child_process", "execFile", (SELF,))),
    ],
)
def test_calls(text: str, call: tuple[str, str, tuple[Path | None, ...]]) -> None:
    """A function is known under every name that the file gives it."""
    assert call in _calls(text)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a/b'", Path("a/b")),
        ("__dirname + '/a'", Path("a", here=True)),
        ("`${__dirname}/a`", Path("a", here=True)),
        ("path.join(__dirname, '/a', 'b')", Path("a/b", here=True)),
        ("path.resolve(__dirname, '..', 'b')", Path("../b", here=True)),
        ("path.resolve(__dirname, '/b')", Path("/b")),
        ("path.join(process.cwd(), 'a')", Path("a")),
        ("process.env.A || './a'", Path("./a")),
        ("process.env.A ?? base + 'x'", None),
        ("base || 'a'", None),
        ("new URL('./a', import.meta.url)", Path("a", here=True)),
        ("fileURLToPath(new URL('a', import.meta.url))", Path("a", here=True)),
        ("path.join(path.dirname(fileURLToPath(import.meta.url)), 'a')", Path("a", here=True)),
        ("path.join(import.meta.dirname, 'a')", Path("a", here=True)),
        ("path.normalize('a/../b')", Path("b")),
        ("DIR + '/x'", Path("data/x")),
        ("path.join(base, 'a')", None),
        ("f('a')", None),
        ("a ? 'b' : 'c'", None),
        ("('a' as string)!", None),
    ],
)
def test_paths(expression: str, value: Path | None) -> None:
    """Paths are put together as node's own functions do it; what is computed is None."""
    text = (
        "import fs from 'fs'; import path from 'path'; import { fileURLToPath } from 'url';\n"
        f"const DIR = 'data'; fs.readFile({expression})"
    )
    assert [a for m, n, a in _calls(text) if n == "readFile"] == [(value,)]


def test_a_name_with_two_values_is_none() -> None:
    """Only a variable that is set once stands for its value."""
    text = "const fs = require('fs'); let a = 'x'; a = 'y'; fs.readFile(a)"
    assert [a for _, n, a in _calls(text) if n == "readFile"] == [(None,)]


def test_mentions_that_are_no_calls() -> None:
    """A function that is handed on is noted without arguments; where it is bound, it is not used."""
    text = "const { exec } = require('child_process'); each(exec); x = { exec: 1 }"
    assert [a for _, n, a in _calls(text) if n == "exec"] == [None]
