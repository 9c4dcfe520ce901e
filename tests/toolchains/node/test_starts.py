"""Programs that a file starts: by every function, under every name, however the module is loaded."""

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from tests.toolchains.node.support import needs


def _programs(source: str) -> set[str]:
    return {value for kind, value in needs(source) if kind is NeedKind.COMMAND}


@pytest.mark.parametrize(
    "source",
    [
        "const execa = require('execa'); execa('git', ['log'])",
        "import execa from 'execa'; execa('git')",
        "import execa from 'execa'; execa.sync('git')",
        "import { execa } from 'execa'; execa('git')",
        "import * as execa from 'execa'; execa.execa('git')",
        "require('execa')('git')",
        "require('execa').command('git log')",
        "import { $ } from 'execa'; await $`git log`",
        "import { execaCommandSync } from 'execa'; execaCommandSync('git log')",
        "const spawn = require('cross-spawn'); spawn('git', ['a'])",
        "const { cmd } = require('shelljs'); cmd('git', 'log')",
        "const sh = require('shelljs'); if (!sh.which('git')) sh.exit(1)",
        "const { exec } = require('child-process-promise'); exec('git log')",
        "import { execFile } from 'promisify-child-process'; execFile('git')",
        "const cmd = require('node-cmd'); cmd.run('git log')",
        "import { x } from 'tinyexec'; await x('git', ['log'])",
        "import spawn from 'nano-spawn'; await spawn('git')",
        "import * as pty from 'node-pty'; pty.spawn('git', [])",
        "const which = require('which'); which.sync('git')",
        "import git from 'simple-git'; git().log()",
        # However the module is loaded.
        "const cp = await import('child_process'); cp.exec('git')",
        "const { exec } = await import('node:child_process'); exec('git')",
        "(await import('child_process')).execSync('git')",
        "import('child_process').then(({ exec }) => exec('git'))",
        "import('child_process').then(cp => cp.exec('git'))",
        "const cp = process.getBuiltinModule('child_process'); cp.exec('git')",
        "var cp = __toESM(require('child_process'), 1); cp.exec('git')",
        "class A { constructor() { this.cp = require('child_process') } go() { this.cp.exec('git') } }",
        "class A { cp = require('child_process'); go() { this.cp.exec('git') } }",
        # Under more names.
        "const cp = require('child_process'); const { exec } = cp; exec('git')",
        "const cp = require('child_process'); const run = cp.exec; run('git')",
        "const run = require('util').promisify(require('child_process').exec); run('git')",
        "const cp = require('child_process'); cp['exec']('git')",
        "const cp = require('child_process'); cp.exec.call(null, 'git')",
        "require('execa').call(this, 'git', ['log'])",
        "process.mainModule.require('child_process').exec('git')",
        "module.require('child_process').exec('git')",
        # Named by a constant.
        "const cp = require('child_process'); const CMD = 'git'; cp.spawn(CMD)",
        "const cp = require('child_process'); const A = ['git', 'log']; cp.spawn(A[0], A.slice(1))",
        "const cp = require('child_process'); const C = { git: 'git', n: 1 }; cp.spawn(C.git)",
        "const cp = require('child_process'); const C = { 'g': 'git' }; cp.spawn(C['g'])",
        "const cp = require('child_process'); cp.execSync(['git', 'log'].join(' '))",
        # Handed on by a function of the file.
        "const cp = require('child_process'); function run(c) { return cp.execSync(c) } run('git log')",
        "const cp = require('child_process'); const run = (a, c) => cp.exec(c); run(1, 'git'); run(2, 'git log')",
        "const cp = require('child_process'); const run = async c => { if (c) { cp.exec(c) } }; run('git')",
        "const cp = require('child_process'); const run = function (c: string): Promise<X> { cp.exec(c) }; run('git')",
        "import { exec } from 'child_process'; function run(c) { return new Promise(f => exec(c, f)) } run('git')",
    ],
)
def test_the_one_program(source: str) -> None:
    """It is known by its name, and nothing else is started."""
    assert _programs(source) == {"git"}


