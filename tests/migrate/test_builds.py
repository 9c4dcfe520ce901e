"""What compose files, bake files and workflows say of builds is taken where it is literal, and else said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.migrate.trees import HELLO, service, surveyed, write

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.migrate.jobs import Build, Job


def _jobs(folder: Path) -> dict[str, Job]:
    return {job.path: job for job in surveyed(folder).jobs}


def _build(folder: Path, path: str = "api/Dockerfile") -> Build:
    (build,) = _jobs(folder)[path].builds
    return build


def _notes(folder: Path) -> str:
    return "\n".join(map(str, surveyed(folder).notes))


def test_compose_in_both_forms(tmp_path: Path) -> None:
    """``build: folder``, and the mapping with file, arguments and target."""
    compose = """\
services:
  api: {build: api}
  web:
    build:
      context: .
      dockerfile: web/Dockerfile
      args: [LEVEL=2, "HOME"]
      target: final
"""
    write(tmp_path, {**service("api"), **service("web"), "compose.yaml": compose})
    build = _build(tmp_path)
    assert (build.context, build.args, build.target, str(build.place), build.who) == (
        "api", (), "", "compose.yaml:2", "service api",
    )  # fmt: skip
    web = _build(tmp_path, "web/Dockerfile")
    assert (web.context, web.args, web.target) == ("", (("HOME", None), ("LEVEL", "2")), "final")


def test_without_anybody_who_says_it(tmp_path: Path) -> None:
    """The twin: no context is taken for said."""
    write(tmp_path, {**service("api"), "values.yaml": "services: {api: {build: api}}\n"})
    assert _build(tmp_path).context is None


def test_compose_arguments_as_mapping(tmp_path: Path) -> None:
    """Values are written as compose writes them; what comes from the environment is not known."""
    compose = 'services: {api: {build: {context: api, args: {A: 1.10, B: true, C: "x", D: null, E: "${E}", F: $$5}}}}\n'
    write(tmp_path, {**service("api"), "docker-compose.yml": compose})
    assert _build(tmp_path).args == (
        ("A", "1.1"), ("B", "true"), ("C", "x"), ("D", None), ("E", None), ("F", "$5"),
    )  # fmt: skip


def test_a_context_by_a_variable_is_said(tmp_path: Path) -> None:
    """Which Dockerfile it means is not known either."""
    write(tmp_path, {**service("api"), "compose.yaml": "services: {api: {build: '${WHERE}/api'}}\n"})
    assert _build(tmp_path).context is None
    assert "compose.yaml:1: service api: its context ${WHERE}/api is not literal" in _notes(tmp_path)


@pytest.mark.parametrize(
    ("build", "why"),
    [
        ("../outside", "lies outside"),
        ("https://example.org/x.git", "not a folder of this tree"),
        ("git@example.org:x/y", "not a folder of this tree"),
        ("nowhere", "is left alone: it is not there"),
        ("{context: api, dockerfile: ../../x}", "lies outside"),
        ("{context: api, dockerfile: Other}", "Other is left alone: it is not there"),
        ("{context: api, dockerfile: '$X'}", "name of its Dockerfile is not literal"),
        ("{dockerfile_inline: 'FROM x'}", "dockerfile_inline"),
        ("api/Dockerfile", "is no folder"),
    ],
)
def test_builds_that_are_left_out(tmp_path: Path, build: str, why: str) -> None:
    """Each with file, line and reason; the file is planned with the nearest context."""
    write(tmp_path, {**service("api"), "compose.yaml": f"services:\n  api:\n    build: {build}\n"})
    assert _build(tmp_path).context is None
    assert "compose.yaml:3: service api: " in _notes(tmp_path)
    assert why in _notes(tmp_path)


def test_overriding_files_are_laid_over_the_main_one(tmp_path: Path) -> None:
    """Arguments are merged, the rest replaced; both ways to build are kept."""
    main = "services:\n  api:\n    build: {context: api, args: {A: 1, B: 1}}\n"
    over = "services:\n  api:\n    build: {args: {B: 2}}\n    command: sh -c ./hello\n"
    write(tmp_path, {**service("api"), "compose.yaml": main, "compose.debug.yaml": over})
    job = _jobs(tmp_path)["api/Dockerfile"]
    assert [(b.context, dict(b.args)) for b in job.builds] == [
        ("api", {"A": "1", "B": "1"}), ("api", {"A": "1", "B": "2"}),
    ]  # fmt: skip
    assert {use.need.kind for use in job.uses} == {"shell", "command"}


def test_extends(tmp_path: Path) -> None:
    """Of the same file and of another one; where it leads nowhere it is said."""
    compose = """\
