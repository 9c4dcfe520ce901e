"""Compose files that include, extend and override others, and the variables that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim.migrate.root import Refused
from imgslim.migrate.variables import Variables, is_env_name, read_env
from tests.migrate.trees import service, surveyed, write

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.migrate.jobs import Build

Files = dict[str, str | bytes]


def _builds(folder: Path, path: str = "api/Dockerfile") -> list[Build]:
    (job,) = (job for job in surveyed(folder).jobs if job.path == path)
    return list(job.builds)


def _notes(folder: Path) -> str:
    return "\n".join(map(str, surveyed(folder).notes))


INCLUDED = "services: {api: {build: {context: api, args: {V: '${V}'}}}}\n"


@pytest.mark.parametrize(
    ("include", "files", "value"),
    [
        ("[parts/all.yml]", {}, None),
        ("[{path: parts/all.yml}]", {}, None),
        ("[{path: [parts/all.yml, parts/more.yml]}]", {}, "of more"),
        ("[{path: ./parts/all.yml}]", {"parts/.env": "V=of its folder\n"}, "of its folder"),
        ("[parts/all.yml]", {"parts/.env": "V=of its folder\n", ".env": "V=of the root\n"}, "of the root"),
        ("[{path: parts/all.yml, env_file: x.env}]", {"x.env": "V=x\n", "parts/.env": "V=no\n"}, "x"),
        ("[{path: parts/all.yml, env_file: [x.env, y.env]}]", {"x.env": "V=x\n", "y.env": "V=y\n"}, "y"),
        ("['${WHERE}/all.yml']", {".env": "WHERE=parts\nV=1"}, "1"),
    ],
)
def test_include(tmp_path: Path, include: str, files: Files, value: str | None) -> None:
    """Its paths start where it stands; its variables are the ones of its project, the including one's before them."""
    more = "services: {api: {build: {args: [V=of more]}}}\n"
    whole = {**service("parts/api"), "parts/all.yml": INCLUDED, "parts/more.yml": more, **files}
    write(tmp_path, {**whole, "compose.yaml": f"include: {include}\n"})
    (build,) = _builds(tmp_path, "parts/api/Dockerfile")
    assert (build.context, build.args, build.who) == ("parts/api", (("V", value),), "service api")
    assert _notes(tmp_path) == ""


def test_include_with_a_folder_of_its_own(tmp_path: Path) -> None:
    """All relative paths start in project_directory, those of what it includes as well; by itself it is not read."""
    compose = "include: [{path: deploy/compose.yml, project_directory: .}]\n"
    inner = "include: [deploy/web.yml]\nservices: {api: {build: api}}\n"
    web = "services: {web: {build: ../web}}\n"
    write(tmp_path, {**service("api"), **service("web"), "compose.yaml": compose, "deploy/compose.yml": inner})
    write(tmp_path, {"deploy/web.yml": web})
    assert [b.context for b in _builds(tmp_path)] == ["api"]
    assert [b.context for b in _builds(tmp_path, "web/Dockerfile")] == ["web"]
    assert _notes(tmp_path) == ""


def test_what_nobody_includes_is_read_by_itself(tmp_path: Path) -> None:
    """The twin: the same file, whose folder is where it stands; and a part by any name is not read at all."""
    files: Files = {**service("api"), "deploy/compose.yml": "services: {api: {build: ../api}}\n"}
    write(tmp_path, {**files, "deploy/part.yml": "services: {api: {build: {context: ../api, target: x}}}\n"})
    assert [(b.context, b.target) for b in _builds(tmp_path)] == [("api", "")]


@pytest.mark.parametrize(
    ("include", "why"),
    [
        ("[../outside/compose.yaml]", "../outside/compose.yaml lies outside"),
        ("[/etc/passwd]", "/etc/passwd lies outside"),
        ("[away/compose.yaml]", "a link out of the folder"),
        ("[{path: a.yml, project_directory: ../..}]", "../.. lies outside"),
        ("[{path: a.yml, env_file: ../x.env}]", "../x.env lies outside"),
        ("['oci://example.org/x']", "no file of this tree"),
        ("['https://example.org/x.git']", "no file of this tree"),
        ("['${NOWHERE}/x.yml']", "${NOWHERE}/x.yml is not literal"),
        ("[none.yml]", "it is not there"),
        ("[api]", "api is a folder"),
        ("[{env_file: x}]", "it names no file"),
        ("[compose.yaml]", "compose.yaml includes itself in the end"),
        ("[b.yml]", "compose.yaml includes itself in the end"),
    ],
)
def test_includes_that_are_not_followed(tmp_path: Path, include: str, why: str) -> None:
    """Each is said with its line, and the file's own services stay."""
    outside = tmp_path / "outside"
    write(outside, {"compose.yaml": "services: {x: {build: .}}\n", **service("away")})
    tree = tmp_path / "tree"
    write(tree, {**service("api"), "a.yml": "services: {}\n", "b.yml": "include: [compose.yaml]\n"})
    write(tree, {"compose.yaml": f"services: {{api: {{build: api}}}}\ninclude:\n  {include}\n"})
    (tree / "away").symlink_to(outside)
    notes = _notes(tree)
    assert why in notes
    assert "include is not followed: " in notes
    assert [b.context for b in _builds(tree)] == ["api"]


