"""Matrices of CI jobs, calls of bake, and variables that a step is started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim.migrate.matrix import Unbounded, filled, github_matrix, gitlab_matrix
from imgslim.migrate.nodes import parse_yaml
from tests.migrate.trees import HELLO, service, surveyed, write

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.migrate.jobs import Build

TREE = {**service("api"), **service("web"), "api/other.Dockerfile": HELLO}
WORKFLOW = ".github/workflows/x.yml"


def _builds(folder: Path, path: str = "api/Dockerfile") -> list[Build]:
    (job,) = (job for job in surveyed(folder).jobs if job.path == path)
    return [build for build in job.builds if build.place is not None]


def _notes(folder: Path) -> str:
    return "\n".join(map(str, surveyed(folder).notes))


def _rows(text: str) -> list[dict[str, str | None]]:
    return github_matrix(parse_yaml(text.encode()))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("{a: [1, 2], b: [x]}", [{"a": "1", "b": "x"}, {"a": "2", "b": "x"}]),
        ("{a: [1, 2], b: [x, y], exclude: [{a: 1, b: y}, {b: x, a: 2}]}", [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]),
        ("{a: [1, 2], exclude: [{a: 1}]}", [{"a": "2"}]),
        ("{include: [{a: 1}, {b: 2}]}", [{"a": "1"}, {"b": "2"}]),
        ("{a: [1, 2], include: [{c: x}, {a: 2, c: y}]}", [{"a": "1", "c": "x"}, {"a": "2", "c": "y"}]),
        ("{a: [1], include: [{a: 3}]}", [{"a": "1"}, {"a": "3"}]),
        ("{a: [1], include: [{a: 1, b: x}, {b: y}]}", [{"a": "1", "b": "y"}]),
        ("{a: [{n: x, p: [1]}, {n: y}]}", [{"a.n": "x", "a.p": None}, {"a.n": "y"}]),
        ("{a: [{n: x}], include: [{a: {n: x}, b: 1}]}", [{"a.n": "x", "b": "1"}]),
        ("{a: [{n: x}], include: [{a: {n: y}, b: 2}]}", [{"a.n": "x"}, {"a.n": "y", "b": "2"}]),
        ("{a: [x], b: '${{ fromJSON(needs.x.outputs.y) }}'}", [{"a": "x", "b": None}]),
        ("{a: [x, '${{ inputs.y }}']}", [{"a": "x"}, {"a": None}]),
        ("{a: [1.10, true, null]}", [{"a": "1.1"}, {"a": "true"}, {"a": None}]),
        ("{a: [1], include: [{b: '${{ github.sha }}'}]}", [{"a": "1", "b": None}]),
        ("{a: []}", []),
    ],
)  # fmt: skip
def test_github_matrices(text: str, rows: list[dict[str, str | None]]) -> None:
    """Products, what is left out of them, and what is put in or beside."""
    assert _rows(text) == rows


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("'${{ fromJSON(x) }}'", "is not literal"),
        ("{include: '${{ fromJSON(x) }}'}", "is not literal"),
        ("{a: [1], exclude: '${{ fromJSON(x) }}'}", "is not literal"),
        ("{a: '${{ fromJSON(x) }}', include: [{b: 1}]}", "is not literal"),
        ("{a: [1], include: [{a: '${{ x }}'}]}", "is not literal"),
        ("{a: [1], include: [x]}", "is not literal"),
        (f"{{a: {list(range(17))}, b: {list(range(17))}}}", "has more than 256"),
        (f"{{include: [{', '.join('{a: 1}' for _ in range(257))}]}}", "has more than 256"),
    ],
)
def test_matrices_that_are_not_followed(text: str, why: str) -> None:
    """Computed by the workflow, or larger than GitHub runs."""
    with pytest.raises(Unbounded, match=why):
        _rows(text)


def test_a_matrix_of_many_axes_is_not_built_before_it_is_counted() -> None:
    """Thirty axes of two values would be a thousand million."""
    with pytest.raises(Unbounded):
        _rows("{" + ", ".join(f"a{n}: [1, 2]" for n in range(30)) + "}")


ROW = {"matrix.": ""} | {f"matrix.{k}": v for k, v in {"a": "x", "b.c": "y", "d": None, "e": "", "f": "false"}.items()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("./${{ matrix.a }}/${{matrix.b.c}}", "./x/y"),
        ("${{ matrix.none }}|", "|"),
        ("${{ matrix.b.none }}|", "|"),
        ("${{ matrix.d }}", "${{ matrix.d }}"),
        ("${{ matrix.d.e }}", "${{ matrix.d.e }}"),
        ("${{ matrix.b }}", "${{ matrix.b }}"),
        ("${{ matrix.none || 'it''s' }}", "it's"),
        ("${{ matrix.e || matrix.f || matrix.a }}", "x"),
        ("${{ matrix.d || 'z' }}", "${{ matrix.d || 'z' }}"),
        ("${{ github.sha }}", "${{ github.sha }}"),
        ("${{ format('{0}', matrix.a) }}", "${{ format('{0}', matrix.a) }}"),
        ("${{ matrix.a == 'x' && 'y' || 'z' }}", "${{ matrix.a == 'x' && 'y' || 'z' }}"),
        ("matrix.a", "matrix.a"),
        ("${{ inputs.a }}", "${{ inputs.a }}"),
    ],
)
def test_expressions(text: str, said: str) -> None:
    """Properties and defaults; everything else stays as it is written."""
    assert filled(text, ROW) == said


def _job(steps: str, matrix: str = "", more: str = "") -> dict[str, str | bytes]:
    strategy = f"    strategy: {{matrix: {matrix}}}\n" if matrix else ""
    return {**TREE, WORKFLOW: f"jobs:\n  x:\n{strategy}{more}    steps:\n{steps}"}


ACTION = """\
      - uses: docker/build-push-action@v6
        with:
          context: ${{ matrix.service }}
          file: ${{ matrix.service }}/${{ matrix.file || 'Dockerfile' }}
          target: ${{ matrix.target }}
          build-args: |
            V=${{ matrix.version }}
            SHA=${{ github.sha }}
          tags: example.org/${{ matrix.service }}:latest