services:
  base: {build: api, healthcheck: {test: [CMD, wget, x]}}
  one: {extends: base}
  two: {extends: {service: common, file: common/parts.yml}}
  three: {extends: {service: nothing, file: "$X"}}
"""
    parts = "services: {common: {build: ../web}}\n"
    write(tmp_path, {**service("api"), **service("web"), "compose.yaml": compose, "common/parts.yml": parts})
    jobs = _jobs(tmp_path)
    assert [b.who for b in jobs["api/Dockerfile"].builds] == ["service base", "service one"]
    assert [b.who for b in jobs["web/Dockerfile"].builds] == ["service two"]
    assert "compose.yaml:5: extends is not followed" in _notes(tmp_path)


def test_bake_json(tmp_path: Path) -> None:
    """Targets, what they inherit, and the folder that bake is run in."""
    bake = """\
{"target": {
  "_all": {"args": {"A": "1", "B": "1"}},
  "api": {"inherits": ["_all"], "context": "api", "args": {"B": "2"}, "target": "x", "tags": ["e/api:1"]}
}}
"""
    write(tmp_path, {**service("api"), "docker-bake.json": bake})
    build = _build(tmp_path)
    assert (build.context, build.args, build.target, build.who) == (
        "api", (("A", "1"), ("B", "2")), "x", "target api",
    )  # fmt: skip


def test_bake_hcl_below_the_root(tmp_path: Path) -> None:
    """Bake's paths start where it is run: in the file's folder, or where its Dockerfile is found, at the root."""
    bake = 'target "api" {\n  context = "api"\n  args = { A = TAG }\n}\n'
    write(tmp_path, {**service("api"), "deploy/docker-bake.hcl": bake})
    assert (_build(tmp_path).context, _build(tmp_path).args) == ("api", (("A", None),))


VARIABLES = """\
variable "RELEASE" {
  default = "3"
}
variable "BASE" { default = "debian:${RELEASE}" }
variable "TOKEN" {}
variable "WHEN" { default = timestamp() }
target "api" {
  context = "api"
  args = { BASE = BASE, R = "r${RELEASE}", T = TOKEN, W = WHEN, M = "${RELEASE}$RELEASE", D = "$${RELEASE}" }
}
"""


def test_bake_variables_have_their_defaults(tmp_path: Path) -> None:
    """As the default of an ARG; a value that is computed, or that nobody gives, is not known."""
    write(tmp_path, {**service("api"), "docker-bake.hcl": VARIABLES})
    assert dict(_build(tmp_path).args) == {
        "BASE": "debian:3", "R": "r3", "T": None, "W": None, "M": None, "D": "${RELEASE}",
    }  # fmt: skip


def test_bake_variables_in_json(tmp_path: Path) -> None:
    """The JSON form has the same."""
    bake = '{"variable": {"V": {"default": "1"}}, "target": {"x": {"context": "api", "args": {"V": "${V}"}}}}'
    write(tmp_path, {**service("api"), "docker-bake.json": bake})
    assert dict(_build(tmp_path).args) == {"V": "1"}


def test_bake_matrix(tmp_path: Path) -> None:
    """Each combination is a target with a name and values of its own; the keys of an object are values, too."""
    bake = """\
