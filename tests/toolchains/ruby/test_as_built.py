"""Programs of Ruby's that only the built image shows to be its."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Application, Declined, Project
from imgslim.service import Options, read_project
from imgslim.syntax import parse
from imgslim.toolchains.ruby import TOOLCHAIN
from tests.evidence_kit import contents
from tests.toolchains.ruby.support import paths

_TEXT = "FROM {}\nRUN apt-get update && apt-get install -y ruby-sinatra\nCOPY config.ru /\nENTRYPOINT rackup\n"
_LAID = "/usr/lib/x86_64-linux-gnu/rubygems-integration"


def _runs(line: str, base: str = "ruby:3.2-slim", *more: str) -> Application | Declined | None:
    files = {"/usr/bin/rackup": 1, "/config.ru": 2, **dict.fromkeys(more, 1)}
    built = contents(files, instructions=(1, 2), scripts={"/usr/bin/rackup": line} if line else {})
    options = Options(evidence=Evidence(built))
    project = read_project(parse(_TEXT.format(base)), MemoryContext({"config.ru": "run App"}), options)
    assert isinstance(project, Project)
    return TOOLCHAIN.runs(("rackup",), "/", project)


@pytest.mark.parametrize("base", ["ruby:3.2-slim", "debian:bookworm"])
@pytest.mark.parametrize(
    ("line", "interpreter"), [("/usr/bin/ruby3.1", "/usr/bin/ruby3.1"), ("/usr/bin/ruby -w", "/usr/bin/ruby")]
)
def test_the_first_line_of_a_program_names_the_interpreter(line: str, interpreter: str, base: str) -> None:
    """A package's program runs by the package's Ruby, beside which an official image has its own."""
    found = _runs(line, base)
    assert isinstance(found, Application)
    assert found.interpreter == interpreter
    assert found.packages == ("ruby-sinatra",)
    assert "/usr/lib/ruby" in {tree.path for tree in found.library or ()}
    assert paths(found) == ["/config.ru"]


def test_the_image_has_ruby_of_its_own_elsewhere() -> None:
    """Twin: a gem's program names that one, and packages go along for nothing."""
    found = _runs("/usr/local/bin/ruby")
    assert isinstance(found, Application)
    assert found.packages == ()
    assert {tree.path for tree in found.library or ()} == {"/usr/local/lib/ruby"}


def test_env_is_asked_for_ruby() -> None:
    """Whichever comes first on PATH."""
    found = _runs("/usr/bin/env -S ruby")
    assert isinstance(found, Application)
    assert found.interpreter == "ruby"


@pytest.mark.parametrize("line", ["", "/usr/bin/python3", "/usr/bin/env python3", "/bin/sh", "/usr/bin/rubyist"])
def test_a_program_of_another_language_is_not_rubys(line: str) -> None:
    """Twins."""
    assert _runs(line) is None


@pytest.mark.parametrize(("more", "there"), [((), False), ((f"{_LAID}/3.1.0/specifications/json.gemspec",), True)])
def test_what_packages_add_to_the_library_goes_along(more: tuple[str, ...], *, there: bool) -> None:
    """Gems with a part for the machine, where the built image has any."""
    found = _runs("/usr/bin/ruby3.1", "ruby:3.2-slim", *more)
    assert isinstance(found, Application)
    assert ("/usr/lib/*-linux-gnu/rubygems-integration" in {tree.path for tree in found.library or ()}) is there