"""


def test_an_action_in_a_matrix(tmp_path: Path) -> None:
    """Each combination is a build, with its own context, file, target and arguments."""
    more = "exclude: [{service: web, version: 2}], include: [{service: web, target: t}]"
    write(tmp_path, _job(ACTION, f"{{service: [api, web], version: [1, 2], {more}}}"))
    assert [(b.context, b.args, b.target) for b in _builds(tmp_path)] == [
        ("api", (("SHA", None), ("V", "1")), ""), ("api", (("SHA", None), ("V", "2")), ""),
    ]  # fmt: skip
    assert [(b.context, b.args, b.target) for b in _builds(tmp_path, "web/Dockerfile")] == [
        ("web", (("SHA", None), ("V", "1")), "t"),
    ]  # fmt: skip
    assert _notes(tmp_path) == ""


def test_a_matrix_of_files(tmp_path: Path) -> None:
    """Two Dockerfiles of one folder; the one that is not there is said."""
    write(tmp_path, _job(ACTION, "{include: [{service: api, file: other.Dockerfile}, {service: api, file: none}]}"))
    assert _builds(tmp_path) == []
    assert [b.context for b in _builds(tmp_path, "api/other.Dockerfile")] == ["api"]
    assert "its Dockerfile api/none is left alone: it is not there" in _notes(tmp_path)


def test_a_matrix_that_is_computed(tmp_path: Path) -> None:
    """The twin: nothing is guessed, and it is said where something depends on it."""
    write(tmp_path, _job(ACTION, "'${{ fromJSON(needs.x.outputs.y) }}'"))
    assert _builds(tmp_path) == []
    assert f"{WORKFLOW}:3: job x: its matrix is not literal; what depends on it" in _notes(tmp_path)
    write(tmp_path, _job("      - run: go test\n      - run: docker build api\n", "'${{ fromJSON(x) }}'"))
    assert [b.context for b in _builds(tmp_path)] == ["api"]
    assert _notes(tmp_path) == ""


def test_tags_of_the_metadata_action(tmp_path: Path) -> None:
    """The step that makes them is given the names; which tags, it decides."""
    meta = (
        "      - {uses: docker/metadata-action@v5, id: meta, with: {images: 'e.org/${{ matrix.service }}'}}\n"
        "      - {uses: docker/metadata-action@v5, id: other, with: {images: 'e.org/other'}}\n"
    )
    step = ACTION.replace("example.org/${{ matrix.service }}:latest", "${{ steps.meta.outputs.tags }}")
    write(tmp_path, {**_job(meta + step, "{service: [api, web]}"), "child/Dockerfile": "FROM e.org/api:3\nRUN x\n"})
    uses = {job.path: [use.need.why for use in job.uses] for job in surveyed(tmp_path).jobs}
    assert [len(whys) for whys in uses.values()] == [1, 0, 0, 0]
    assert "(if e.org/api:3 and e.org/api:… are one: a variable leaves it open)" in uses["api/Dockerfile"][0]
    write(tmp_path, {"child/Dockerfile": "FROM e.org/other:3\nRUN x\n"})
    assert not any(job.uses for job in surveyed(tmp_path).jobs)


RUN = """\
      - working-directory: ${{ matrix.service }}
        run: docker build --build-arg V=${{ matrix.version }} -t ${{ matrix.service }} .
