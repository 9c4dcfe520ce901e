"""A base image that no table knows, made from an official one: what it sets, trusts and starts with is seen."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Contents, Evidence
from imgslim.images import ImageFacts, Libc, from_inspect, parse_reference
from imgslim.model import Application, Declined, Project
from imgslim.planner.entry import plan_entry
from imgslim.planner.inherited import inherited_lines, lost_variables, named_files
from imgslim.records import replace
from imgslim.service import Options, read_project
from imgslim.syntax import read
from imgslim.toolchains.python import TOOLCHAIN
from tests.evidence_kit import contents

_OWN = "registry.corp/python:3.11"
_ENV = (
    "CORP_SITE=eu",
    "PYTHON_VERSION=3.11.9",
    "GPG_KEY=A0",
    "LANG=C.UTF-8",
    "https_proxy=http://p:3128",
    "HTTP_PORT=1",
)
_LIBRARY = "/usr/local/lib/python3.11/os.py"
_PYTHON = {"/usr/local/bin/python3": 0, _LIBRARY: 0}
_RUNS = """#!/bin/sh
set -e
# by node
if [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ]; then
  set -- node "$@"
fi
"""


def _project(
    base: str = _OWN,
    *,
    env: tuple[str, ...] = (),
    built: Contents | None = None,
    steps: str = "",
    entrypoint: tuple[str, ...] = (),
) -> Project:
    inspected = {"Config": {"Env": list(env), "Entrypoint": list(entrypoint)}}
    options = Options(images={base: from_inspect(parse_reference(base), inspected)}, evidence=Evidence(built))
    text = f'FROM {base}\nWORKDIR /app\nCOPY app.py .\n{steps}CMD ["python3", "app.py"]\n'
    found = read_project(read(text), MemoryContext({"app.py": b"print()"}), options)
    assert isinstance(found, Project)
    return found


def _stated(project: Project) -> set[str]:
    return {line.text.removeprefix("ENV ").partition("=")[0] for line in inherited_lines(project, ())[0]}


def test_what_an_organisation_sets_is_set_again() -> None:
    """Programs are written for it; how the official image was built is not of interest."""
    project = _project(env=_ENV)
    assert _stated(project) == {"CORP_SITE", "LANG", "https_proxy", "HTTP_PORT"}
    assert list(lost_variables(project)) == ["The base image's own PYTHON_VERSION, GPG_KEY end with the build stage."]


def test_what_a_known_image_sets_is_what_libraries_read() -> None:
    """A proxy and an authority count wherever they are set."""
    more = ("REQUESTS_CA_BUNDLE=/ca.pem", "NO_PROXY=.corp")
    assert _stated(_project("python:3.11", env=(*_ENV, *more))) == {
        "LANG", "https_proxy", "REQUESTS_CA_BUNDLE", "NO_PROXY",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "goes"),
    [
        ("REQUESTS_CA_BUNDLE=/usr/local/share/ca.pem", True),
        ("NODE_EXTRA_CA_CERTS=/usr/local/share/ca.pem", True),
        ("REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt", False),  # what packages ask for brings it
        ("REQUESTS_CA_BUNDLE=/usr/local/share", False),
        ("REQUESTS_CA_BUNDLE=/usr/local/share/none.pem", False),
        ("REQUESTS_CA_BUNDLE=ca.pem", False),
        ("MANUAL=/usr/local/share/ca.pem", False),
    ],
)
def test_a_file_to_trust_goes_along(variable: str, *, goes: bool) -> None:
    """No run reads it before a connection is made, and without it none is."""
    built = contents({"/usr/local/share/ca.pem": 0, "/etc/ssl/certs/ca-certificates.crt": 0})
    for project in (_project(env=(variable,), built=built), _project(steps=f"ENV {variable}\n", built=built)):
        assert [need.value for need in named_files(project)] == ["/usr/local/share/ca.pem"] * goes
    assert not list(named_files(_project(env=(variable,))))


@pytest.mark.parametrize(
    ("files", "owners", "known"),
    [
        (_PYTHON, {}, True),
        ({**_PYTHON, "/usr/lib/libssl.so.3": 0}, {"/usr/lib/libssl.so.3": "libssl3"}, True),
        ({**_PYTHON, "/opt/ssl/lib/libssl.so.3": 0}, {}, False),  # it looks for authorities elsewhere
        (_PYTHON, {_LIBRARY: "python3.11"}, False),
        ({**_PYTHON, "/usr/local/lib/python3.12/os.py": 0}, {}, False),
        ({_LIBRARY: 0}, {}, False),
        ({"/opt/conda/bin/python3": 0, "/opt/conda/lib/python3.11/os.py": 0}, {}, False),
    ],
)
def test_where_its_python_is_the_built_image_shows(
    files: dict[str, int], owners: dict[str, str], *, known: bool
) -> None:
    """The one below /usr/local, with the distribution's own TLS library."""
    project = _project(built=contents(files, packages=owners))
    answer = TOOLCHAIN.runs(("python3", "app.py"), "/app", project)
    assert isinstance(answer, Application if known else Declined)
    if isinstance(answer, Application):
        assert [tree.path for tree in answer.library or ()] == ["/usr/local/lib/python3.11"]
    assert isinstance(TOOLCHAIN.runs(("python3", "app.py"), "/app", _project()), Declined)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "unknown-base"),  # an engine may show it
        (_RUNS + 'exec "$@"', ""),
        (_RUNS.replace("; then", ' || { [ -f "${1}" ] && ! [ -x "${1}" ]; }; then') + '\nexec "$@"\n', ""),
        (_RUNS + '/etc/corp/prepare\nexec "$@"\n', "base-entrypoint"),
        (_RUNS.replace("node", "octoprint") + 'exec "$@"\n', "base-entrypoint"),
        (_RUNS + 'exec gosu node "$@"\n', "base-entrypoint"),
        ("", "base-entrypoint"),
    ],
)
def test_what_it_starts_with_its_text_says(text: str | None, reason: str) -> None:
    """Node's own is left out; an organisation's that does more is not."""
    built = None if text is None else replace(contents(_PYTHON), texts={"/usr/local/bin/docker-entrypoint.sh": text})
    answer = plan_entry(_project(built=built, entrypoint=("docker-entrypoint.sh",)), has_shell=False)
    assert getattr(answer, "reason", "") == reason


