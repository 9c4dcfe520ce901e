"""Java, Kotlin and Scala: javac, kotlinc, scalac, jar, Maven, Gradle; what the Java machine then runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import Application, Declined, EntryWords, Findings, Project
    from imgslim.toolchains.first_names import FirstNames
    from imgslim.values import Value

#: What compiles, packs or inspects for the Java machine.
_TOOLS = frozenset("""
javac jar jlink jdeps javap jarsigner javadoc mvn mvnw mvnd gradle gradlew kotlinc kotlinc-jvm scalac sbt ant
""".split())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Java:
    """The Java toolchain."""

    name: str = "java"
    summary: str = (
        "javac, kotlinc, scalac, jar; Maven, Gradle, spring-boot:run; java with classes, archives, distributions"
    )

    def claims(self, commands: Sequence[Command], names: FirstNames) -> bool:  # noqa: ARG002
        """Tell whether a word near the start of one is one of Java's tools."""
        return names.any_of(_TOOLS)

    def find(self, project: Project) -> Findings:
        """Find which commands build for the Java machine; what they make is an application's, not a program."""
        from imgslim.toolchains.java.find import find  # noqa: PLC0415 (loaded only where Java is used)

        return find(project)

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryWords | None:
        """Give ``java -jar target/*.jar`` with the one file's name, and ``mvn spring-boot:run`` as its archive."""
        if any("spring-boot" in word and ":run" in word for word in argv):
            from imgslim.toolchains.java.boot import replaces_entry  # noqa: PLC0415 (loaded only where Java is used)

            return replaces_entry(project)
        if not argv or "java" not in argv[-1] or "*" not in argv[-1]:
            return None
        from imgslim.toolchains.java.glob import resolved  # noqa: PLC0415 (loaded only where Java is used)

        return resolved(project)

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
        """Tell what a started command runs on the Java machine."""
        name = argv[0].rsplit("/", 1)[-1]
        if name != "java" and name not in _TOOLS and "/" not in argv[0]:
            return None
        from imgslim.toolchains.java.application import application  # noqa: PLC0415 (loaded only where Java is used)

        return application(argv, cwd, project)


TOOLCHAIN = Java()

__all__ = ["TOOLCHAIN", "Java"]