"""


def test_commands_in_a_matrix(tmp_path: Path) -> None:
    """The text is what GitHub makes of it."""
    write(tmp_path, _job(RUN, "{service: [api, web], version: [1]}"))
    assert [(b.context, b.args) for b in _builds(tmp_path)] == [("api", (("V", "1"),))]
    assert [b.context for b in _builds(tmp_path, "web/Dockerfile")] == ["web"]


def test_commands_that_read_the_environment(tmp_path: Path) -> None:
    """``env`` of the step, the job and the workflow, the nearest first, where nothing may have changed it."""
    more = "    env: {SERVICE: '${{ matrix.service }}', V: 1, CHANGED: api}\n"
    step = (
        '      - env: {V: 2}\n        run: |\n          docker build --build-arg V=$V --build-arg "W=a${SERVICE}b"'
        ' "./${SERVICE}"\n'
    )  # fmt: skip
    write(tmp_path, _job(step, "{service: [api, web]}", more))
    assert [(b.context, b.args) for b in _builds(tmp_path)] == [("api", (("V", "2"), ("W", "aapib")))]
    other = "      - run: echo CHANGED=web >> $GITHUB_ENV\n      - run: docker build $CHANGED\n"
    write(tmp_path, _job(other, "", more))
    assert _builds(tmp_path) == []
    assert "its context $CHANGED is not literal" in _notes(tmp_path)


@pytest.mark.parametrize(
    "script", ["SERVICE=web; docker build $SERVICE", "for SERVICE in a b; do docker build $SERVICE; done",
               "read SERVICE; docker build $SERVICE", "docker build '$SERVICE'", "docker build ${SERVICE%x}",
               "export SERVICE=web; docker build $SERVICE", "unset SERVICE; docker build $SERVICE",
               "eval $X; docker build $SERVICE", ". ./x; docker build $SERVICE"]
)  # fmt: skip
def test_variables_that_the_script_may_set_itself(tmp_path: Path, script: str) -> None:
    """The twins: another value, quoted, or changed on the way."""
    step = f"      - env: {{SERVICE: api}}\n        run: {script}\n"
    write(tmp_path, _job(step))
    assert _builds(tmp_path) == []


def test_values_that_a_shell_would_split(tmp_path: Path) -> None:
    """A blank or a pattern in a value is no word."""
    write(tmp_path, _job("      - env: {S: 'api web', T: 'a*'}\n        run: docker build $S; docker build $T\n"))
    assert _builds(tmp_path) == []


CALLED = """\
on:
  workflow_call:
    inputs:
      service: {type: string, required: true}
      file: {type: string, default: Dockerfile}
      version: {type: string}
jobs:
  images:
    strategy: {matrix: {level: [1]}}
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: ${{ inputs.service }}
          file: ${{ inputs.service }}/${{ inputs.file }}
          build-args: |
            V=${{ inputs.version }}
            L=${{ matrix.level }}
"""
ACTION_FILE = """\
inputs: {service: {required: true}, tag: {default: x}}
runs:
  using: composite
  steps:
    - run: docker build --build-arg T=${{ inputs.tag }} ${{ inputs.service }}
      shell: bash