@pytest.mark.parametrize("entrypoint", [("/corp/docker-entrypoint.sh",), ("docker-entrypoint.sh", "--")])
def test_another_entry_point_stays_unknown(entrypoint: tuple[str, ...]) -> None:
    """The text is of the file that the official image has."""
    texts = {"/usr/local/bin/docker-entrypoint.sh": _RUNS + 'exec "$@"\n'}
    project = _project(built=replace(contents(_PYTHON), texts=texts), entrypoint=entrypoint)
    assert isinstance(plan_entry(project, has_shell=False), Declined)


@pytest.mark.parametrize(
    ("release", "libc"),
    [
        ("ID=debian\nVERSION_CODENAME=bookworm\n", Libc.GLIBC),
        ("ID=ubuntu\nVERSION_ID=24.04\n", Libc.GLIBC),
        ("ID=alpine\nVERSION_ID=3.20.3\n", Libc.MUSL),
        ("ID=debian\nVERSION_CODENAME=nobody\n", Libc.GLIBC),
        ("ID=wolfi\n", None),
        ("", None),
    ],
)
def test_its_c_library_is_that_of_its_distribution(release: str, libc: Libc | None) -> None:
    """Its release stays open: no other image of it has what the organisation added."""
    built = replace(contents(_PYTHON), texts={"/etc/os-release": release})
    base = _project(built=built).base
    assert isinstance(base, ImageFacts)
    assert base.libc is libc
    assert (base.libc_version.exact is not None) is (libc is not None and "nobody" not in release)
    assert base.release is None
    assert base.distribution is None
