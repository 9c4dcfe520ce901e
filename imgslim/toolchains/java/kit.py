"""Which development kit the image has: what tells that there is a ``jlink`` to make a run-time image with.

jlink came with Java 9 and needs the kit's own modules as files (JEP 282), which some distributions pack apart; since
Java 24 a kit may do without (JEP 493). Where nothing says which release it is, there is none to count on.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.search import searched
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Tree
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.evidence import Contents
    from imgslim.images import UnknownImage
    from imgslim.model import Project

_FIRST = 9
#: The first release of which a kit may make run-time images without modules as files.
_WITHOUT_FILES = 24
_WORDS = r"openjdk|jdk|jre|java|temurin|corretto|zulu|semeru|liberica|sapmachine|dragonwell|hotspot|openj9"
#: What stands between that and the release: for which system it is, or by whom.
_BUILDS = "openjdk|alpine|debian|ubuntu|centos|rockylinux|focal|jammy|noble|community|runtimes?|jdk|jre"
#: A release: ``8``, ``1.8``, ``17``; not the year of a date.
_NUMBER = r"(?:1\.(?=[5-9]))?(\d{1,2})(?!\d)"
#: ``adoptopenjdk-8``, ``openjdk:17``, ``java8``, ``temurin-jammy-17``, ``zulu-openjdk-debian:11``; and, where no word
#: of Java's stands before it, ``open-8-jdk`` or ``8u222``.
_SAID = (
    regex(rf"(?:{_WORDS})(?:-(?:{_BUILDS}))*[-_:]?{_NUMBER}"),
    regex(rf"(?<![\d.]){_NUMBER}[\w.+]*-(?:jdk|jre)"),
    regex(r"(?<![\w.])(\d)u\d+"),
)
#: Variables of a base image that tell: ``jdk8u302-b08``, ``17.0.2+8``, ``8u212``; ``/usr/lib/jvm/java-1.8-openjdk``.
_VERSION = regex(rf"(?:jdk-?)?{_NUMBER}")
_HOME = regex(rf".*(?:java|jdk|jre)-?{_NUMBER}.*")
#: Tags of official images without a release that have moved on past Java 8 (docker-library/official-images).
_MOVING = {
    "openjdk": regex(r"latest|(?:jdk-?)?(?:(?:slim-?)?(?:bullseye|buster)|slim|oracle(?:linux8)?)?"),
    "maven": regex(r"latest|(?:(?:3|4)(?:\.(?:[89]|\d\d|0-rc)[\d.-]*)?-?)?(?:eclipse-temurin|openjdk|sapmachine)?"),
    "gradle": regex(r"latest|jdk|[89](?:\.[\d.]+)?(?:-jdk)?(?:-(?:alpine|jammy|noble))?"),
    "eclipse-temurin": regex(r"latest|jdk|(?:jdk-)?(?:alpine|noble|jammy)"),
}
#: Images of a run-time environment, and kits whose modules are in a package that they leave out.
_NO_KIT = regex(r".*(?:\bjre|distroless|/ubi\d|redhat|openshift).*")
#: The packages of a kit by Debian, Ubuntu and Alpine; Fedora's has the modules apart.
_PACKAGE = regex(r"openjdk-?(\d+)(?:-jdk(?:-headless)?)?|java-(?:1\.)?(\d+)(?:\.0)?-openjdk-jmods")
_DEFAULT = regex(r"default-jdk(?:-headless)?")
#: Releases whose default-jdk is older.
_OLD = frozenset({"wheezy", "jessie", "stretch", "12.04", "14.04", "16.04"})


def has_jlink(project: Project) -> bool:
    """Tell whether the build stage surely can make a run-time image, by the built image where one was looked into."""
    built = project.evidence.built
    if built is not None and isinstance(project.trace.final.env.get("PATH"), str):
        return _has(project, built)
    installed = [one for one in _installed(project) if one is not None]
    if installed:
        return max(installed) >= _FIRST
    if _NO_KIT.fullmatch(project.base.ref.raw):
        return False
    known = release(project)
    return known is not None and known >= _FIRST


def _has(project: Project, built: Contents) -> bool:
    """The same by the image's files: jlink on the search path, and the modules of the kit that it is of."""
    places = searched(project.trace.final, "jlink", project.trace.final.workdir)
    real = next((found for place in places if (found := built.resolve(place)) is not None), "")
    if not real:
        return False
    home = posixpath.dirname(posixpath.dirname(real))
    known = release(project)
    return built.resolve(f"{home}/jmods/java.base.jmod") is not None or (known or 0) >= _WITHOUT_FILES


def machine(project: Project, java: str) -> tuple[Tree, ...] | None:
    """The Java machine's own files where it goes along as it is; None where nobody looked, or it is spread about.

    Distributions lead from there to settings in /etc: what such links are for, no run need have come to.

    Args:
        project: what reading and looking gave.
        java: the program as the entry starts it.
    """
    built = project.evidence.built
    places = searched(project.trace.final, java, project.trace.final.workdir) if built is not None else ()
    real = next((found for place in places if built is not None and (found := built.resolve(place))), "")
    home = posixpath.dirname(posixpath.dirname(real))
    if built is None or not home.strip("/"):
        return None
    # Up to Java 8 a kit holds a whole run-time environment, which its own launcher starts ("JDK File Structure").
    tree = f"{home}/jre" if built.resolve(f"{home}/jre/lib/rt.jar") else home
    if not any(built.resolve(f"{tree}/lib/{name}") for name in ("modules", "rt.jar")):
        return None
    links = (built.resolve(path) for path, entry in built.below(tree) if entry.target)
    spread = any(end is not None and not end.startswith(home + "/") for end in links)
    return None if spread else (Tree(tree, "the Java machine"),)


def release(project: Project) -> int | None:
    """Java's release as the base image's variables or name say it: 8, 17; None where nothing does."""
    env = project.trace.final.env
    for name, pattern in (("JAVA_VERSION", _VERSION), ("JAVA_HOME", _HOME)):
        value = env.get(name)
        match = pattern.match(value) if isinstance(value, str) else None
        if match is not None:
            return int(match[1])
    return _by_name(project.base)


def _by_name(base: ImageFacts | UnknownImage) -> int | None:
    tag = base.ref.tag or "latest"
    text = f"{base.ref.repository}:{tag}"
    if "redhat-openjdk-18" in text:  # their name for 1.8
        return 8
    for pattern in _SAID:
        match = pattern.search(text)
        if match is not None:
            return int(match[1])
    moving = _MOVING.get(base.family) if isinstance(base, ImageFacts) else None
    return _FIRST if moving is not None and moving.fullmatch(tag) else None


def _installed(project: Project) -> Iterator[int | None]:
    """The releases of kits that steps install; None for one that its name leaves open."""
    releases = project.base.releases if isinstance(project.base, ImageFacts) else ()
    for _, _, command in project.trace.commands():
        words = [w.value for w in unwrap(command).words if isinstance(w.value, str)]
        if words[:1] and words[0] in ("apt-get", "apt", "apk", "yum", "dnf", "microdnf"):
            for word in words[1:]:
                name = re.split(r"[=~<>]", word, maxsplit=1)[0]
                match = _PACKAGE.fullmatch(name)
                if match is not None:
                    yield int(match[1] or match[2])
                elif _DEFAULT.fullmatch(name):
                    yield _FIRST if releases and _OLD.isdisjoint(releases) else None
