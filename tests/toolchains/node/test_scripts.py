"""What npm start really starts, and where npm stays."""

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from imgslim.toolchains.node import TOOLCHAIN
from tests.evidence_kit import contents
from tests.toolchains.node.support import application, package, read, replaced, started


@pytest.mark.parametrize(
    ("scripts", "argv"),
    [
        ({"start": "node x.js"}, "node x.js"),
        ({"start": "node --max-old-space-size=512 x.js 'a b'"}, "node --max-old-space-size=512 x.js|a b"),
        ({"start": "NODE_ENV=production A='b c' node x.js"}, "env NODE_ENV=production|A=b c|node x.js"),
        ({"start": "cross-env NODE_ENV=production node x.js"}, "env NODE_ENV=production node x.js"),
        ({"start": "npm run serve -- -v", "serve": "node x.js"}, "node x.js -v"),
        ({"start": "yarn serve", "serve": "node x.js"}, "node x.js"),
        ({"start": "express x"}, "node_modules/.bin/express x"),
        ({"start": "./node_modules/.bin/express x"}, "./node_modules/.bin/express x"),
        ({"start": "npx express x"}, "node_modules/.bin/express x"),
    ],
)
def test_one_literal_command(scripts: dict[str, str], argv: str) -> None:
    """It is started without npm."""
    words = tuple(w for part in argv.split("|") for w in ([part] if "b c" in part or part == "a b" else part.split()))
    assert started(scripts, dependencies={"express": "4"}) == words


@pytest.mark.parametrize(
    "scripts",
    [
        {"start": "node x.js", "prestart": "node y.js"},
        {"start": "node x.js", "poststart": "true"},
        {"start": "node x.js && true"},
        {"start": "node x.js $PORT"},
        {"start": "node x.js > log"},
        {"start": "PORT=$X node x.js"},
        {"start": "A=b npm run serve", "serve": "node x.js"},
        {"start": "npm run start"},
        {"start": "npm run a", "a": "npm run b", "b": "npm run a"},
        {"start": "other x.js"},
        {"start": "npm --prefix web start"},
        {"start": "cross-env-shell A=b 'node x.js'"},
        {"start": ""},
        {"other": "node x.js"},
    ],
)
def test_npm_stays(scripts: dict[str, str]) -> None:
    """Hooks, the shell's grammar, programs of unknown origin, loops."""
    assert started(scripts) == ()


def test_a_server_by_its_name() -> None:
    """Without a script npm starts server.js (docs.npmjs.com, npm-start)."""
    assert started({}, {"server.js": ""}) == ("node", "server.js")


@pytest.mark.parametrize(
    "files",
    [
        {"x.js": "console.log(process.env.npm_package_version)"},
        {"x.js": "require('./lib/y')", "lib/y.js": "const at = process.env.INIT_CWD"},
        {"x.js": "require('child_process').spawn('express')"},
        {"x.js": "require('child_process').spawn(name)"},
        {".npmrc": "script-shell=/bin/bash\n"},
    ],
)
def test_what_npm_adds_is_used(files: dict[str, str]) -> None:
    """Its variables, its PATH, its settings."""
    assert started({"start": "node x.js"}, files, dependencies={"express": "4"}) == ()


def test_a_program_of_the_system_is_no_use_of_npm() -> None:
    """Only what lies in node_modules/.bin is found by npm's PATH."""
    assert started({"start": "node x.js"}, {"x.js": "require('child_process').spawn('ls')"}) == ("node", "x.js")


def test_a_lockfile_lists_programs() -> None:
    """A dependency's program may have another name than the dependency."""
    lock = '{"lockfileVersion": 3, "packages": {"node_modules/a": {"bin": {"tool": "t.js"}}, "": {}}}'
    assert started({"start": "tool"}, {"package-lock.json": lock}) == ("node_modules/.bin/tool",)
    assert started({"start": "a"}, {"package-lock.json": lock}, dependencies={"a": "1"}) == ()


@pytest.mark.parametrize(
    ("entry", "argv"),
    [
        ("CMD npm start", ("node", "x.js")),
        ('ENTRYPOINT ["npm", "start"]', ("node", "x.js")),
        ('ENTRYPOINT ["npm", "run"]\nCMD ["start"]', ("node", "x.js")),
        ('CMD ["yarn", "start"]', ("node", "x.js")),
        ('CMD ["pnpm", "run", "start", "-v"]', ("node", "x.js", "-v")),
        ("CMD npm start && true", None),
        ('CMD ["npm", "install"]', None),
        ('CMD ["npm", "--prefix", "web", "start"]', None),
        ('CMD ["node", "x.js"]', None),
    ],
)
def test_entries(entry: str, argv: tuple[str, ...] | None) -> None:
    """In shell form and exec form, by any manager; in another folder the manager stays."""
    files = {"package.json": package(scripts={"start": "node x.js"}), "web/package.json": package(), "x.js": ""}
    found = replaced(files, entry)
    assert (found.argv if found else None) == argv