def test_includes_are_bounded(tmp_path: Path) -> None:
    """A ladder of files that each include the next one twice, and a chain that is too long."""
    files: Files = {f"{n}.yml": f"include: [{n + 1}.yml, {n + 1}.yml, ./{n + 1}.yml]\n" for n in range(40)}
    write(tmp_path, {**service("api"), "compose.yaml": "include: [0.yml]\n", **files})
    assert "more than 16 files include one another" in _notes(tmp_path)
    wide: Files = {f"w{n}.yml": "services: {}\n" for n in range(600)}
    write(tmp_path, {**wide, "compose.yaml": f"include: [{', '.join(wide)}]\n"})
    assert "or 500 in all" in _notes(tmp_path)


def test_services_of_one_project_know_each_other(tmp_path: Path) -> None:
    """``service:`` names one of an included file."""
    child = "FROM below\nRUN make\n"
    build = "{context: web, additional_contexts: {below: 'service:api'}}"
    compose = f"include: [parts/all.yml]\nservices:\n  web:\n    build: {build}\n"
    files = {**service("parts/api"), "parts/all.yml": "services: {api: {build: api}}\n", "web/Dockerfile": child}
    write(tmp_path, {**files, "compose.yaml": compose})
    (job,) = (job for job in surveyed(tmp_path).jobs if job.path == "parts/api/Dockerfile")
    assert [use.need.value for use in job.uses] == ["*"]


def test_a_short_build_under_a_long_one(tmp_path: Path) -> None:
    """``build: folder`` is a mapping with a context; what stands above adds to it."""
    compose = "services:\n  base: {build: api}\n  debug: {extends: base, build: {target: debug}}\n"
    write(tmp_path, {**service("api"), "compose.yaml": compose})
    assert [(b.context, b.target) for b in _builds(tmp_path)] == [("api", ""), ("api", "debug")]


def test_extends_keeps_paths_where_they_stand(tmp_path: Path) -> None:
    """A context of another file starts in that one's folder, arguments above it are merged, a second step as well."""
    compose = "services: {x: {extends: {file: a/one.yml, service: x}, build: {args: {B: 2}}}}\n"
    one = "services: {x: {extends: {file: b/two.yml, service: x}}}\n"
    two = "services: {x: {build: {context: ../../api, args: [A=1, B=1]}}}\n"
    write(tmp_path, {**service("api"), "compose.yaml": compose, "a/one.yml": one, "a/b/two.yml": two})
    (build,) = _builds(tmp_path)
    assert (build.context, build.args) == ("api", (("A", "1"), ("B", "2")))


@pytest.mark.parametrize(
    ("file", "why"),
    [("none.yml", "none.yml: it is not there"), ("api", "api: it is a folder"), ("../x", "leads nowhere")],
)
def test_extends_that_are_not_followed(tmp_path: Path, file: str, why: str) -> None:
    """They are said, and what the service and others say themselves stays."""
    compose = f"services:\n  a: {{build: api, extends: {{file: {file}, service: x}}}}\n  b: {{build: api}}\n"
    write(tmp_path, {**service("api"), "compose.yaml": compose})
    assert [b.who for b in _builds(tmp_path)] == ["service a", "service b"]
    assert "compose.yaml:2: extends is not followed: " in _notes(tmp_path)
    assert why in _notes(tmp_path)


def test_a_health_check_is_merged(tmp_path: Path) -> None:
    """An interval above leaves the test below; ``!reset`` takes it away."""
    base = "services:\n  api:\n    build: api\n    healthcheck: {test: [CMD, wget, x]}\n"
    over = "services: {api: {healthcheck: {interval: 5s}}}\n"
    gone = "services: {api: {healthcheck: !reset null, build: !override {context: api, target: x}}}\n"
    write(tmp_path, {**service("api"), "a/compose.yaml": base.replace("build: api", "build: ../api")})
    write(tmp_path, {"a/compose.b.yaml": over, "a/compose.c.yaml": gone.replace("context: api", "context: ../api")})
    (job,) = (job for job in surveyed(tmp_path).jobs if job.path == "api/Dockerfile")
    assert [use.need.why for use in job.uses] == ["a/compose.yaml:4: the health check of service api starts wget"]
    assert [b.target for b in job.builds] == ["", "", "x"]


def test_tags_of_two_files_are_all_made(tmp_path: Path) -> None:
    """Lists grow where a file lies over another one (compose-spec, "Sequence"); ``image`` is replaced."""
    base = "services: {api: {image: e.org/a, build: {context: api, tags: [e.org/b]}}}\n"
    over = "services: {api: {image: e.org/c, build: {tags: [e.org/d]}}}\n"
    write(
        tmp_path, {**service("api"), "x.yml": base, "y.yml": over, "compose.yaml": "include: [{path: [x.yml, y.yml]}]"}
    )
    for name, used in {"a": False, "b": True, "c": True, "d": True}.items():
        write(tmp_path, {"child/Dockerfile": f"FROM e.org/{name}\nRUN x\n"})
        (job,) = (job for job in surveyed(tmp_path).jobs if job.path == "api/Dockerfile")
        assert bool(job.uses) is used