"""


def _calling(given: str, used: str = "./.github/workflows/build.yml", matrix: str = "{service: [api, web]}") -> str:
    return f"on: push\njobs:\n  call:\n    strategy: {{matrix: {matrix}}}\n    uses: {used}\n    with: {given}\n"


def test_workflows_that_others_call(tmp_path: Path) -> None:
    """Inputs have the values of the call, or their defaults; by itself such a workflow is not read."""
    calling = _calling("{service: '${{ matrix.service }}', version: '${{ github.sha }}'}")
    write(tmp_path, {**TREE, WORKFLOW: calling, ".github/workflows/build.yml": CALLED})
    (build,) = _builds(tmp_path)
    assert (build.context, build.args, build.who) == ("api", (("L", "1"), ("V", None)), "job images")
    assert str(build.place) == ".github/workflows/build.yml:11"
    assert len(_builds(tmp_path, "web/Dockerfile")) == 1
    assert _notes(tmp_path) == ""
    write(tmp_path, {WORKFLOW: _calling("{service: api, file: other.Dockerfile}")})
    assert [b.args for b in _builds(tmp_path, "api/other.Dockerfile")] == [(("L", "1"), ("V", ""))]


def test_workflows_that_nobody_calls(tmp_path: Path) -> None:
    """The twins: called by another repository, or with what is not literal, nothing is known of the inputs."""
    write(tmp_path, {**TREE, ".github/workflows/build.yml": CALLED})
    assert _builds(tmp_path) == []
    assert "build.yml:11: job images: the name of its Dockerfile is not literal" in _notes(tmp_path)
    write(tmp_path, {WORKFLOW: _calling("{service: '${{ matrix.service }}'}", matrix="'${{ fromJSON(x) }}'")})
    assert _builds(tmp_path) == []
    assert f"{WORKFLOW}:4: job call: its matrix is not literal" in _notes(tmp_path)
    write(tmp_path, {WORKFLOW: _calling("{service: api}", "example/x/.github/workflows/build.yml@v1")})
    assert _builds(tmp_path) == []


def test_composite_actions(tmp_path: Path) -> None:
    """Steps of an action of the repository itself, with the inputs of the step that uses it."""
    step = "      - {uses: ./.github/actions/image, with: {service: '${{ matrix.service }}'}}\n"
    files = _job(step, "{service: [api, web]}")
    write(tmp_path, {**files, ".github/actions/image/action.yml": ACTION_FILE})
    (build,) = _builds(tmp_path)
    assert (build.context, build.args, build.who) == ("api", (("T", "x"),), "job x")
    assert str(build.place) == ".github/actions/image/action.yml:5"


@pytest.mark.parametrize(
    ("used", "why"),
    [
        ("./away", "it is a link out of the folder"),
        ("./../outside", "../outside lies outside"),
        ("./.github/actions/loop", "more than 10 call one another"),
    ],
)
def test_calls_that_are_not_followed(tmp_path: Path, used: str, why: str) -> None:
    """They are said."""
    loop = "runs: {using: composite, steps: [{uses: ./.github/actions/loop}]}\n"
    tree = write(tmp_path / "tree", {**_job(f"      - uses: {used}\n"), ".github/actions/loop/action.yaml": loop})
    write(tmp_path / "outside", {"action.yml": ACTION_FILE})
    (tree / "away").symlink_to("../outside")
    assert f"job x: what it calls is not followed: {why}" in _notes(tree)


def test_what_another_commit_holds(tmp_path: Path) -> None:
    """The twin: an action that is not there comes from a checkout of another one, and nothing is said."""
    write(tmp_path, _job("      - uses: ./.github/actions/none\n      - uses: ./api\n"))
    assert _notes(tmp_path) == ""


def test_the_workspace_is_the_root(tmp_path: Path) -> None:
    """``github.workspace`` names it; another expression of the same kind is not known."""
    step = "      - uses: docker/build-push-action@v6\n        with: {context: '${{ github.workspace }}/api'}\n"
    run = "      - working-directory: ${{ github.workspace }}\n        run: docker build web\n"
    write(tmp_path, _job(step + run))
    assert [b.context for b in _builds(tmp_path)] == ["api"]
    assert [b.context for b in _builds(tmp_path, "web/Dockerfile")] == ["web"]
    write(tmp_path, _job((step + run).replace("github.workspace", "github.workflow")))
    assert _builds(tmp_path) == []


def test_calls_are_bounded(tmp_path: Path) -> None:
    """Matrices of workflows that call workflows with matrices."""
    matrix = f"{{service: {list(range(60))}}}"
    files: dict[str, str | bytes] = {
        f".github/workflows/{n}.yml": _calling("{}", f"./.github/workflows/{n + 1}.yml", matrix) for n in range(2)
    }
    write(tmp_path, {**TREE, **files, ".github/workflows/2.yml": CALLED})
    assert "0.yml: not read: its jobs and what they call are more than 2000" in _notes(tmp_path)


def test_gitlab_matrices(tmp_path: Path) -> None:
    """``parallel:matrix`` sets variables; ``variables`` of the job and of the file as well."""
    text = """\