def test_what_changes_is_said() -> None:
    """Whether the program handles the signal that it now gets."""
    files = {"package.json": package(scripts={"start": "node x.js"}), "x.js": ""}
    plain = replaced(files)
    handled = replaced(files | {"x.js": "process.on('SIGTERM', stop)"})
    assert plain is not None
    assert handled is not None
    assert "is not ended" in plain.assumptions[0].message
    assert "its own status" in handled.assumptions[0].message


@pytest.mark.parametrize(
    ("settings", "argv"), [("", ()), ("nodeLinker: node-modules\n", ("node", "x.js")), ("nodeLinker: pnp\n", ())]
)
def test_plug_and_play(settings: str, argv: tuple[str, ...]) -> None:
    """Yarn 2 and later has no node_modules unless told so: without its hook nothing is found."""
    lock = "# x\n\n__metadata:\n  version: 8\n"
    assert started({"start": "node x.js"}, {"yarn.lock": lock, ".yarnrc.yml": settings}) == argv


def test_workspaces() -> None:
    """The script of another package: it is started in that folder, so the manager stays."""
    files = {
        "package.json": package(workspaces=["packages/*"]),
        "packages/api/package.json": package(name="api", scripts={"start": "node x.js"}),
        "packages/api/x.js": "",
    }
    assert replaced(files, 'CMD ["npm", "start", "-w", "api"]') is None


_PROGRAMS = '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/lint": {"bin": {"linter": "x.js"}}}}'


@pytest.mark.parametrize(
    ("scripts", "names"),
    [
        ({"start": "node x.js && ./tool.sh"}, {"./tool.sh"}),
        ({"prestart": "bash bin/wait.sh db", "start": "node x.js"}, {"bash", "bin/wait.sh"}),
        ({"start": "npm run setup && node x.js", "setup": "curl -o y $URL; cd lib"}, {"curl"}),
        ({"start": "linter . && ./node_modules/.bin/linter && node x.js; echo done"}, set()),
        ({"start": "$TOOL x; node x.js"}, {"*"}),
        ({"start": "node x.js", "test": "./tool.sh"}, set()),
        ({"start": "npm run start; npx linter"}, set()),
    ],
)
def test_what_scripts_start_beside_node(scripts: dict[str, str], names: set[str]) -> None:
    """Where npm stays: programs of the image, not those of packages, nor what scripts start that do not run."""
    parts = package(scripts=scripts, devDependencies={"lint": "1"})
    app = application({"package.json": parts, "package-lock.json": _PROGRAMS, "x.js": ""}, "npm", "start")
    assert {n.value for n in app.needs if n.kind is NeedKind.COMMAND} == names


def test_a_name_that_a_package_may_bring() -> None:
    """Without a lockfile that lists programs nobody knows: it is not taken for one of the image."""
    parts = package(scripts={"start": "tsc && node x.js"}, devDependencies={"typescript": "5"})
    app = application({"package.json": parts, "x.js": ""}, "npm", "start")
    assert not [n for n in app.needs if n.kind is NeedKind.COMMAND]


@pytest.mark.parametrize(
    ("steps", "there"),
    [
        ("RUN npm ci", True),
        ("RUN npm i --omit=dev", False),
        ("RUN NODE_ENV=production npm ci", False),
        ("RUN npm ci --omit=dev && npm ci", True),
        ("RUN npm ci && npm run build && npm prune --omit=dev", False),
        ("RUN cd /other && npm ci", False),
        ("RUN npm i -g serve", False),
        ("RUN node build.js", False),
    ],
)
def test_a_program_has_to_be_installed(steps: str, there: bool) -> None:  # noqa: FBT001
    """Else npx fetches it when it starts; without npx nothing would."""
    files = {"package.json": package(devDependencies={"serve": "14"}), "build.js": ""}
    found = replaced(files, 'CMD ["npx", "serve", "dist"]', f"FROM node:20\nWORKDIR /app\nCOPY . .\n{steps}\n")
    assert (found is not None) is there
    assert found is None or found.argv == ("node_modules/.bin/serve", "dist")


def test_a_program_that_the_context_or_the_image_holds() -> None:
    """Copied with node_modules, or seen in the built image."""
    entry, build = 'CMD ["npx", "serve", "dist"]', "FROM node:20\nWORKDIR /app\nCOPY . .\n"
    files = {"package.json": package(dependencies={"serve": "14"})}
    assert replaced(files, entry, build) is None
    assert replaced(files | {"node_modules/.bin/serve": "#!/usr/bin/env node"}, entry, build) is not None
    for place, there in (("/app/node_modules/.bin/serve", True), ("/srv/node_modules/.bin/serve", False)):
        project = read(files, entry, f"{build}RUN ./install\n", contents({place: 1}, instructions=(1,)))
        assert (TOOLCHAIN.replaces_entry(("npx", "serve", "dist"), project) is not None) is there