def test_env_beside_the_file(tmp_path: Path) -> None:
    """The ``.env`` of its folder, not one of another."""
    compose = "services: {api: {build: {context: '${WHERE:-..}/api', args: {A: '${A}', B: '${B:-2}', C: '${C}'}}}}\n"
    write(tmp_path, {**service("api"), "x/compose.yaml": compose, "x/.env": "A=1\n", ".env": "C=3\nB=3\n"})
    (build,) = _builds(tmp_path)
    assert (build.context, build.args) == ("api", (("A", "1"), ("B", "2"), ("C", None)))


def test_an_ignored_env_is_one_machines(tmp_path: Path) -> None:
    """What git would not track holds secrets more often than versions."""
    compose = "services: {api: {build: {context: api, args: {A: '${A}'}}}}\n"
    write(tmp_path, {**service("api"), "compose.yaml": compose, ".env": "A=secret\n", ".gitignore": ".env\n"})
    assert _builds(tmp_path)[0].args == (("A", None),)
    compose = "include: [{path: parts.yml, env_file: other.env}]\n"
    write(tmp_path, {"parts.yml": INCLUDED, "compose.yaml": compose, "other.env": "V=x", ".gitignore": "other.env\n"})
    assert _builds(tmp_path)[0].args == (("V", None),)
    assert "compose.yaml:1: variables of other.env are not known: it is not among the files" in _notes(tmp_path)


def test_an_env_that_is_not_plain(tmp_path: Path) -> None:
    """What it may set is not known, so no default is taken either."""
    compose = "services: {api: {build: {context: api, args: {A: '${A:-1}'}}}}\n"
    write(tmp_path, {**service("api"), "compose.yaml": compose, ".env": 'B="\nA=2"\n'})
    assert _builds(tmp_path)[0].args == (("A", None),)
    assert "variables of .env are not known: line 1 has a quote" in _notes(tmp_path)


VALUES = {"A": "a", "E": "", "U": None, "D": "$x"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$A/${A}", "a/a"),
        ("$$A", "$$A"),
        ("$D", "$$x"),
        ("${N}", "${N}"),
        ("$N", "$N"),
        ("${A:-x}${E:-x}${E-x}${N-x}${N:-x}", "axxx"),
        ("${N:-${E:-${A}}}", "a"),
        ("${N:-${M}}", "${M}"),
        ("${A:+y}${A+y}${E:+y}${E+y}", "yyy"),
        ("${N:+y}", "${N:+y}"),
        ("${A:?m}${A?m}${E?m}", "aa"),
        ("${E:?m}", "${E:?m}"),
        ("${N?m}", "${N?m}"),
        ("${U:-x}", "${U:-x}"),
        ("$U", "$U"),
        ("${A/a/b}", "${A/a/b}"),
        ("${A", "${A"),
        ("${N:-${A}", "${N:-${A}"),
        ("$", "$"),
        ("${}", "${}"),
        ("${N:-}", ""),
        ("${N:-a}b}", "ab}"),
    ],
)  # fmt: skip
def test_interpolation(text: str, filled: str) -> None:
    """Values, defaults, alternatives, and what is left as it stands (compose-spec, "Interpolation")."""
    assert Variables.of(VALUES).fill(text) == filled


def test_deep_defaults() -> None:
    """They end."""
    text = "${N:-" * 20_000 + "}" * 20_000
    assert "$" in Variables().fill(text)
    assert Variables().fill("${" * 20_000) == "${" * 20_000


def test_env_files() -> None:
    """The syntax of docs.docker.com, "Env file syntax"; what is not literal is known to be set."""
    text = (
        "# no\nA=1\nexport B = two words # said\nC: 'single $A' # said\nD=\"double ${A}\"\nE=\nF=$N\nG=a#b\nH\n"
        'I="a\\nb"\nJ=${A}${B}\r\nK=$OUTER\nL="a" # b\n'
    )
    assert read_env(b"\xef\xbb\xbf" + text.encode(), {"OUTER": "o"}) == {
        "A": "1", "B": "two words", "C": "single $A", "D": "double 1", "E": "", "F": None, "G": None, "H": None,
        "I": None, "J": "1two words", "K": "o", "L": "a",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["A='x\ny'", 'A="x', "=1", "A B=1", "A=\xff"])
def test_env_files_that_are_none(text: str) -> None:
    """A value over lines and what is no variable: the file is not read."""
    with pytest.raises(Refused):
        read_env(text.encode("latin-1"), {})


def test_names_of_env_files() -> None:
    """By their names."""
    assert all(map(is_env_name, (".env", "dev.env", ".env.local", "env")))
    assert not any(map(is_env_name, ("environment.yml", "x.envy", "Dockerfile")))
