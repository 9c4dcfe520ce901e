"""Whether all of a Gradle project's code is its own: nothing is fetched, and nothing but its ``src`` is compiled.

Build files are programs; only of those that say nothing beyond a list of well-known settings that is settled ("The Java
Plugin", "The Application Plugin", Gradle user manual).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.java.gradle_text import Block, Token

#: Plugins that bring no code to the program: other languages' bring their library, frameworks' their own.
_PLUGINS = frozenset("""
java java-library application base distribution idea eclipse checkstyle jacoco pmd maven maven-publish signing
com.github.johnrengelman.shadow com.gradleup.shadow com.diffplug.spotless com.github.ben-manes.versions
""".split())  # fmt: skip
#: Configurations whose libraries are not there when the program runs.
_APART = regex(
    r"test\w*|annotationProcessor|\w*AnnotationProcessor|compileOnly|compileOnlyApi|checkstyle|pmd|\w+Plugins?"
)
#: Settings, and blocks of settings, that leave the sources and the libraries alone.
_SETTINGS = regex(
    r"(?:project\.|this\.)?(?:group|version|description|defaultTasks|sourceCompatibility|targetCompatibility|"
    r"mainClassName|archivesBaseName|(?:java|application|compileJava|compileTestJava|test|jar|javadoc)\.[\w.]+)"
)
_BLOCKS = frozenset("""
repositories java application compileJava compileTestJava javadoc test run wrapper checkstyle jacoco jacocoTestReport
pmd publishing idea eclipse clean ext buildscript
""".split())  # fmt: skip
_ARCHIVES = frozenset({"jar", "shadowJar"})
_TASK_TYPES = frozenset({"JavaCompile", "Test", "Javadoc", "Jar"})


def is_own(block: Block, shared: tuple[Block, ...]) -> bool:
    """Tell whether a project's build file, and what the root says for it, bring no code from elsewhere."""
    return not any(True for one in (block, *shared) for _ in _foreign(one))


def _foreign(block: Block) -> Iterator[str]:
    """What may bring code, or compile something else."""
    for statement in block.statements:
        first = statement[0].text
        if first == "apply":
            yield from _plugin([t.value for t in statement if t.value is not None], statement)
        elif not _SETTINGS.fullmatch(first.removesuffix(".set")):
            yield first
    for inner in block.blocks:
        name = inner.head[0].removeprefix("tasks.") if inner.head else ""
        if name == "plugins":
            for statement in inner.statements:
                named = [t.value for t in statement if t.value is not None]
                yield from _plugin(named if statement[0].text in ("id", "kotlin") else [_plain(statement)], statement)
        elif name == "dependencies":
            heads = [s[0].text for s in inner.statements] + [b.head[0] if b.head else "" for b in inner.blocks]
            yield from (head for head in heads if not _APART.fullmatch(head))
        elif name in ("allprojects", "subprojects", "tasks"):
            yield from _foreign(inner)
        elif name in ("named", "withType", "getByName"):
            task = inner.head[1] if len(inner.head) > 1 else ""
            if task in _ARCHIVES:
                yield from _packed(inner)
            elif task not in _BLOCKS | _TASK_TYPES:
                yield task
        elif name in _ARCHIVES:
            yield from _packed(inner)
        elif name not in _BLOCKS:
            yield name


def _plugin(named: list[str], statement: tuple[Token, ...]) -> Iterator[str]:
    """A plugin that is not on the list; ``apply from`` and ``kotlin("jvm")`` never are."""
    if statement[0].text == "kotlin" or not named or named[0] not in _PLUGINS:
        yield statement[0].text


def _plain(statement: tuple[Token, ...]) -> str:
    """A plugin's name that stands for itself: ``application``, ```java-library```."""
    return "".join(t.text for t in statement).strip("`")


def _packed(block: Block) -> Iterator[str]:
    """Files that an archive takes by name: what they are nobody read."""
    for statement in block.statements:
        if statement[0].text in ("from", "into", "with") and any(t.value is not None for t in statement):
            yield statement[0].text
    for inner in block.blocks:
        if inner.head[:1] != ("manifest",):
            if any(t.value is not None for s in inner.statements for t in s) or len(inner.head) > 1:
                yield inner.head[0] if inner.head else ""
            yield from _packed(inner)
