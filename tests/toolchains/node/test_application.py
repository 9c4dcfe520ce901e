"""What node runs, what goes along with it, and what both need."""

from __future__ import annotations

import pytest

from imgslim.model import Application, Declined, NeedKind
from imgslim.toolchains.node import TOOLCHAIN
from tests.evidence_kit import contents
from tests.toolchains.node.support import BUILD, application, needs, package, read, reasons

_LOCK = (
    """{"lockfileVersion": 3, "packages": {"": {}, "node_modules/express": {}, "node_modules/lint": {"dev": true}}}"""
)
_FILES = {
    "package.json": package(dependencies={"express": "4"}),
    "package-lock.json": _LOCK,
    "x.js": "require('express')",
}
_TS = {
    "package.json": package(),
    "package-lock.json": _LOCK,
    "tsconfig.json": '{"extends": "./base.json", "compilerOptions": {"rootDir": "src", /* where */},}',
    "base.json": '{"compilerOptions": {"outDir": "./dist"}}',
    "src/x.ts": "import { y } from './y.js'; import type { T } from 'lint'",
    "src/y.ts": "export const y: number = 1",
}


def test_the_folder_goes_along() -> None:
    """With node_modules and all that the build made in it; development's packages are left out."""
    app = application(_FILES)
    assert [t.path for t in app.trees] == ["/app"]
    assert [p.shell for p in app.preparations] == ["npm prune --omit=dev"]
    assert (app.interpreter, app.native, reasons(app)) == ("node", False, ["modules-unread"])


@pytest.mark.parametrize(
    ("put", "trees"),
    [
        ("mv node_modules /node_modules", ["/app", "/node_modules"]),
        ("mv /app/node_modules /", ["/app", "/node_modules"]),
        ("cp -r node_modules /srv/node_modules", ["/app", "/srv/node_modules"]),
        # Within the folder, away again, and of other files.
        ("mv node_modules vendor", ["/app"]),
        ("mv node_modules /tmp/x && mv /tmp/x node_modules", ["/app"]),
        ("cp x.js /y.js", ["/app"]),
    ],
)
def test_packages_that_a_step_puts_elsewhere_go_along(put: str, trees: list[str]) -> None:
    """Node looks for them in every folder above; nothing is pruned that lies elsewhere than npm looks."""
    app = application(_FILES, build=f"{BUILD}RUN {put}\n")
    assert [t.path for t in app.trees] == trees
    assert bool(app.preparations) is (len(trees) == 1)


@pytest.mark.parametrize(
    ("files", "build"),
    [
        ({"x.js": "require('lint')"}, BUILD),
        ({"x.js": "require(name)"}, BUILD),
        ({"x.js": "require('./gone')"}, BUILD),
        ({"x.js": "require('child_process').exec('lint')"}, BUILD),
        ({"x.js": "require('child_process').spawn('lint')"}, BUILD),
        ({"x.js": "process.env.npm_config_x"}, BUILD),
        ({}, BUILD.replace("npm ci", "npm ci --omit=dev")),
        ({}, BUILD.replace("RUN", "ENV NODE_ENV=production\nRUN")),
        ({}, BUILD.replace("npm ci", "NODE_ENV=production npm ci")),
        ({}, BUILD.replace("npm ci", "yarn install")),
        ({}, BUILD.replace("RUN npm ci\n", "")),
        ({"package-lock.json": "{}"}, BUILD),
    ],
)
def test_development_stays(files: dict[str, str], build: str) -> None:
    """Wherever it may be used, or is not there."""
    assert application(_FILES | files, build=build).preparations == ()


def test_started_by_a_package_everything_stays() -> None:
    """What a program of a package loads is not known."""
    app = application(_FILES, "node_modules/.bin/lint", "x.js")
    assert app.preparations == ()
    assert app.interpreter == "node"


def test_typescript_is_read_where_it_comes_from() -> None:
    """The compiled file is not in the context; its source is."""
    app = application(_TS, "node", "dist/x.js")
    assert reasons(app) == ["modules-unread"]
    assert app.preparations


