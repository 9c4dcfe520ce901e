"""Variables of the base image: those that interpreters read stand again, whether or not a run came to need them."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Application, Declined, Rewritten, Unchanged
from imgslim.planner.inherited import inherited_lines, lost_variables, stated_by
from imgslim.records import replace
from imgslim.service import Options, prepare, slim
from imgslim.targets import target
from imgslim.toolchains.node import TOOLCHAIN
from tests.evidence_kit import contents


def _lines(base: str, *run_by: str, steps: str = "", env: tuple[str, ...] = ()) -> set[str]:
    text = f'FROM {base}\n{steps}WORKDIR /srv\nCOPY a.rb .\nCMD ["ruby", "a.rb"]\n'
    built = replace(contents({"/usr/local/bin/ruby": 0}), config={"Env": list(env)}) if env else None
    found = prepare(text, MemoryContext({"a.rb": b""}), Options(evidence=Evidence(built)))
    assert not isinstance(found, Declined | Unchanged)
    head, _ = inherited_lines(found.project, (), run_by)
    lost = " ".join(lost_variables(found.project, (), run_by))
    assert not any(f" {line.text.partition(' ')[2].partition('=')[0]}," in lost for line in head)
    return {line.text for line in head}


def test_where_gems_lie_is_said_again() -> None:
    """A gem that is first required when a page is asked for is looked for where GEM_HOME says."""
    assert {"ENV GEM_HOME=/usr/local/bundle", "ENV BUNDLE_APP_CONFIG=/usr/local/bundle"} <= _lines("ruby:3.3", "ruby")


@pytest.mark.parametrize(
    ("base", "run_by", "steps"),
    [
        ("ruby:3.3", (), ""),
        ("ruby:3.3", ("python",), ""),
        ("ruby:3.3", ("ruby",), "ENV GEM_HOME=/gems BUNDLE_APP_CONFIG=/gems BUNDLE_SILENCE_ROOT_WARNING=0\n"),
    ],
)
def test_what_nobody_reads_or_the_author_sets_is_not(base: str, run_by: tuple[str, ...], steps: str) -> None:
    """A program of the build's own has no gems; the author's variables stand where the author's do."""
    assert not {line for line in _lines(base, *run_by, steps=steps) if "GEM_" in line or "BUNDLE_" in line}


def test_versions_end_with_the_build() -> None:
    """RUBY_VERSION says what was built; no interpreter asks."""
    lines = _lines("ruby:3.3", "ruby", env=("RUBY_VERSION=3.3.8", "RUBY_DOWNLOAD_URL=x", "GEM_HOME=/usr/local/bundle"))
    assert not {line for line in lines if "RUBY_" in line}


def test_a_value_that_no_tag_settles_is_the_built_images() -> None:
    """Old tags leave GEM_HOME open; the image that was built tells."""
    old = "ruby:2.0"
    assert not {line for line in _lines(old, "ruby") if "GEM_HOME" in line}
    assert "ENV GEM_HOME=/usr/local/bundle" in _lines(old, "ruby", env=("GEM_HOME=/usr/local/bundle",))


def test_where_scripts_of_gems_lie_is_searched() -> None:
    """``CMD ["rackup"]`` finds what a gem came with; a program of the build's own is not looked for there."""
    path = "ENV PATH=/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert path in _lines("ruby:3.3", "ruby")
    assert path not in _lines("ruby:3.3")


def test_the_home_of_java_is_said_where_something_asks() -> None:
    """A start script does; where the target has a Java of its own, its home stands there."""
    image = "eclipse-temurin:17-jdk"
    files = {"build.gradle": b"apply plugin: 'application'", "settings.gradle": b"rootProject.name = 'shop'"}
    text = f'FROM {image}\nWORKDIR /src\nCOPY . .\nRUN gradle installDist\nCMD ["build/install/shop/bin/shop"]\n'

    def written(target: str, made: str = text) -> str:
        outcome = slim(made, MemoryContext(files), Options(target=target))
        assert isinstance(outcome, Rewritten), outcome
        return outcome.after

    assert "ENV JAVA_HOME=/opt/java/openjdk\n" in written("scratch")
    assert "JAVA_HOME" not in written("eclipse-temurin:17-jre")
    started = text.replace('["build/install/shop/bin/shop"]', '["java", "-cp", "build/libs/*", "Shop"]')
    assert "JAVA_HOME" not in written("scratch", started.replace("installDist", "build"))


@pytest.mark.parametrize(
    ("source", "variable"),
    [
        ("console.log(process.env.NODE_VERSION, process.env.HOSTNAME)", "NODE_VERSION"),
        ("const { YARN_VERSION } = process.env", "YARN_VERSION"),
        ("console.log(process.env.NODE_VERSIONS)", ""),
    ],
)
def test_variables_that_the_programs_own_sources_name(source: str, variable: str) -> None:
    """They stand again where their values are known, but not where the target says them of its own release."""
    built = replace(contents({"/app/a.js": 1}), config={"Env": ["NODE_VERSION=20.1.2", "YARN_VERSION=1.2.3"]})
    text = 'FROM node:20\nWORKDIR /app\nCOPY a.js .\nCMD ["node", "a.js"]\n'
    found = prepare(text, MemoryContext({"a.js": source}), Options(evidence=Evidence(built)))
    assert not isinstance(found, Declined | Unchanged)
    project = found.project
    application = TOOLCHAIN.runs(("node", "a.js"), "/app", project)
    assert isinstance(application, Application)
    head, _ = inherited_lines(project, (), ("node",), application.variables)
    said = {line.text for line in head if "_VERSION" in line.text}
    assert {line.partition("=")[0] for line in said} == ({f"ENV {variable}"} if variable else set())
    assert said <= stated_by(project, target("node:20-slim", project.base))
    assert not said & stated_by(project, target("scratch", project.base))


@pytest.mark.parametrize(
    ("source", "said"),
    [('os.Getenv("GOPATH")', True), ('os.Getenv("GOPATHS")', False), ('os.Getenv("HOSTNAME")', False)],
)
def test_variables_that_a_compiled_program_names(source: str, said: bool) -> None:  # noqa: FBT001
    """An empty base sets none of them."""
    main = f'package main\n\nimport "os"\n\nfunc main() {{ println({source}) }}\n'
    files = {"go.mod": "module a\n", "main.go": main}
    outcome = slim('FROM golang:1.24\nWORKDIR /app\nCOPY . .\nRUN go build -o a\nCMD ["./a"]\n', MemoryContext(files))
    assert isinstance(outcome, Rewritten)
    assert ("ENV GOPATH=/go\n" in outcome.after) is said


@pytest.mark.parametrize(("name", "left"), [("GOLANG_VERSION", ["target-configures"]), ("GOLANG", [])])
def test_a_variable_whose_value_no_tag_settles(name: str, left: list[str]) -> None:
    """It can't be stated again: that is said."""
    main = f'package main\n\nimport "os"\n\nfunc main() {{ println(os.Getenv("{name}")) }}\n'
    files = {"go.mod": "module a\n", "main.go": main}
    outcome = slim('FROM golang:1.24\nWORKDIR /app\nCOPY . .\nRUN go build -o a\nCMD ["./a"]\n', MemoryContext(files))
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == left
