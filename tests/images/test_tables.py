"""The embedded tables: complete, sourced, read one by one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files
from typing import Any

import pytest

from imgslim.images import ImageFacts, parse_reference, resolve
from imgslim.images.tables import load

_DATA = files("imgslim.images").joinpath("data")
_FAMILIES = sorted(f.name.removesuffix(".json") for f in _DATA.iterdir() if f.name.endswith(".json"))
_SYSTEMS = sorted(f.name.removesuffix(".json") for f in _DATA.joinpath("os").iterdir())
_ASKED = {
    "gcc", "golang", "rust", "node", "python", "ruby", "maven", "eclipse-temurin", "openjdk", "ubuntu", "debian",
    "alpine", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "busybox", "distroless", "nginx",
    "buildpack-deps", "gradle", "java", "oraclelinux", "ubi",
}  # fmt: skip
_LISTS = {"entrypoint", "cmd", "expose", "volumes", "healthcheck", "onbuild", "libraries", "applets", "releases"}
_TEXTS = {"workdir", "user", "stopsignal", "shell", "shell_kind", "package_manager", "ca_path", "libc", "distribution"}
_FLAGS = {
    "static_libc", "ca_bundle", "tzdata", "has_shell", "tmp", "entrypoint_execs_args", "env_known",
    "libraries_complete", "applets_complete",
}  # fmt: skip
_NUMBERS = {"size", "compressed_size"}


def _check(description: dict[str, Any]) -> None:
    for key, value in description.items():
        if key in _LISTS:
            assert value is None or all(isinstance(item, str) for item in value), key
        elif key in _TEXTS:
            assert value is None or isinstance(value, str), key
        elif key in _FLAGS:
            assert value is None or isinstance(value, bool), key
        elif key in _NUMBERS:
            assert isinstance(value, int), key
        elif key == "libc_version":
            texts = value if isinstance(value, list) else [value]
            assert all(text is None or re.fullmatch(r"\d+(\.\d+)+", text) for text in texts)
        elif key == "env":
            assert all(isinstance(n, str) and (v is None or isinstance(v, str)) for n, v in value)
        else:
            assert key == "users", key
            assert all(isinstance(uid, int) and home.startswith("/") for _, uid, _, home in value)


def _check_sources(sources: list[list[str]]) -> None:
    assert sources
    for repository, commit, path in sources:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", repository)
        assert re.fullmatch(r"[0-9a-f]{40}", commit), path
        assert path
        assert not path.startswith("/")


def test_every_family_that_is_promised_is_there() -> None:
    """No family of the promised list is missing."""
    assert set(_FAMILIES) == _ASKED


@pytest.mark.parametrize("family", _FAMILIES)
def test_family(family: str) -> None:
    """A family's file names its sources, and every tag leads to a description and to releases that exist."""
    table = load(family)
    assert table is not None
    assert table["family"] == family
    _check_sources(table["sources"])
    for image in table["images"].values():
        _check({**table.get("common", {}), **image})
    used = set()
    for tag, (bases, image) in table["tags"].items():
        used.add(image)
        assert image in table["images"], tag
        for base in bases:
            system, _, release = base.partition(":")
            described = load(f"os/{system}")
            assert described is not None, base
            assert release in described["releases"], base
    assert used == set(table["images"])


@pytest.mark.parametrize("system", _SYSTEMS)
def test_distribution(system: str) -> None:
    """A distribution's file names its sources wherever it says more than that the distribution has glibc."""
    table = load(f"os/{system}")
    assert table is not None
    if any(table["releases"].values()):
        _check_sources(table["sources"])
    _check(table["common"])
    for release in table["releases"].values():
        _check(release)


@pytest.mark.parametrize("family", [f for f in _FAMILIES if f not in ("distroless", "ubi")])
def test_every_tag_resolves(family: str) -> None:
    """Each tag in a table makes facts; nothing in a file is out of the resolver's reach."""
    table = load(family)
    assert table is not None
    for tag in table["tags"]:
        facts = resolve(parse_reference(f"{family}:{tag}"))
        assert isinstance(facts, ImageFacts), tag
        assert facts.sources


def test_lookups_read_one_family_and_its_distribution_only() -> None:
    """Importing reads no table; a look-up reads the family's and its distributions', never another."""
    script = (
        "import json\nread = []\nreal = json.loads\njson.loads = lambda b: read.append(1) or real(b)\n"
        "from imgslim.images import parse_reference, resolve\nassert not read\n"
        "resolve(parse_reference('golang:1.22-bookworm'))\nassert len(read) == 2, read\n"
        "resolve(parse_reference('golang:1.21-bookworm'))\nassert len(read) == 2, read\n"
        "resolve(parse_reference('gcr.io/distroless/static'))\nassert len(read) == 3, read\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_tables_are_small() -> None:
    """A table is read within a cold command: none may grow beyond what that affords."""
    for family in _FAMILIES:
        assert len(_DATA.joinpath(f"{family}.json").read_bytes()) < 120_000, family
        json.loads(_DATA.joinpath(f"{family}.json").read_bytes())
