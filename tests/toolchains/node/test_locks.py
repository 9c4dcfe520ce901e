"""Lockfiles and package.json."""

from __future__ import annotations

import pytest

from imgslim.toolchains.node.locks import read_lock
from imgslim.toolchains.node.manifest import Manifest, read_manifest

_NPM = b"""{"lockfileVersion": 3, "packages": {"": {},
 "node_modules/a": {"version": "1", "bin": {"a": "a.js"}}, "node_modules/@s/b": {"dev": true, "hasInstallScript": true},
 "node_modules/a/node_modules/c": {"cpu": ["x64"], "bin": {"c": "c.js"}}, "node_modules/d": {"dev": true},
 "node_modules/a/node_modules/d": {}}}"""
_OLD = b'{"lockfileVersion": 1, "dependencies": {"a": {"dependencies": {"b": {}}}, "c": {"dev": true}}}'
_YARN = (
    b'# yarn lockfile v1\n\n\na@^1.0.0, a@^1.1:\n  version "1"\n\n"@s/b@^2":\n  version "2"\n'
    b'  dependencies:\n    c "1"\n'
)
_BERRY = b'__metadata:\n  version: 6\n\n"@s/b@npm:^2, @s/b@npm:2":\n  version: 2\n\n"a@npm:1":\n  version: 1\n'
_PNPM = (
    b"lockfileVersion: '6.0'\n\npackages:\n\n  /a@1.0.0:\n    resolution: {integrity: x}\n    requiresBuild: true\n\n"
    b"  /@s/b@2.0.0(a@1.0.0):\n    dev: true\n\n  '@s/c@3.0.0':\n    x: y\n\n  /d/1.0.0:\n    dev: false\n"
)


def test_npm() -> None:
    """Names, what only development needs, machine code, programs of the top folder."""
    found = read_lock("package-lock.json", _NPM)
    assert found is not None
    assert (found.names, found.development) == (frozenset({"a", "c", "d"}), frozenset({"@s/b"}))
    assert (found.native, found.programs) == (frozenset({"@s/b", "c"}), frozenset({"a"}))


def test_older_npm_says_less() -> None:
    """Version 1 knows nothing of install scripts and programs."""
    found = read_lock("npm-shrinkwrap.json", _OLD)
    assert found is not None
    assert (found.names, found.development) == (frozenset({"a", "b"}), frozenset({"c"}))
    assert (found.native, found.programs) == (None, None)


@pytest.mark.parametrize(
    ("name", "data", "names", "berry"),
    [
        ("yarn.lock", _YARN, {"a", "@s/b"}, False),
        ("yarn.lock", _BERRY, {"a", "@s/b"}, True),
        ("pnpm-lock.yaml", _PNPM, {"a", "@s/b", "@s/c", "d"}, False),
    ],
)
def test_others(name: str, data: bytes, names: set[str], berry: bool) -> None:  # noqa: FBT001
    """The names that yarn's and pnpm's lockfiles list."""
    found = read_lock(name, data.replace(b"\n", b"\r\n"))
    assert found is not None
    assert set(found.names) == names
    assert found.berry is berry


def test_pnpm_says_what_is_built() -> None:
    """Up to version 8."""
    found = read_lock("pnpm-lock.yaml", _PNPM)
    assert found is not None
    assert found.native == frozenset({"a"})


@pytest.mark.parametrize("data", [b"{", b"[]", b"\xff", b"null"])
def test_damaged(data: bytes) -> None:
    """What is no JSON object tells nothing."""
    assert read_lock("package-lock.json", data) is None
    assert read_manifest(data) is None


def test_strange_values() -> None:
    """Values of other kinds than a package.json has count as missing."""
    assert read_manifest(b'{"name": 1, "scripts": [], "bin": 3, "workspaces": {"packages": 1}}') == Manifest()
    assert read_lock("package-lock.json", b'{"packages": {"node_modules/a": 1}, "dependencies": 3}') is not None


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ('{"name": "@s/a", "bin": "./cli.js"}', "programs", {"a": "cli.js"}),
        ('{"bin": {"x": "bin/x"}}', "programs", {"x": "bin/x"}),
        ('{"workspaces": {"packages": ["a"]}}', "workspaces", ("a",)),
        ('{"devDependencies": {"a": "1", "b": "1"}, "optionalDependencies": {"a": "1"}}', "development", {"b"}),
        ('{"exports": {".": {"import": "./a.js", "types": "./a.d.ts"}}}', "exported", "./a.js"),
        ('{"exports": {"import": "./a.mjs", "require": "./a.cjs"}}', "exported", ""),
        ('{"imports": {"#a": "./src/a.js", "#b/*": "./src/b/*.js"}}', "imports", {"#a": "./src/a.js"}),
        ('\ufeff{"type": "module"}', "type", "module"),
    ],
)
def test_manifests(text: str, field: str, value: object) -> None:
    """What a package.json says."""
    found = read_manifest(text.encode())
    assert getattr(found, field) == value