def test_compiled_from_nowhere() -> None:
    """Without the compiler's settings the file is unread, and the project's own files tell what it may ask."""
    app = application({"package.json": package(), "lib/z.js": "require('os').homedir()"}, "node", "bundle/main.js")
    assert reasons(app) == ["sources-unread"]
    assert (NeedKind.USERS, "home") in {(n.kind, n.value) for n in app.needs}


def test_npm_that_stays() -> None:
    """It is what the target has to have, and the reason is said."""
    files = _FILES | {"package.json": package(scripts={"start": "node x.js", "prestart": "true"})}
    app = application(files, "npm", "start")
    assert app.interpreter == "npm"
    assert "prestart" in app.why
    assert app.preparations == ()


def test_a_fetched_manager_is_not_in_the_slim_image() -> None:
    """Corepack keeps what it fetched in a cache of the build."""
    files = _FILES | {"package.json": package(scripts={"start": "node x.js && true"}, packageManager="yarn@4.1.0")}
    for build in (BUILD, BUILD + "RUN corepack enable\n"):
        found = TOOLCHAIN.runs(("yarn", "start"), "/app", read(files, build=build))
        assert isinstance(found, Declined)
        assert found.reason == "needs-command"


@pytest.mark.parametrize(
    ("lock", "native"),
    [
        ("{}", True),
        (_LOCK, False),
        (_LOCK.replace('{}, "node_modules/lint', '{"hasInstallScript": true}, "node_modules/lint'), True),
    ],
)
def test_machine_code(lock: str, native: bool) -> None:  # noqa: FBT001
    """Only a lockfile tells that there is none."""
    assert application(_FILES | {"package-lock.json": lock}).native is native


def test_a_folder_of_the_system() -> None:
    """What of it is the program's can't be told."""
    build = "FROM node:20\nWORKDIR /usr/src\nCOPY . .\nRUN npm ci\n"
    found = TOOLCHAIN.runs(("node", "x.js"), "/usr/src", read(_FILES, build=build))
    assert isinstance(found, Declined)
    assert found.reason == "build-not-followed"


@pytest.mark.parametrize(
    ("copy", "cwd", "script", "taken"),
    [
        ("COPY . /app", "/app", "x.js", ["/app"]),
        ("COPY . /app/src", "/app", "src/x.js", ["/app"]),
        ("COPY . /opt/x", "/", "/opt/x/x.js", ["/opt/x"]),
        ("COPY . /opt/x", "/srv/data", "/opt/x/x.js", ["/opt/x"]),
        ("COPY x.js data.txt /", "/", "x.js", ["/data.txt", "/x.js"]),
        ("COPY x.js /\nRUN ./make-more", "/", "x.js", None),
        ("COPY . /usr/local/bin", "/", "/usr/local/bin/x.js", None),
        ("COPY . /usr/share/x", "/", "/usr/share/x/x.js", None),
        ("COPY . /app", "/app", "y.js", None),
    ],
)
def test_without_a_manifest(copy: str, cwd: str, script: str, taken: list[str] | None) -> None:
    """The folder that it starts in, where the file lies in it, else the file's own; never one of the system's."""
    project = read({"x.js": "", "data.txt": ""}, build=f"FROM node:20\nWORKDIR {cwd}\n{copy}\n")
    found = TOOLCHAIN.runs(("node", script), cwd, project)
    if taken is None:
        assert isinstance(found, Declined)
    else:
        assert isinstance(found, Application)
        assert sorted(t.path for t in found.trees) == taken


@pytest.mark.parametrize(("name", "native"), [("a.txt", False), ("a.node", True), ("lib/b.so.1", True)])
def test_machine_code_of_the_context(name: str, native: bool) -> None:  # noqa: FBT001
    """Where no step runs, all that is there can be seen."""
    found = TOOLCHAIN.runs(("node", "x.js"), "/app", read({"x.js": "", name: ""}, build="FROM node:20\nCOPY . /app\n"))
    assert isinstance(found, Application)
    assert found.native is native


def test_an_open_working_directory() -> None:
    """Relative names can't be followed."""
    project = read(_FILES, build="FROM node:20\nARG D\nWORKDIR $D\nCOPY . .\nRUN npm ci\n")
    found = TOOLCHAIN.runs(("node", "x.js"), project.trace.final.workdir, project)
    assert isinstance(found, Declined)
    assert found.reason == "unknown-workdir"