variables: {SERVICE: none, LEVEL: {value: 3, description: x}}
build:
  variables: {V: 2}
  parallel:
    matrix:
      - SERVICE: [api, web]
        V: [1]
      - SERVICE: api
  script:
    - docker build --build-arg V=$V --build-arg L=$LEVEL $SERVICE
"""
    write(tmp_path, {**TREE, ".gitlab-ci.yml": text})
    assert [dict(b.args) for b in _builds(tmp_path)] == [{"V": "1", "L": "3"}, {"V": "2", "L": "3"}]
    assert [dict(b.args) for b in _builds(tmp_path, "web/Dockerfile")] == [{"V": "1", "L": "3"}]


def test_gitlab_jobs_that_extend_others(tmp_path: Path) -> None:
    """The script of a template with the matrix and variables of the job; the template itself runs nowhere."""
    text = """\
.base: {variables: {V: 1, W: 1}}
.template:
  extends: .base
  variables: {V: 2}
  script: [docker build --build-arg V=$V --build-arg W=$W $SERVICE]
build:
  extends: [.template, .none]
  parallel: {matrix: [{SERVICE: [api, web]}]}
.loop: {extends: .loop, script: [docker build web]}
"""
    write(tmp_path, {**TREE, ".gitlab-ci.yml": text})
    assert [(b.who, dict(b.args)) for b in _builds(tmp_path)] == [("job build", {"V": "2", "W": "1"})]
    assert [b.who for b in _builds(tmp_path, "web/Dockerfile")] == ["job build"]
    write(tmp_path, {".gitlab-ci.yml": text.replace("build:\n  extends", "build:\n  depends")})
    assert _builds(tmp_path) == []
    assert "job .template: its context $SERVICE is not literal" in _notes(tmp_path)


def test_gitlab_jobs_that_extend_too_many(tmp_path: Path) -> None:
    """Layers of jobs that each extend all of the next layer, and a chain of thousands."""
    layers = [", ".join(f"l{n + 1}x{k}" for k in range(9)) for n in range(20)]
    wide = "".join(f"l{n}x{m}: {{extends: [{below}]}}\n" for n, below in enumerate(layers) for m in range(9))
    write(tmp_path, {**TREE, ".gitlab-ci.yml": f"{wide}l20x0: {{script: [docker build api]}}\n"})
    assert _builds(tmp_path)
    chain = "".join(f"j{n}: {{extends: j{n + 1}}}\n" for n in range(5000))
    write(tmp_path, {".gitlab-ci.yml": f"{chain}j5000: {{script: [docker build api]}}\n"})
    assert ".gitlab-ci.yml: not read: more than 30 of its jobs extend one another" in _notes(tmp_path)


@pytest.mark.parametrize("words", ["$ARGS api", '"${args[@]}" api', "api $ARGS", "$ARGS --target x api"])
def test_options_that_are_not_known(tmp_path: Path, words: str) -> None:
    """A word may hold ``-f``: which file is built is not known."""
    write(tmp_path, _job(f"      - run: docker build {words}\n"))
    assert _builds(tmp_path) == []
    assert "the name of its Dockerfile is not literal" in _notes(tmp_path)


def test_options_that_are_known_beside_others(tmp_path: Path) -> None:
    """The file is said; what arguments there are is not."""
    write(tmp_path, _job("      - run: docker build $ARGS -f api/Dockerfile --build-arg V=1 api\n"))
    (build,) = _builds(tmp_path)
    assert (build.context, build.args) == ("api", (("$ARGS", None), ("V", "1")))
    write(tmp_path, _job("      - env: {ARGS: --no-cache}\n        run: docker build $ARGS api\n"))
    assert [(b.context, b.args) for b in _builds(tmp_path)] == [("api", ())]


def test_gitlab_parallel_without_a_matrix(tmp_path: Path) -> None:
    """A number is no matrix, and one of nothing is none either."""
    write(tmp_path, {**TREE, ".gitlab-ci.yml": "build: {parallel: 5, script: [docker build api]}\n"})
    assert [b.context for b in _builds(tmp_path)] == ["api"]
    with pytest.raises(Unbounded):
        gitlab_matrix(parse_yaml(b"[]"))
    with pytest.raises(Unbounded):
        gitlab_matrix(parse_yaml(f"[{{a: {list(range(200))}}}, {{a: {list(range(200))}}}]".encode()))


BAKE = 'target "api" {\n  context = "api"\n  args = { V = "1" }\n}\ntarget "web" {\n  context = "web"\n}\n'


def test_bake_files_by_any_name(tmp_path: Path) -> None:
    """A command names them, and the folder it is run in."""
    write(tmp_path, {**_job("      - run: cd deploy && docker buildx bake -f images.hcl\n"), "deploy/images.hcl": BAKE})
    assert _builds(tmp_path) == []  # its contexts start in deploy
    write(tmp_path, _job("      - run: docker buildx bake --push -f deploy/images.hcl api\n"))
    assert [(b.context, dict(b.args)) for b in _builds(tmp_path)] == [("api", {"V": "1"})]
    assert str(_builds(tmp_path)[0].place) == "deploy/images.hcl:1"


def test_bake_files_that_nobody_names(tmp_path: Path) -> None:
    """The twin: another file with the same text is not read."""
    write(tmp_path, {**_job("      - run: echo docker buildx bake -f images.hcl\n"), "images.hcl": BAKE})
    assert _builds(tmp_path) == []


def test_what_bake_sets(tmp_path: Path) -> None:
    """Arguments, contexts and targets of a command line win over the file's; both ways are kept."""
    run = "docker buildx bake --set api.args.V=2 --set '*.target=x' --set w*.args.W=$W --set *.platform=linux/amd64"
    write(tmp_path, {**_job(f"      - run: {run}\n"), "docker-bake.hcl": BAKE})
    assert [(dict(b.args), b.target) for b in _builds(tmp_path)] == [({"V": "1"}, ""), ({"V": "2"}, "x")]
    assert [dict(b.args) for b in _builds(tmp_path, "web/Dockerfile")] == [{}, {"W": None}]


