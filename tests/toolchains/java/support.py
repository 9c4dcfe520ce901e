"""Small projects for the tests of the Java toolchain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.context import MemoryContext, NoContext
from imgslim.model import Application, Declined, Project
from imgslim.service import Options, read_project
from imgslim.syntax import parse
from imgslim.toolchains.java import TOOLCHAIN
from imgslim.toolchains.java.find import outputs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.toolchains.java.find import Made

HELLO = 'public class Hello { public static void main(String[] a) { System.out.println("hello"); } }\n'


def read(dockerfile: str, files: Mapping[str, str] | None = None) -> Project:
    """A project from a Dockerfile's text and the context's files; no context where ``files`` is None."""
    context = NoContext() if files is None else MemoryContext(files)
    project = read_project(parse(dockerfile), context, Options())
    assert isinstance(project, Project)
    return project


def made(run: str, files: Mapping[str, str], base: str = "eclipse-temurin:17-jdk") -> Made:
    """What one RUN makes of a context that lies in /src."""
    return outputs_of(read(f"FROM {base}\nWORKDIR /src\nCOPY . .\nRUN {run}\n", files))


def paths(run: str, files: Mapping[str, str], base: str = "eclipse-temurin:17-jdk") -> set[str]:
    """The paths of what it makes and a program is started from; of what is not followed the reason."""
    found = made(run, files, base)
    return {o.path for o in found.outputs if o.runs} | {d.reason for d in found.not_followed}


def starts(
    entry: tuple[str, ...], run: str, files: Mapping[str, str], base: str = "eclipse-temurin:17-jdk", extra: str = ""
) -> Application | Declined | None:
    """What an entry starts after one RUN in /src."""
    words = ", ".join(f'"{w}"' for w in entry)
    project = read(f"FROM {base}\n{extra}WORKDIR /src\nCOPY . .\nRUN {run}\nCMD [{words}]\n", files)
    return TOOLCHAIN.runs(entry, "/src", project)


def application(entry: str, run: str, files: Mapping[str, str], **more: str) -> Application:
    """The application that an entry of blank-separated words starts."""
    found = starts(tuple(entry.split()), run, files, **more)
    assert isinstance(found, Application), found
    return found


def trees(entry: str, run: str, files: Mapping[str, str], **more: str) -> set[str]:
    """The paths of what goes along."""
    return {t.path for t in application(entry, run, files, **more).trees}
