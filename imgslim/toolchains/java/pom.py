"""Maven's ``pom.xml`` as far as its text says: coordinates, properties, modules, plugins and their settings.

Read with the standard library's expat parser. A document type, the only place where entities can be declared, ends the
reading: Maven's own files have none, and entities are how a small file grows without bound.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from imgslim.records import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Bytes; the largest poms of public projects have some 200,000.
_LARGEST = 2_000_000
#: Parents above a pom, and properties inside properties.
_DEEPEST = 12
_REFERENCE = re.compile(r"\$\{([^${}]+)\}")
#: Places, seen from the project's folder (Maven's super POM).
_PLACES = {"basedir": ".", "build.directory": "target", "build.outputDirectory": "target/classes"}
#: Scopes whose artifacts are there when the program runs (Maven, "Dependency Scope").
_RUNS = frozenset({"compile", "runtime"})


@dataclass(frozen=True, slots=True)
class Plugin:
    """One ``<plugin>`` of the build."""

    name: str
    #: Its own settings, then those of each execution: goals with the settings that hold for them.
    settings: Settings
    executions: tuple[Execution, ...] = ()


@dataclass(frozen=True, slots=True)
class Execution:
    """One ``<execution>``."""

    goals: tuple[str, ...]
    settings: Settings


#: The text of each setting by its path below ``<configuration>`` (``archive/manifest``); lists joined by a blank.
Settings = dict[str, str]


@dataclass(frozen=True, slots=True)
class Pom:
    """One project."""

    artifact: str = ""
    version: str = ""
    packaging: str = "jar"
    final_name: str = ""
    #: ``<build><directory>``.
    directory: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    plugins: tuple[Plugin, ...] = ()
    #: ``group:artifact`` of what is there at run time.
    dependencies: tuple[str, ...] = ()
    #: Of the parent: ``group:artifact``, version, relative path; None without.
    parent: tuple[str, str, str] | None = None
    #: By name: what a profile adds.
    profiles: dict[str, Pom] = field(default_factory=dict)
    #: Profiles that are active when no other is (``<activeByDefault>``).
    default_profiles: tuple[str, ...] = ()

    def plugin(self, name: str) -> Plugin | None:
        """The plugin with that artifactId, where the build names it."""
        return next((p for p in self.plugins if p.name == name), None)


class _Refused(Exception):  # noqa: N818 (no error: it ends the reading)
    """The file declares a document type."""


class _Builder(ET.TreeBuilder):
    def doctype(self, name: str, *_: object) -> None:
        """Called by the parser before any entity is expanded."""
        raise _Refused(name)


def read_pom(data: bytes) -> Pom | None:
    """Read a pom; None where it is none, is too large, or declares a document type."""
    if len(data) > _LARGEST:
        return None
    parser = ET.XMLParser(target=_Builder())  # noqa: S314
    try:
        parser.feed(data)
        root = parser.close()
    except (ET.ParseError, _Refused, ValueError, LookupError):
        return None
    return _project(root) if _tag(root) == "project" else None


def _tag(node: ET.Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _child(node: ET.Element | None, *names: str) -> ET.Element | None:
    for name in names:
        node = next((c for c in node if _tag(c) == name), None) if node is not None else None
    return node


def _text(node: ET.Element | None, *names: str) -> str:
    found = _child(node, *names)
    return (found.text or "").strip() if found is not None else ""


def _children(node: ET.Element | None, *names: str) -> list[ET.Element]:
    found = _child(node, *names)
    return list(found) if found is not None else []


def _project(node: ET.Element, *, is_profile: bool = False) -> Pom:
    parent = _child(node, "parent")
    path = _child(parent, "relativePath")
    listed = [] if is_profile else _children(node, "profiles")
    return Pom(
        artifact=_text(node, "artifactId"),
        version=_text(node, "version") or _text(parent, "version"),
        packaging=_text(node, "packaging") or "jar",
        final_name=_text(node, "build", "finalName"),
        directory=_text(node, "build", "directory"),
        properties={_tag(p): (p.text or "").strip() for p in _children(node, "properties")},
        modules=tuple((m.text or "").strip() for m in _children(node, "modules")),
        plugins=tuple(_plugin(p) for p in _children(node, "build", "plugins")),
        dependencies=tuple(
            f"{_text(d, 'groupId')}:{_text(d, 'artifactId')}"
            for d in _children(node, "dependencies") if (_text(d, "scope") or "compile") in _RUNS
        ),
        parent=(
            f"{_text(parent, 'groupId')}:{_text(parent, 'artifactId')}",
            _text(parent, "version"),
            (path.text or "").strip() if path is not None else "../pom.xml",
        ) if parent is not None else None,
        profiles={_text(p, "id"): _project(p, is_profile=True) for p in listed},
        default_profiles=tuple(
            _text(p, "id") for p in listed if _text(p, "activation", "activeByDefault") == "true"
        ),
    )  # fmt: skip


def _plugin(node: ET.Element) -> Plugin:
    executions = tuple(
        Execution(tuple((g.text or "").strip() for g in _children(e, "goals")), _settings(_child(e, "configuration")))
        for e in _children(node, "executions")
    )
    return Plugin(_text(node, "artifactId"), _settings(_child(node, "configuration")), executions)


def _settings(node: ET.Element | None, above: str = "", depth: int = 0) -> Settings:
    found: Settings = {}
    for child in node if node is not None and depth < _DEEPEST else ():
        if not isinstance(child.tag, str):
            continue
        path = f"{above}{_tag(child)}"
        if len(child):
            found |= _settings(child, path + "/", depth + 1)
        else:
            text = (child.text or "").strip()
            found[path] = f"{found[path]} {text}" if path in found else text
    return found


def effective(pom: Pom, above: Callable[[str], Pom | None], profiles: frozenset[str], depth: int = 0) -> Pom:
    """The pom with what it inherits from parents in the context, and with its active profiles.

    Args:
        pom: the project's own.
        above: reads the pom at a relative path, seen from the folder of this one.
        profiles: names given with ``-P``.
        depth: how many poms this one is above.
    """
    active = [n for n in pom.profiles if n in profiles] or [n for n in pom.default_profiles if f"!{n}" not in profiles]
    for name in active:
        pom = _over(pom, pom.profiles[name])
    if pom.parent is None or not pom.parent[2] or depth > _DEEPEST:
        return pom
    parent = above(pom.parent[2])
    return _over(parent, pom, inherits=True) if parent is not None else pom


def _over(lower: Pom, upper: Pom, *, inherits: bool = False) -> Pom:
    """``upper`` on top of ``lower``: a profile on its project, or a project on its parent."""
    whole = upper if inherits else lower
    plugins = {p.name: p for p in lower.plugins}
    for plugin in upper.plugins:
        below = plugins.get(plugin.name)
        plugins[plugin.name] = plugin if below is None else Plugin(
            plugin.name, below.settings | plugin.settings, (*below.executions, *plugin.executions)
        )  # fmt: skip
    return replace(
        whole,
        version=upper.version or lower.version,
        final_name=upper.final_name or lower.final_name,
        directory=upper.directory or lower.directory,
        properties=lower.properties | upper.properties,
        modules=upper.modules if inherits else (*lower.modules, *upper.modules),
        plugins=tuple(plugins.values()),
        dependencies=(*lower.dependencies, *upper.dependencies),
        parent=lower.parent,
    )


def interpolate(text: str, pom: Pom, given: Mapping[str, str], depth: int = 0) -> str:
    """``text`` with its ``${…}`` filled in; ``*`` for what reading does not settle.

    Args:
        text: with references.
        pom: the effective project.
        given: ``-Dname=value`` of the command line, which counts more (Maven, "Model Builder").
        depth: how deep in references this text stands.
    """
    if depth > _DEEPEST or len(text) > 4096:  # noqa: PLR2004 (a property that doubles itself)
        return "*"

    def fill(match: re.Match[str]) -> str:
        name = match[1].strip()
        own = {"artifactId": pom.artifact, "version": pom.version, "packaging": pom.packaging}
        bare = name.removeprefix("project.").removeprefix("pom.")
        if name in given:
            return given[name]
        if bare in own and (bare != name or name == "version"):
            return interpolate(own[bare] or "*", pom, given, depth + 1)
        if bare == "build.finalName":
            return final_name(pom, given, depth + 1)
        if bare in _PLACES:
            return _PLACES[bare]
        value = pom.properties.get(name)
        return "*" if value is None else interpolate(value, pom, given, depth + 1)

    return _REFERENCE.sub(fill, text)


def final_name(pom: Pom, given: Mapping[str, str], depth: int = 0) -> str:
    """The name of the archive without its ending (Maven's super POM: ``artifactId-version``)."""
    return interpolate(pom.final_name or "${project.artifactId}-${project.version}", pom, given, depth)