def test_other_programs_are_not_asked() -> None:
    """Python, a shell, a program of the build."""
    assert TOOLCHAIN.runs(("python", "x.py"), "/app", read(_FILES)) is None


def test_workspaces() -> None:
    """The whole repository goes along, and packages of the same repository are read."""
    files = {
        "package.json": package(workspaces=["packages/*", "!packages/old"]),
        "packages/api/package.json": package(name="api"),
        "packages/api/x.js": "require('@shop/lib')",
        "packages/lib/package.json": package(name="@shop/lib", main="./m.js"),
        "packages/lib/m.js": "require('child_process').spawn('git')",
        "packages/old/package.json": package(name="old"),
    }
    app = application(files, "node", "packages/api/x.js")
    assert [t.path for t in app.trees] == ["/app"]
    assert (NeedKind.COMMAND, "git") in {(n.kind, n.value) for n in app.needs}


def test_workspaces_of_pnpm() -> None:
    """Its patterns stand in a file of their own."""
    files = {
        "package.json": package(),
        "pnpm-workspace.yaml": "packages:\n  # all\n  - 'apps/**'\nother: 1\n",
        "apps/a/b/package.json": package(name="b"),
        "apps/a/b/x.js": "",
    }
    assert [t.path for t in application(files, "node", "apps/a/b/x.js").trees] == ["/app"]


@pytest.mark.parametrize(
    ("source", "kind", "value"),
    [
        ("require('child_process').exec('git log | wc -l')", NeedKind.COMMAND, "git"),
        ("require('child_process').exec('git log')", NeedKind.SHELL, "/bin/sh"),
        ("require('child_process').spawn('convert', ['a'])", NeedKind.COMMAND, "convert"),
        ("require('child_process').spawn('ls', { shell: true })", NeedKind.SHELL, "/bin/sh"),
        ("require('child_process').execFile(tool)", NeedKind.COMMAND, "*"),
        ("const { spawn } = require('child_process'); each(spawn)", NeedKind.COMMAND, "*"),
        ("require('os').userInfo()", NeedKind.USERS, ""),
        ("x = process.env.HOME", NeedKind.USERS, "home"),
        ("require('os').tmpdir()", NeedKind.TMP, ""),
        ("require('fs').writeFileSync('/tmp/x', '')", NeedKind.TMP, ""),
        ("require('net').connect(80, 'a')", NeedKind.NAME_SERVICE, ""),
        ("fetch('http://a')", NeedKind.NAME_SERVICE, ""),
        ("require('dns').lookupService('127.0.0.1', 22, f)", NeedKind.NAME_SERVICE, "services"),
        ("process.dlopen(module, 'a.node')", NeedKind.PLUGIN, "*"),
        ("require('fs').readFileSync('/etc/ssl/certs/ca-certificates.crt')", NeedKind.CERTIFICATES, ""),
        ("require('fs').readFileSync('/usr/share/zoneinfo/UTC')", NeedKind.TIME_ZONES, ""),
        ("require('fs').readFileSync('/etc/passwd')", NeedKind.USERS, ""),
        ("require('fs').readFileSync('/opt/data.json')", NeedKind.FILE, "/opt/data.json"),
        ("require('fs').writeFileSync('/data/x', '')", NeedKind.FILE, "/data"),
        # Whether it is there depends on the packages of an image.
        ("require('fs').existsSync('/usr/share/fonts')", NeedKind.FILE, "/usr/share/fonts"),
        ("require('fs').statSync('/etc/mime.types')", NeedKind.MEDIA_TYPES, ""),
        ("require('fs').readFileSync(__dirname + '/d/a.json')", NeedKind.FILE, "/app/d/a.json"),
        ("app.use(require('express').static('d'))", NeedKind.FILE, "/app/d"),
        ("app.set('views', 'd')", NeedKind.FILE, "/app/d"),
        ("res.sendFile('a.json', { root: 'd' }); res.download('d/a.json')", NeedKind.FILE, "/app/d/a.json"),
        ("require('child_process').fork('./y.js')", NeedKind.COMMAND, "from-y"),
        ("const { Worker } = require('worker_threads'); new Worker('./y.js')", NeedKind.COMMAND, "from-y"),
        ("require('child_process').fork('./' + name)", NeedKind.COMMAND, "from-y"),
        ("new (require('worker_threads').Worker)(path)", NeedKind.COMMAND, "from-y"),
        ("require('cluster').setupPrimary({ exec: name })", NeedKind.COMMAND, "from-y"),
        ("require('cluster').setupMaster({ exec: name })", NeedKind.COMMAND, "from-y"),
        ("const x = require; x('child_process').exec('a')", NeedKind.COMMAND, "*"),
        ("const r = createRequire(a); r('child_process').exec('a')", NeedKind.COMMAND, "*"),
        ("new Function('r', 'r(\"child_process\").exec(1)')(require)", NeedKind.COMMAND, "*"),
        ("process.execve('/bin/a', [])", NeedKind.COMMAND, "*"),
    ],
)
def test_needs(source: str, kind: NeedKind, value: str) -> None:
    """What calls ask of the image."""
    files = {"d/a.json": "{}", "y.js": "require('child_process').spawn('from-y')"}
    assert (kind, value) in needs(source, **files)


