"""Small projects for the tests of the Node.js toolchain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Application, Project
from imgslim.service import Options, read_project
from imgslim.syntax import parse
from imgslim.toolchains.node import TOOLCHAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.evidence import Contents
    from imgslim.model import EntryWords, NeedKind

BUILD = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"


def package(**parts: object) -> str:
    """The text of a package.json."""
    return json.dumps({"name": "shop", "version": "1.0.0", **parts})


def read(
    files: Mapping[str, str], entry: str = 'CMD ["npm", "start"]', build: str = BUILD, built: Contents | None = None
) -> Project:
    """A project from the context's files and its entry."""
    project = read_project(parse(f"{build}{entry}\n"), MemoryContext(files), Options(evidence=Evidence(built)))
    assert isinstance(project, Project)
    return project


def replaced(files: Mapping[str, str], entry: str = 'CMD ["npm", "start"]', build: str = BUILD) -> EntryWords | None:
    """The entry in other words."""
    project = read(files, entry, build)
    found = project.trace.entry
    parts = (found.entrypoint_argv, found.cmd_argv)
    return TOOLCHAIN.replaces_entry(tuple(w for p in parts if isinstance(p, tuple) for w in p), project)


def started(scripts: Mapping[str, str], files: Mapping[str, str] | None = None, **parts: object) -> tuple[str, ...]:
    """What ``npm start`` starts for these scripts; nothing where npm stays."""
    known = {"package.json": package(scripts=scripts, **parts), "x.js": "", **(files or {})}
    found = replaced(known)
    return found.argv if found is not None else ()


def application(files: Mapping[str, str], *argv: str, build: str = BUILD) -> Application:
    """What is started by ``argv`` in /app."""
    found = TOOLCHAIN.runs(argv or ("node", "x.js"), "/app", read(files, build=build))
    assert isinstance(found, Application), found
    return found


def needs(source: str, **files: str) -> set[tuple[NeedKind, str]]:
    """What one file asks of its image."""
    app = application({"package.json": package(), "x.js": source, **files})
    return {(n.kind, n.value) for n in app.needs}


def reasons(app: Application) -> list[str]:
    """What an application leaves open."""
    return [a.reason for a in app.assumptions]
