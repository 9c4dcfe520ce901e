"""The small member of an image's own family: the base that a runtime stage takes to change least."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.images.derived import derived
from imgslim.images.tables import FEDORA, find, load, mirror_of

if TYPE_CHECKING:
    from imgslim.images.facts import ImageFacts

#: Distributions of RPM packages with small images under tags of their own, and how they end (docker-library/repo-info).
_SMALL = {"almalinux": "minimal", "rockylinux": "minimal", "oraclelinux": "slim"}
#: Those without a small image where Docker's official ones are published.
_ALONE = frozenset({"amazonlinux", "centos", "fedora"})
#: The distributions of RPM packages themselves, among the families.
RPM_FAMILIES = frozenset({"ubi", *_SMALL, *_ALONE})
#: Families whose programs run without what the family adds to its distribution.
BUILD_ONLY = RPM_FAMILIES | {"gcc", "golang", "rust", "buildpack-deps", "debian", "ubuntu", "alpine"}
#: Red Hat's repositories hold the release and the size; what follows it in a tag counts the builds of that one image.
_UBI = re.compile(r"((?:redhat/)?ubi\d+(?:/ubi)?)(?:-minimal)?")
_UBI_TAG = re.compile(r"latest|\d+(?:\.\d+)?")
#: What follows the release in a tag of AlmaLinux is the day that it was made on.
_NUMBERED = re.compile(r"\d+(?:\.\d+)*")
_INTERPRETERS = frozenset({"node", "python", "ruby"})
#: Maven's images on openjdk's of Java 8, which has no jlink to make a smaller one with: 3-jdk-8, 3.8-openjdk-8-slim
#: (carlossg/docker-maven, openjdk-8-slim/Dockerfile).
_ON_OPENJDK = re.compile(r"(?:[\d.]+-)?(?:open)?jdk-8(-slim)?")
#: Gradle's images say which release of Temurin they are made of: 8.5-jdk17, jdk21-alpine (gradle/docker-gradle).
_ON_TEMURIN = re.compile(r"(?:[\d.]+-)?jdk(\d+)(-alpine|-focal|-jammy|-noble)?")
_JAVA = frozenset({"eclipse-temurin", "java", "openjdk"})
#: Programs that the slim member of a family has as well, and the folder they lie in, by the Dockerfiles of the
#: official images (docker-library/python, nodejs/docker-node, docker-library/ruby, adoptium/containers).
_PROGRAMS = {
    "python": ("/usr/local/bin", r"python(\d(\.\d+)?)?|pip(\d(\.\d+)?)?|pydoc\d?(\.\d+)?|idle\d?(\.\d+)?"),
    "node": ("/usr/local/bin", r"node|nodejs|npm|npx|yarn|yarnpkg|corepack"),
    "ruby": ("/usr/local/bin", r"ruby|gem|bundler?|irb|rake|erb|racc|rdoc|ri"),
    "eclipse-temurin": ("/opt/java/openjdk/bin", r"java|jfr|jrunscript|keytool|rmiregistry"),
    "gradle": ("/opt/java/openjdk/bin", r"java|jfr|jrunscript|keytool|rmiregistry"),
    "java": ("/usr/bin", r"java|keytool|rmiregistry"),
    "maven": ("/opt/java/openjdk/bin", r"java|jfr|jrunscript|keytool|rmiregistry"),
    "openjdk": ("/usr/local/openjdk-*/bin", r"java|keytool|rmiregistry"),
}


def slim_sibling(facts: ImageFacts) -> str | None:
    """The reference of the small image of the same family and release; None where none is known for sure.

    One of a mirror comes from there, too.
    """
    if (made := derived(facts.ref)) is not None:
        return made.slim
    found = _slim(facts)
    return None if found is None else mirror_of(facts.ref) + found


def _slim(facts: ImageFacts) -> str | None:
    if facts.family in BUILD_ONLY:
        return _of_distribution(facts)
    tag = facts.ref.tag or ("latest" if facts.ref.digest is None else None)
    if tag is None:
        return None
    if facts.family in _INTERPRETERS:
        return _first_like(facts, facts.family, _slim_tags(tag))
    if facts.family in _JAVA:
        tags = _runtime_tags(tag)
        # The same kit has a shorter tag (17 for 17-jdk), which is younger in the tables: both are built at one time.
        return _first_like(facts, facts.family, tags) or _first_like(facts, facts.family, tags, any_release=True)
    if facts.family == "maven" and "eclipse-temurin-" in tag:
        # Maven's images follow those of the Java machine, and what Java compiles is of no distribution's release.
        tags = _runtime_tags(tag.partition("eclipse-temurin-")[2])
        return _first_like(facts, "eclipse-temurin", tags, any_release=True)
    if facts.family == "gradle" and (on := _ON_TEMURIN.fullmatch(tag)) is not None:
        return _first_like(facts, "eclipse-temurin", [f"{on[1]}-jre{on[2] or ''}"], any_release=True)
    if facts.family == "maven" and _ON_OPENJDK.fullmatch(tag):
        return _first_like(facts, "openjdk", ["8-jre-slim"], any_release=True)
    return None


def whole_sibling(facts: ImageFacts) -> str | None:
    """The run-time image beside the slim one, where the family has both and its slim ones lack fonts' libraries.

    openjdk's images hold fontconfig and FreeType, its slim ones don't (docker-library/openjdk); Temurin's all do.
    """
    tag = facts.ref.tag or ("latest" if facts.ref.digest is None else None)
    found = None
    if facts.family == "maven" and (on := _ON_OPENJDK.fullmatch(tag or "")) is not None and not on[1]:
        found = _first_like(facts, "openjdk", ["8-jre"], any_release=True)
    elif facts.family == "openjdk" and tag is not None and "slim" not in tag:
        found = _first_like(facts, facts.family, [t for t in _runtime_tags(tag) if not t.endswith("-slim")])
    return None if found is None else mirror_of(facts.ref) + found


def brings(facts: ImageFacts, program: str) -> bool:
    """Tell whether a member of an interpreter's family surely has a program, given by name or path.

    Which minor version that is (``python3.12``) is not asked: siblings have the same.
    """
    folder, names = _PROGRAMS.get(facts.family, ("", ""))
    above, _, name = program.rpartition("/")
    made = derived(facts.ref)
    if made is not None and name in made.programs and above in ("", made.folder):
        return True
    return bool(names) and fnmatchcase(above, folder if above else "") and re.fullmatch(names, name) is not None


def _of_rpm(facts: ImageFacts) -> str | None:
    """``rockylinux:9.3-minimal``, ``registry.access.redhat.com/ubi9/ubi-minimal:9.4``, ``amazonlinux:2023``.

    A tag that moves has a small one that moves with it.
    """
    name, tag = facts.family, facts.ref.tag or ("latest" if facts.ref.digest is None else None)
    if tag is None:
        return None
    if name == "ubi":
        repository, numbered = _UBI.fullmatch(facts.ref.repository), _UBI_TAG.match(tag)
        if repository is None or numbered is None:
            return None
        registry = "" if facts.ref.registry == "docker.io" else f"{facts.ref.registry}/"
        return f"{registry}{repository[1]}-minimal:{numbered[0]}"
    if facts.ref.repository == "fedora-minimal" or facts.ref.registry == FEDORA:
        return f"{FEDORA}/fedora-minimal:{tag}"
    if name in _ALONE:
        return f"{name}:{tag}" if facts.ref.tag else name
    if name == "oraclelinux":
        return f"{name}:{facts.release}-{_SMALL[name]}"  # minor releases have none
    version = _NUMBERED.match(tag)
    if version is None:
        return f"{name}:minimal" if name == "almalinux" else None
    return f"{name}:{version[0]}-{_SMALL[name]}"


def _of_distribution(facts: ImageFacts) -> str | None:
    """``debian:bookworm-slim``, ``alpine:3.20``, ``ubuntu:22.04``: only where one release is possible."""
    if facts.family in RPM_FAMILIES:
        return _of_rpm(facts)
    if facts.release is None:
        return None
    match facts.distribution:
        case "debian":
            return f"debian:{facts.release}-slim"
        case "ubuntu" | "alpine":
            return f"{facts.distribution}:{facts.release}"
        case _:
            return None


def _slim_tags(tag: str) -> list[str]:
    """``20-bookworm`` as node spells its slim tags, and as python and ruby do."""
    if "slim" in tag or "alpine" in tag:
        return [tag]
    if tag == "latest":
        return ["slim"]
    version, dash, suite = tag.partition("-")
    return [f"{tag}-slim", f"{version}-slim{dash}{suite}"]


def _runtime_tags(tag: str) -> list[str]:
    """The tag with the run-time environment in place of the development kit."""
    if "jre" in tag:
        return [tag]
    if "jdk" in tag:
        jre = re.sub(r"\bjdk\b", "jre", tag)
        return [f"{jre}-slim", jre] if not jre.endswith(("slim", "alpine")) else [jre]
    version, dash, rest = tag.partition("-")
    return [f"{version}-jre-slim", f"{version}-jre{dash}{rest}"] if tag != "latest" else ["jre"]


def _first_like(facts: ImageFacts, family: str, tags: list[str], *, any_release: bool = False) -> str | None:
    """The first of these tags that exists, of releases within those of the image, or of any of its distribution."""
    table = load(family)
    for tag in tags:
        found = find(table, tag) if table is not None else None
        if any_release and found is not None:
            if {base.partition(":")[0] for base in found[0]} == {facts.distribution}:
                return f"{family}:{tag}"
        elif found is not None and {f"{facts.distribution}:{release}" for release in facts.releases} >= set(found[0]):
            return f"{family}:{tag}"
    return None