target "app" {
  name = "app-${item.dir}-${v}"
  matrix = {
    item = [{ dir = "api", stage = "x" }, { dir = "web", stage = "y" }]
    v = ["1", "2"]
  }
  context = item.dir
  target = item.stage
  args = { V = v }
}
"""
    write(tmp_path, {**service("api"), **service("web"), "docker-bake.hcl": bake})
    assert _notes(tmp_path) == ""
    jobs = _jobs(tmp_path)
    assert [(b.who, b.target, dict(b.args)) for b in jobs["web/Dockerfile"].builds] == [
        ("target app-web-1", "y", {"V": "1"}), ("target app-web-2", "y", {"V": "2"}),
    ]  # fmt: skip
    assert [b.context for b in jobs["api/Dockerfile"].builds] == ["api", "api"]


def test_bake_matrix_of_too_many(tmp_path: Path) -> None:
    """It is said, and what depends on it is not literal."""
    axis = ", ".join(f'"{n}"' for n in range(20))
    bake = f'target "a" {{\n  matrix = {{ x = [{axis}], y = [{axis}] }}\n  context = "api"\n  args = {{ X = x }}\n}}\n'
    write(tmp_path, {**service("api"), "docker-bake.hcl": bake})
    assert "docker-bake.hcl:1: target a: its matrix is not followed" in _notes(tmp_path)
    assert dict(_build(tmp_path).args) == {"X": None}


def test_bake_files_that_say_less(tmp_path: Path) -> None:
    """An inline Dockerfile, a matrix, and a file that is no HCL are said."""
    bake = 'target "a" {\n  dockerfile-inline = "FROM x"\n}\n'
    bake += 'target "b" {\n  context = "api"\n  matrix = { x = split(",", LIST) }\n}\n'
    write(tmp_path, {**service("api"), "docker-bake.hcl": bake, "docker-bake.override.hcl": "]]"})
    notes = _notes(tmp_path)
    assert "docker-bake.hcl:1: target a: its Dockerfile stands in this file" in notes
    assert "docker-bake.hcl:4: target b: its matrix is not followed" in notes
    assert "docker-bake.override.hcl: not read: it is no HCL." in notes


WORKFLOW = """\
name: x
on: push
jobs:
  images:
    runs-on: ubuntu-latest
    defaults: {run: {working-directory: web}}
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with:
          context: "{{defaultContext}}:api"
          file: api/Dockerfile
          target: final
          build-args: |
            A=1
            B=${{ matrix.b }}
          tags: example.org/api:${{ github.sha }},example.org/api:latest
      - run: docker build -t web .
      - working-directory: .
        run: |
          echo "${{ secrets.x }}"
          cd other
          sudo docker buildx build --push --platform linux/amd64 -f Dockerfile --build-arg=V=2 \\
            --build-arg W=$W --target x -tother .
"""


def test_github_workflows(tmp_path: Path) -> None:
    """The action's paths start at the root, a command's where it is run."""
    files = {**service("api"), **service("web"), **service("other"), ".github/workflows/x.yml": WORKFLOW}
    write(tmp_path, files)
    api = _build(tmp_path)
    assert (api.context, api.args, api.target) == ("api", (("A", "1"), ("B", None)), "final")
    assert str(api.place) == ".github/workflows/x.yml:9"
    web = _build(tmp_path, "web/Dockerfile")
    assert (web.context, str(web.place)) == ("web", ".github/workflows/x.yml:18")
    other = _build(tmp_path, "other/Dockerfile")
    assert (other.context, other.args, other.target) == ("other", (("V", "2"), ("W", None)), "x")
    assert str(other.place) == ".github/workflows/x.yml:23"


def test_workflows_of_other_folders_are_not_read(tmp_path: Path) -> None:
    """GitHub reads them at the root alone."""
    write(tmp_path, {**service("api"), "sub/.github/workflows/x.yml": WORKFLOW})
    assert _build(tmp_path).context is None


def test_gitlab(tmp_path: Path) -> None:
    """Lines of a script run in one shell."""
    text = "image: docker\nbuild:\n  script:\n    - cd api\n    - docker build -t api .\n"
    write(tmp_path, {**service("api"), ".gitlab-ci.yml": text})
    build = _build(tmp_path)
    assert (build.context, str(build.place), build.who) == ("api", ".gitlab-ci.yml:5", "job build")


@pytest.mark.parametrize(
    "script",
    [
        "(cd api && docker build .)\n docker build -f x .",
        "cd $WHERE\n docker build .",
        "docker build",
        "cd ../..\n docker build .",
    ],
)
def test_commands_that_are_not_literal(tmp_path: Path, script: str) -> None:
    """They are said and left out."""
    text = f"jobs:\n  x:\n    steps:\n      - run: |\n          {script.replace(chr(10), chr(10) + '         ')}\n"
    write(tmp_path, {**service("api"), ".github/workflows/x.yml": text})
    assert all(b.place is None for b in _jobs(tmp_path)["api/Dockerfile"].builds)
    assert "it is left out" in _notes(tmp_path)


def test_a_dockerfile_by_any_name(tmp_path: Path) -> None:
    """What a build names is one, whatever it is called."""
    compose = "services: {x: {build: {context: ., dockerfile: images/app.build}}}\n"
    write(tmp_path, {"images/app.build": HELLO, "compose.yaml": compose})
    assert list(_jobs(tmp_path)) == ["images/app.build"]