@pytest.mark.parametrize(
    "source",
    [
        "require('https').get('https://a')",  # the trust store is node's own
        "new Date().toLocaleString('de', { timeZone: 'Europe/Vienna' })",
        "require('child_process').spawn(process.execPath, ['y.js'])",
        "require('child_process').spawn('node', ['y.js'])",
        "const { isMainThread } = require('worker_threads')",
        "fork('./' + name)",
        "const require = createRequire(a); require('fs')",
        "if (typeof require === 'function') a(require.main)",
        "eval('1 + 1')",
        "require('fs').existsSync('/opt/perhaps')",
        "require('fs').mkdirSync('/usr/share/own')",
        "// require('child_process').exec('git')",
        "other.exec('git')",
        "require('fs').readFileSync('/proc/cpuinfo')",
    ],
)
def test_no_needs(source: str) -> None:
    """What looks alike and asks nothing of the image."""
    assert {k for k, _ in needs(source)} <= {NeedKind.NAME_SERVICE}


@pytest.mark.parametrize("argv", [("node", "bin/www.js"), ("npm", "start")])
def test_what_is_started_by_a_path_from_the_folder_it_runs_in(argv: tuple[str, ...]) -> None:
    """Not from the file that starts it; and of what is computed, any file of the package."""
    manifest = package(scripts={"start": "node bin/www.js"})
    started = {"jobs/a.js": "require('child_process').execFileSync('from-a')"}
    for fork in ("fork('./jobs/a.js')", "fork('./jobs/' + name)"):
        files = {"package.json": manifest, "bin/www.js": f"require('child_process').{fork}", **started}
        found = application(files, *argv)
        assert (NeedKind.COMMAND, "from-a") in {(n.kind, n.value) for n in found.needs}
        assert "sources-unread" not in reasons(found)


def test_computed_paths() -> None:
    """A path that is not a literal may name anything."""
    assert "computed-paths" in reasons(application(_FILES | {"x.js": "require('fs').readFileSync(name)"}))


def test_settings_of_node() -> None:
    """Certificates by variables."""
    build = BUILD + "ENV NODE_EXTRA_CA_CERTS=/etc/own.pem NODE_OPTIONS=--use-openssl-ca\n"
    found = {(n.kind, n.value) for n in application(_FILES, build=build).needs}
    assert {(NeedKind.FILE, "/etc/own.pem"), (NeedKind.CERTIFICATES, "")} <= found


@pytest.mark.parametrize(
    "argv", [("node", "-e", "1"), ("node", "-r", "./y", "x.js"), ("node", "inspect", "x.js"), ("node",)]
)
def test_not_one_file(argv: tuple[str, ...]) -> None:
    """Code on the command line, or something that is loaded first: nothing is left out."""
    assert application(_FILES, *argv).preparations == ()


