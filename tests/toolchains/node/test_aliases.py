"""Modules of the project's own by names that settings map."""

from __future__ import annotations

import json

import pytest

from imgslim.toolchains.node.graph import Reader
from imgslim.toolchains.node.packages import Packages
from tests.toolchains.node.support import application, package, read, reasons

_GIT = "require('child_process').spawn('git')"


def _settings(**options: object) -> str:
    return json.dumps({"compilerOptions": options})


def _reads(files: dict[str, str], name: str) -> bool:
    """Tell whether another file is read by way of ``name``."""
    known = {"package.json": package(dependencies={"express": "4"}), "src/x.ts": f"import '{name}'", **files}
    found = read(known).files
    reader = Reader(found, Packages(found))
    reader.read(["/app/src/x.ts"])
    return any(script.text == _GIT for script in reader.graph.scripts.values())


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("@/lib/g", {"tsconfig.json": _settings(baseUrl="./src", paths={"@/*": ["./*"]}), "src/lib/g.ts": _GIT}),
        ("@/lib/g", {"tsconfig.json": _settings(paths={"@/*": ["src/*"]}), "src/lib/g.ts": _GIT}),
        ("@app/g", {"tsconfig.json": _settings(paths={"@app/*": ["src/no/*", "src/lib/*"]}), "src/lib/g.ts": _GIT}),
        ("@app/util/g", {"tsconfig.json": _settings(paths={"@app/*": ["src/*"], "@app/util/*": ["u/*"]}),
                         "src/util/g.ts": "", "u/g.ts": _GIT}),
        ("g", {"tsconfig.json": _settings(paths={"g": ["src/lib/g"]}), "src/lib/g/index.ts": _GIT}),
        ("src/lib/g", {"tsconfig.json": _settings(baseUrl="."), "src/lib/g.ts": _GIT}),
        ("~/g", {"tsconfig.json": '{"extends": "./base"}', "base.json": _settings(paths={"~/*": ["src/*"]}),
                 "src/g.ts": _GIT}),
        ("~/g", {"jsconfig.json": _settings(paths={"~/*": ["src/*"]}), "src/g.js": _GIT}),
        ("@lib/g", {"package.json": package(_moduleAliases={"@lib": "src/lib"}), "src/lib/g.js": _GIT}),
        ("@", {"package.json": package(_moduleAliases={"@": "src/g.js"}), "src/g.js": _GIT}),
    ],
)  # fmt: skip
def test_mapped(name: str, files: dict[str, str]) -> None:
    """The file is read as if its path stood there."""
    assert _reads(files, name)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("@/lib/g", {"src/lib/g.ts": _GIT}),
        ("@/lib/g", {"tsconfig.json": _settings(paths={"@/*": ["other/*"]}), "src/lib/g.ts": _GIT}),
        ("@b/g", {"tsconfig.json": _settings(paths={"@a/*": ["src/*"]}), "src/g.ts": _GIT}),
        ("express", {"tsconfig.json": _settings(baseUrl="src"), "src/express.ts": _GIT}),
        ("@libs/g", {"package.json": package(_moduleAliases={"@lib": "src"}), "src/s/g.js": _GIT, "src/g.js": _GIT}),
    ],
)
def test_not_mapped(name: str, files: dict[str, str]) -> None:
    """Without such a setting, by another's, and where a package of that name is installed."""
    assert not _reads(files, name)


def test_what_is_known_whole_is_pruned() -> None:
    """A mapped name is no open end: development's packages are left out; one that leads nowhere keeps them."""
    lock = '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/lint": {"dev": true}}}'
    files = {
        "package.json": package(devDependencies={"lint": "1"}), "package-lock.json": lock,
        "tsconfig.json": _settings(outDir="dist", rootDir="src", paths={"@/*": ["src/*"]}),
        "src/x.ts": "import '@/y'", "src/y.ts": "",
    }  # fmt: skip
    app = application(files, "node", "dist/x.js")
    assert [p.shell for p in app.preparations] == ["npm prune --omit=dev"]
    assert reasons(app) == []
    assert application({**files, "src/x.ts": "import '@/z'"}, "node", "dist/x.js").preparations == ()
