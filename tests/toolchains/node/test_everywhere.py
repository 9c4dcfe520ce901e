"""Programs of packages that are installed for the whole machine."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Application, Declined, Rewritten
from imgslim.service import Options, slim
from imgslim.toolchains.node import TOOLCHAIN
from tests.evidence_kit import contents
from tests.toolchains.node.support import BUILD, package, read, reasons

_FILES = {"package.json": package(bin={"shop": "cli.js"}), "cli.js": "require('fs')", "dist/index.html": "<p>"}


def _runs(install: str, *argv: str, files: dict[str, str] | None = None, cwd: str = "/app") -> object:
    return TOOLCHAIN.runs(argv, cwd, read(_FILES if files is None else files, build=f"{BUILD}RUN {install}\n"))


@pytest.mark.parametrize(
    ("install", "argv", "place"),
    [
        ("npm install -g serve@14", ("serve", "-s", "dist"), "serve"),
        ("npm i --global nodemon pm2", ("pm2-runtime", "cli.js"), "pm2"),
        ("npm install -g @nestjs/cli@10.0.0", ("nest", "start"), "@nestjs/cli"),
        ("npm i -g hexo-cli", ("/usr/local/bin/hexo", "server"), "hexo-cli"),
        ("npm install -g pnpm", ("pnpm", "dev"), "pnpm"),
    ],
)
def test_a_package_goes_along_with_a_link(install: str, argv: tuple[str, ...], place: str) -> None:
    """Beside the folder it is started in: the package, and the name by which PATH finds its program."""
    found = _runs(install, *argv)
    assert isinstance(found, Application)
    link = f"/usr/local/bin/{argv[0].rsplit('/', 1)[-1]}"
    assert [(t.path, t.link) for t in found.trees] == [
        ("/app", False),
        (f"/usr/local/lib/node_modules/{place}", False),
        (link, True),
    ]
    assert (found.interpreter, found.preparations) == ("node", ())
    assert any(place in a.message for a in found.assumptions)


@pytest.mark.parametrize(
    ("install", "argv"),
    [
        ("npm install -g serve", ("nginx",)),
        ("npm install -g pnpm", ("bash", "start.sh")),
        ("npm install -g serve", ("/opt/serve", "dist")),
        ("npm install serve", ("serve", "dist")),
        ("yarn global add serve", ("serve", "dist")),
        ("npm link", ("store",)),
        ("npm install -g --prefix /opt serve", ("serve", "dist")),
        ("NPM_CONFIG_PREFIX=/opt npm install -g serve", ("serve", "dist")),
    ],
)
def test_other_programs_are_none_of_a_package(install: str, argv: tuple[str, ...]) -> None:
    """Of another name, at another place, or not installed for the whole machine by npm."""
    assert _runs(install, *argv) is None


@pytest.mark.parametrize("install", ["npm link", "npm install -g .", "cd / && npm i -g ./app"])
def test_a_package_of_the_build_itself_stays_where_it_is(install: str) -> None:
    """Its program is a link to a link; the file is read, wherever the program starts."""
    found = _runs(install, "shop", "--help", cwd="/config")
    assert isinstance(found, Application)
    assert [(t.path, t.link) for t in found.trees] == [
        ("/app", False),
        ("/usr/local/lib/node_modules/shop", True),
        ("/usr/local/bin/shop", True),
    ]
    assert reasons(found) == []


def test_what_it_works_with_goes_along() -> None:
    """Also where that is no package; of a folder of the system nothing is taken whole."""
    files = {"index.html": "<p>"}
    found = _runs("npm install -g serve", "serve", ".", files=files)
    assert isinstance(found, Application)
    assert found.trees[0].path == "/app"
    assert isinstance(_runs("npm install -g serve", "serve", ".", files=files, cwd="/"), Declined)


def test_a_link_is_laid_out_as_one() -> None:
    """A COPY would take the file that it leads to, away from what that loads."""
    text = 'FROM node:20\nWORKDIR /app\nRUN npm install -g serve\nCOPY . .\nCMD ["serve", "-s", "dist"]\n'
    after = slim(text, MemoryContext({"dist/index.html": "<p>"})).after  # type: ignore[union-attr]
    assert "mkdir -p /runtime/usr/local/bin; cp -a /usr/local/bin/serve /runtime/usr/local/bin/" in after
    assert "COPY --from=build /usr/local/lib/node_modules/serve /usr/local/lib/node_modules/serve\n" in after
    assert "COPY --from=build /usr/local/bin/serve" not in after
    assert "COPY --from=build /app /app\n" in after


def test_another_folder_for_the_whole_machine() -> None:
    """A variable names it, in any case; PATH has to lead there, and of other images only the built one says where."""
    elsewhere = f"{BUILD}ENV NPM_CONFIG_PREFIX=/n PATH=/n/bin:$PATH\nRUN npm install -g serve\n"
    found = TOOLCHAIN.runs(("serve", "."), "/app", read(_FILES, build=elsewhere))
    assert isinstance(found, Application)
    assert [t.path for t in found.trees] == ["/app", "/n/lib/node_modules/serve", "/n/bin/serve"]
    other = BUILD.replace("node:20", "debian:12") + "RUN npm install -g serve\n"
    assert TOOLCHAIN.runs(("serve", "."), "/app", read(_FILES, build=other)) is None
    main = "/usr/lib/node_modules/serve/build/main.js"
    built = contents({main: 3, "/usr/bin/env": 0}, instructions=(2, 3), links={"/usr/bin/serve": main})
    found = TOOLCHAIN.runs(("serve", "."), "/app", read(_FILES, build=other, built=built))
    assert isinstance(found, Application)
    assert [t.path for t in found.trees] == ["/app", "/usr/lib/node_modules/serve", "/usr/bin/serve"]
    nothing = contents({main: 3, "/usr/bin/env": 0}, instructions=(2, 3), links={"/usr/bin/serve": "/opt/serve"})
    assert TOOLCHAIN.runs(("serve", "."), "/app", read(_FILES, build=other, built=nothing)) is None


@pytest.mark.parametrize(
    ("script", "places"),
    [
        ("serve -s dist", ["/usr/local/lib/node_modules/serve", "/usr/local/bin/serve"]),
        ("tsc && serve -s dist", ["/usr/local/lib/node_modules/serve", "/usr/local/bin/serve"]),
        ("node cli.js # no server", []),
    ],
)
def test_scripts_of_the_package_start_them_as_well(script: str, places: list[str]) -> None:
    """A manager looks on PATH for what node_modules/.bin lacks."""
    files = {**_FILES, "package.json": package(scripts={"start": script})}
    found = _runs("npm install -g serve", "npm", "start", files=files)
    assert isinstance(found, Application)
    assert [t.path for t in found.trees] == ["/app", *places]


@pytest.mark.parametrize(
    ("source", "places"),
    [
        (
            "require('child_process').execSync('serve -v')",
            ["/usr/local/lib/node_modules/serve", "/usr/local/bin/serve"],
        ),
        ("require('child_process').execSync('git -v')", []),
    ],
)
def test_sources_start_them_as_well(source: str, places: list[str]) -> None:
    """Twin: a program that no such package has. What goes along is not taken for absent."""
    files = {"package.json": package(), "cli.js": source}
    found = _runs("npm install -g serve", "node", "cli.js", files=files)
    assert isinstance(found, Application)
    assert [t.path for t in found.trees] == ["/app", *places]
    text = 'FROM node:20\nWORKDIR /app\nRUN npm install -g serve\nCOPY . .\nCMD ["node", "cli.js"]\n'
    outcome = slim(text, MemoryContext({name: data.encode() for name, data in files.items()}), Options())
    assert isinstance(outcome, Rewritten)
    assert "exit 1" not in outcome.after


def test_other_programs_of_the_package_are_called_by_hand() -> None:
    """``docker exec … pm2 list`` where pm2-runtime is the entry: all that the built image has of that package."""
    home = "/usr/local/lib/node_modules"
    ours, other = f"{home}/pm2/bin/pm2", f"{home}/serve/build/main.js"
    links = {"/usr/local/bin/pm2": ours, "/usr/local/bin/pm2-runtime": f"{ours}-runtime", "/usr/local/bin/serve": other}
    built = contents(
        {ours: 3, f"{ours}-runtime": 3, other: 3, "/usr/local/bin/node": 0}, instructions=(2, 3), links=links
    )
    build = f"{BUILD}RUN npm install -g pm2 serve\n"
    found = TOOLCHAIN.runs(("pm2-runtime", "cli.js"), "/app", read(_FILES, build=build, built=built))
    assert isinstance(found, Application)
    places = ["/app", f"{home}/pm2", "/usr/local/bin/pm2-runtime", "/usr/local/bin/pm2"]
    assert [t.path for t in found.trees] == places


@pytest.mark.parametrize(
    ("steps", "path", "taken"),
    [
        ("RUN npm i -g ws@8 @a/b", "/usr/local/lib/node_modules", ["ws", "@a/b"]),
        ("RUN npm i -g ws@8", "/opt/lib:/usr/local/lib/node_modules/", ["ws"]),
        ("RUN npm i -g ws@8", "/opt/lib", []),
        ("RUN npm i -g ws@8", "/app/lib", []),
        ("RUN npm i ws@8", "/app/node_modules", []),
    ],
)
def test_packages_that_a_variable_leads_to(steps: str, path: str, taken: list[str]) -> None:
    """NODE_PATH makes programs find those that are installed for the whole machine; others it doesn't."""
    build = f"FROM node:20\nWORKDIR /app\nCOPY . .\n{steps}\nENV NODE_PATH={path}\n"
    found = TOOLCHAIN.runs(("node", "cli.js"), "/app", read(_FILES, build=build))
    assert isinstance(found, Application)
    assert [t.path for t in found.trees] == ["/app", *(f"/usr/local/lib/node_modules/{name}" for name in taken)]