def test_options_of_node() -> None:
    """Options and their values are no file."""
    assert application(_FILES, "node", "--env-file", ".env", "--enable-source-maps", "x.js", "-r").preparations


def test_build_commands() -> None:
    """What only serves the build."""
    build = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build && cp a b && node make.js\n"
    found = TOOLCHAIN.find(read(_FILES, build=build))
    assert found.build_commands == {(2, 0), (2, 1), (2, 3)}


def test_installed_by_name() -> None:
    """Without a package.json of the author's npm makes one where it works."""
    build = "FROM node:20\nWORKDIR /app\nRUN npm install express\nCOPY x.js .\n"
    assert [t.path for t in application({"x.js": ""}, build=build).trees] == ["/app"]


def test_at_the_top() -> None:
    """Without a WORKDIR each file and folder that was copied goes along by itself, with the packages."""
    build = "FROM node:20\nCOPY . .\nRUN npm ci\n"
    found = TOOLCHAIN.runs(("node", "x.js"), "/", read(_FILES | {"views/a.ejs": ""}, build=build))
    assert isinstance(found, Application)
    assert [t.path for t in found.trees] == ["/node_modules", "/package-lock.json", "/package.json", "/views", "/x.js"]


@pytest.mark.parametrize(("files", "more"), [({"etc/a": ""}, ""), ({}, "RUN npm run build\n")])
def test_mixed_with_the_system(files: dict[str, str], more: str) -> None:
    """What of a folder of the system is the program's, or what a build made, can't be told."""
    build = "FROM node:20\nCOPY . .\nRUN npm ci\n"
    found = TOOLCHAIN.runs(("node", "x.js"), "/", read(_FILES | files, build=build + more))
    assert isinstance(found, Declined)
    assert found.reason == "build-not-followed"


def test_what_a_build_makes_at_the_root_the_built_image_says() -> None:
    """Beside what was copied: folders that no base image brought, and of the system's own none."""
    build = "FROM node:20\nCOPY . .\nRUN npm ci && npm run build\n"
    layers = {"/usr/bin/env": 0, "/x.js": 1, "/node_modules/a/a.js": 2, "/build/index.js": 2, "/root/.npm/_logs": 2}
    project = read(_FILES, 'CMD ["node", "x.js"]', build, contents(layers, instructions=(1, 2)))
    app = TOOLCHAIN.runs(("node", "x.js"), "/", project)
    assert isinstance(app, Application)
    assert [t.path for t in app.trees] == ["/node_modules", "/package-lock.json", "/package.json", "/x.js", "/build"]
    assert isinstance(TOOLCHAIN.runs(("node", "x.js"), "/", read(_FILES, build=build)), Declined)
    of_the_system = read({**_FILES, "lib/y.js": ""}, build=build, built=contents(layers, instructions=(1, 2)))
    assert isinstance(TOOLCHAIN.runs(("node", "x.js"), "/", of_the_system), Declined)


@pytest.mark.parametrize(
    ("source", "programs"),
    [
        ("const { simpleGit } = require('simple-git')", {"git"}),
        ("import git from 'simple-git/promise'", {"git"}),
        ("const gm = require('gm').subClass({ imageMagick: true })", {"gm", "convert", "identify"}),
        ("import { $ } from 'zx'", {"bash", "*"}),
        # Its name within another's, one's own file of that name, and a type alone.
        ("require('simple-git-hooks')", set()),
        ("require('./gm')", set()),
        ("require('@types/gm')", set()),
    ],
)
def test_what_a_package_starts(source: str, programs: set[str]) -> None:
    """It may lie in the base image, where no instruction names it."""
    assert {value for kind, value in needs(source, **{"gm.js": ""}) if kind is NeedKind.COMMAND} == programs


@pytest.mark.parametrize(("name", "kept"), [("node", True), ("node-fetch", False)])
def test_a_package_that_is_node_itself(name: str, kept: bool) -> None:  # noqa: FBT001 (a table's column)
    """A manager finds its program before the image's own."""
    files = {"package.json": package(dependencies={name: "18"}, scripts={"start": "node x.js"}), "x.js": ""}
    found = application(files, "npm", "start")
    assert ("package of this name" in found.why) is kept
    assert found.interpreter == "npm"