def test_the_bake_action(tmp_path: Path) -> None:
    """Its files and what it sets."""
    step = (
        "      - uses: docker/bake-action@v6\n        with:\n          files: |\n            ./deploy/images.hcl\n"
        "          set: |\n            api.args.V=${{ github.sha }}\n"
    )
    write(tmp_path, {**_job(step), "deploy/images.hcl": BAKE})
    assert [(b.context, dict(b.args)) for b in _builds(tmp_path)] == [("api", {"V": None})]


WITH_VARIABLE = 'variable "V" { default = "1" }\ntarget "api" {\n  context = "api"\n  args = { V = V }\n}\n'


@pytest.mark.parametrize(
    ("step", "values"),
    [
        ("      - run: docker buildx bake\n", ["1"]),
        ("      - env: {V: 2}\n        run: docker buildx bake\n", ["1", "2"]),
        ("      - env: {V: '${{ github.sha }}'}\n        run: docker buildx bake\n", ["1", None]),
        ("      - run: V=$(git rev-parse HEAD) docker buildx bake\n", ["1", None]),
        ("      - env: {OTHER: 2}\n        run: docker buildx bake\n", ["1"]),
        ("      - env: {V: 3}\n        uses: docker/bake-action@v6\n", ["1", "3"]),
        ("      - run: docker buildx bake --set api.args.V=$V\n", ["1", None]),
    ],
)
def test_bake_variables_of_the_environment(tmp_path: Path, step: str, values: list[str | None]) -> None:
    """What a step sets, or may set, wins over the default; the default is how bake is run by hand."""
    write(tmp_path, {**_job(step), "docker-bake.hcl": WITH_VARIABLE})
    assert [dict(b.args)["V"] for b in _builds(tmp_path)] == values


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("docker buildx bake -f $FILE", "a file of bake is not literal"),
        ("docker buildx bake -f ../x.hcl", "or outside"),
        ("docker buildx bake -f none.hcl", "none.hcl: not read: it is not there"),
        ("docker buildx bake -f compose.yaml --set x.args.V=1", "what bake sets in compose.yaml is not followed"),
        ("cd $X; docker buildx bake -f x.hcl", "bake in a folder, or of a context, that is not literal"),
    ],
)
def test_bake_calls_that_are_left_out(tmp_path: Path, run: str, why: str) -> None:
    """They are said."""
    write(tmp_path, _job(f"      - run: {run}\n"))
    assert why in _notes(tmp_path)