@pytest.mark.parametrize(
    "source",
    [
        "const x = { run: require('child_process').exec }; x.run('git')",
        "const x = { cp: require('child_process') }; x.cp.exec('git')",
        "exports.cp = require('child_process')",
        "export * from 'child_process'",
        "export { exec } from 'node:child_process'",
        "const cp = () => require('child_process')",
        "promisifyAll(require('child_process'))",
        "const cp = require('child' + '_process'); cp.exec('git')",
        "const M = 'node:child_process'; const cp = require(M); cp.exec('git')",
        "const M = 'child_process'; import(M).then(cp => cp.exec('git'))",
        "Promise.all([import('child_process')]).then(go)",
        "import('child_process').then(go)",
        "require('shelljs/global'); exec('git log')",
        "import 'shelljs/global'; exec('git log')",
        "const cp = require('child_process'); const A = ['git']; A[0] = x; cp.spawn(A[0])",
        "const cp = require('child_process'); const A = ['git']; A.unshift(x); cp.spawn(A[0])",
        "const cp = require('child_process'); const A = [...x, 'git']; cp.spawn(A[1])",
        "const cp = require('child_process'); let C = { git: 'git' }; C = y; cp.spawn(C.git)",
        "const cp = require('child_process'); const C = { git: 'git' }; Object.assign(C, y); cp.spawn(C.git)",
        "const cp = require('child_process'); cp.execSync([tool, 'log'].join(' '))",
        # Handed on by a function that others may call, or of another value.
        "const cp = require('child_process'); function run(c) { cp.exec(c) } run('git'); run(x)",
        "const cp = require('child_process'); function run(c) { cp.exec(c) } run('git'); each(run)",
        "const cp = require('child_process'); function run(c) { cp.exec(c) } run('git'); module.exports = { run }",
        "const cp = require('child_process'); function run(c) { cp.exec(c) }",
        "const cp = require('child_process'); function run(c = 'git') { cp.exec(c) } run()",
        "const cp = require('child_process'); function run(c) { c = x; cp.exec(c) } run('git')",
        "const cp = require('child_process'); function run(c) { x.map(c => cp.exec(c)) } run('git')",
        "const cp = require('child_process'); function run(c) { x.map(function (c) { cp.exec(c) }) } run('git')",
        "const cp = require('child_process'); function run(c) { const { c } = x; cp.exec(c) } run('git')",
        "const cp = require('child_process'); exports.run = (c) => cp.exec(c); exports.run('git')",
        "import cp from 'child_process'; export default async function run(c) { cp.exec(c) } run('git')",
        "import cp from 'child_process'; export const run = (c) => cp.exec(c); run('git')",
        "const cp = require('child_process'); const run = cp.exec.bind(cp); run('git')",
        "const cp = require('child_process'); cp.exec.apply(cp, ['git'])",
        "const cp = require('child_process'); cp[name]('git')",
        "const cp = require('child_process'); promisifyAll(cp).execAsync('git')",
        "eval(process.argv[2])",
        "y = x ? eval(x) : { a: 1 }",
        "if (x) eval(x)\n{ a() }",
        "const f = new Function('a', body); f(1)",
        "const vm = require('vm'); vm.runInThisContext(code)",
        "const { Script } = require('node:vm'); new Script(code, { filename: 'a.js' }).runInThisContext()",
        "const cp = require('child_process'); let run = (c) => cp.exec(c); run = (c) => cp.exec(c + x); run('git')",
    ],
)
def test_any_program(source: str) -> None:
    """Where its use is not followed, or what the constant holds may change."""
    assert _programs(source) == {"*"}


def test_names_in_a_line_that_is_computed_in_part() -> None:
    """They are started, and so may others be."""
    source = "const cp = require('child_process'); cp.exec(`git -C ${folder} log | jq ${filter}`)"
    assert _programs(source) == {"git", "jq", "*"}
    assert _programs("const cp = require('child_process'); cp.exec(`${tool} -C x`)") == {"*"}


@pytest.mark.parametrize(
    "source",
    [
        "const M = 'pa' + 'th'; require(M).join('a')",
        "const fs = require('fs'); const { join } = require('path'); fs.existsSync(join('a', 'b'))",
        "const { ChildProcess } = require('child_process'); let p = 1",
        "import { ChildProcess } from 'child_process'; let p: ChildProcess",
        "import type { ExecOptions } from 'child_process'; let o: ExecOptions",
        "export { exec } from './own.js'; export const x = 'child_process'",
        "const db = require('./db'); db.exec('select 1'); this.exec('git')",
        "class A { exec(x) { return 1 } go() { this.exec('git') } }",
        "const { $ } = require('jquery'); $`git`",
        "const db = require('./db'); db['exec']('select 1'); db.exec.call(db, 'git'); db.exec.bind(db)",
        "const cp = require('child_process'); cp.fork('x.js'); x instanceof cp.ChildProcess",
        "x.require('fs').readFileSync('y'); module.require('path').join('child_process', 'exec')",
        "x = { fs: require('fs') }; exports.path = require('path')",
        "import { execaNode } from 'execa'; execaNode('x.js')",
        "const cp = require('child_process'); cp.spawn(process.execPath, ['x.js'])",
        "eval('1 + 2'); new Function('a', 'return a'); x.eval(y); function eval2(x) {}; eval2(x)",
        "const f: Function = go; if (f instanceof Function) { f(x) }",
        "const vm = require('vm'); vm.runInNewContext(code, { a: 1 })",
        "class A { eval(x) { return x } go() { this.eval(y) } }",
        "class A { private x = 1; eval(x: N, y: M): N { return f(x) } eval() { } }",
    ],
)
def test_none(source: str) -> None:
    """Types, own files, methods of other things, and node itself are no programs."""
    assert _programs(source) == set()