def test_packages_in_a_folder_that_a_variable_names() -> None:
    """Installed beside the program; without the variable the program does not find them."""
    build = "FROM node:20\nWORKDIR /deps\nCOPY package.json .\nRUN npm install\nWORKDIR /app\nCOPY . .\n"
    found = TOOLCHAIN.runs(("node", "cli.js"), "/app", read(_FILES, build=f"{build}ENV NODE_PATH=/deps/node_modules\n"))
    assert isinstance(found, Application)
    assert [t.path for t in found.trees] == ["/app", "/deps/node_modules"]
    found = TOOLCHAIN.runs(("node", "cli.js"), "/app", read(_FILES, build=build))
    assert isinstance(found, Application)
    assert [t.path for t in found.trees] == ["/app"]


@pytest.mark.parametrize("files", [_FILES, {"api.js": ""}])
def test_programs_that_arguments_name(files: dict[str, str]) -> None:
    """``concurrently "serve web"`` starts that, too; what no step installed for the whole machine is left alone."""
    argv = ("concurrently", "node cli.js", "serve -s dist", "nodemon x")
    found = _runs("npm install -g concurrently serve pm2", *argv, files=files)
    assert isinstance(found, Application)
    places = [t.path.rsplit("/", 1)[-1] for t in found.trees if not t.link]
    assert places == ["app", "concurrently", "serve"]
