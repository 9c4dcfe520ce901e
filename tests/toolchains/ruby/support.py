"""Small projects for the tests of the Ruby toolchain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.context import MemoryContext
from imgslim.model import Application, Project
from imgslim.service import Options, read_project
from imgslim.syntax import parse
from imgslim.toolchains.ruby import TOOLCHAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.model import Declined, NeedKind

FROM = "FROM ruby:3.2\nWORKDIR /srv\nCOPY . .\n"
DEBIAN = "FROM debian:bookworm\nRUN apt-get update && apt-get install -y ruby\nWORKDIR /srv\nCOPY . .\n"
LOCK = """GEM
  remote: https://rubygems.org/
  specs:
    mustermann (3.0.0)
      ruby2_keywords (~> 0.0.1)
    nokogiri (1.16.0-x86_64-linux)
      racc (~> 1.4)
    puma (6.4.2)
      nio4r (~> 2.0)
    nio4r (2.7.0)
    racc (1.7.3)
    rspec (3.13.0)
    ruby2_keywords (0.0.5)
    sinatra (4.0.0)
      mustermann (~> 3.0)

PATH
  remote: engines/shop
  specs:
    shop (0.1.0)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri
  puma (~> 6.4)
  rspec
  shop!
  sinatra

BUNDLED WITH
   2.5.4
"""
GEMFILE = """source "https://rubygems.org"
gem "sinatra"
gem "puma", "~> 6.4"
gem "nokogiri"
gem "shop", path: "engines/shop"
group :test do
  gem "rspec"
end
"""


def read(dockerfile: str, files: Mapping[str, str]) -> Project:
    """A project from a Dockerfile's text and the context's files."""
    project = read_project(parse(dockerfile), MemoryContext(dict(files)), Options())
    assert isinstance(project, Project)
    return project


def runs(
    *argv: str, files: Mapping[str, str] | None = None, dockerfile: str = FROM, cwd: str = "/srv"
) -> Application | Declined | None:
    """What a command line starts."""
    return TOOLCHAIN.runs(argv, cwd, read(dockerfile, files or {}))


def application(
    *argv: str, files: Mapping[str, str] | None = None, dockerfile: str = FROM, cwd: str = "/srv"
) -> Application:
    """The application that a command line starts."""
    found = runs(*argv, files=files, dockerfile=dockerfile, cwd=cwd)
    assert isinstance(found, Application)
    return found


def script(text: str, dockerfile: str = FROM, **files: str) -> Application:
    """The application of one script."""
    return application("ruby", "app.rb", files={"app.rb": text, **files}, dockerfile=dockerfile)


def kinds(found: Application) -> set[tuple[NeedKind, str]]:
    """The needs without their reasons."""
    return {(n.kind, n.value) for n in found.needs}


def reasons(found: Application) -> set[str]:
    """The reasons of the assumptions."""
    return {a.reason for a in found.assumptions}


def paths(found: Application) -> list[str]:
    """Where the trees lie."""
    return [t.path for t in found.trees]
