"""Gradle: which archive or distribution a command leaves, and where."""

from __future__ import annotations

import pytest

from imgslim.toolchains.java.gradle_text import read_gradle
from tests.toolchains.java.support import made, paths

_BOOT = "plugins { id 'java'\n id 'org.springframework.boot' version '3.2.0' }\nversion = '1.0'\n"
_SETTINGS = "rootProject.name = 'shop'\n"


def _archives(run: str, build: str, settings: str = _SETTINGS, **files: str) -> set[str]:
    everything = {"build.gradle": build, "settings.gradle": settings, **files}
    return {p.removeprefix("/src/build/") for p in paths(run, everything) if not p.endswith("/classes")}


@pytest.mark.parametrize(
    ("run", "build", "found"),
    [
        ("gradle build", "version = '1.0'", {"libs/shop-1.0.jar"}),
        ("gradle build", "version '1.0'", {"libs/shop-1.0.jar"}),
        ("./gradlew --no-daemon -x test assemble", "version = '1.0'", {"libs/shop-1.0.jar"}),
        ("sh gradlew jar", "", {"libs/shop.jar"}),
        ("gradle -p . clean jar", 'version = "$a"', {"libs/shop-*.jar"}),
        ("gradle jar -Pversion=2", "", {"libs/shop-2.jar"}),
        ("gradle clean", "version = '1.0'", set()),
        ("gradle dependencies", "version = '1.0'", set()),
        ("gradle build", _BOOT, {"libs/shop-1.0.jar"}),
        ("gradle bootJar", _BOOT, {"libs/shop-1.0.jar"}),
        ("gradle bootJar", _BOOT + "bootJar { archiveFileName = 'app.jar' }", {"libs/app.jar"}),
        ("gradle bootJar", _BOOT + "tasks.named('bootJar') { archiveFileName.set('app.jar') }", {"libs/app.jar"}),
        ("gradle bootJar", _BOOT + "tasks { bootJar { archiveBaseName = 'x' } }", {"libs/x-1.0.jar"}),
        ("gradle jar", "jar { archiveVersion = ''\n archiveBaseName = 'x' }\nversion = '2'", {"libs/x.jar"}),
        ("gradle jar", "archivesBaseName = 'y'\nversion = '2'", {"libs/y-2.jar"}),
        ("gradle jar", "base { archivesName = 'y' }", {"libs/y.jar"}),
        ("gradle shadowJar", "plugins { id 'com.gradleup.shadow' version '8' }", {"libs/shop-all.jar"}),
        (
            "gradle shadowJar",
            "plugins { id 'com.gradleup.shadow' version '8' }\nshadowJar { archiveClassifier.set('') }",
            {"libs/shop.jar"},
        ),
        ("gradle installDist", "plugins { id 'application' }", {"install/shop"}),
        ("gradle installDist", "plugins { id 'application' }\napplicationName = 'desk'", {"install/desk"}),
        ("gradle build", "plugins { id 'war' }", {"libs/shop.war", "libs/shop.jar"}),
        ("gradle -p other build", "", {"build-not-followed"}),
    ],
)
def test_tasks(run: str, build: str, found: set[str]) -> None:
    """Task, plugins and settings decide; what the text does not settle is a pattern."""
    assert _archives(run, build) == found


def test_kotlin_files() -> None:
    """Kotlin's build files say the same in their own words."""
    build = (
        'plugins {\n    kotlin("jvm") version "1.9"\n    id("org.springframework.boot") version "3.2"\n}\n'
        'version = "1.0"\ntasks.named<BootJar>("bootJar") {\n    archiveFileName.set("app.jar")\n}\n'
    )
    files = {"build.gradle.kts": build, "settings.gradle.kts": 'rootProject.name = "shop"\n'}
    assert "/src/build/libs/app.jar" in paths("gradle build", files)


def test_projects_below() -> None:
    """Tasks run in every project, or in the one that their path names; folders may be moved."""
    settings = _SETTINGS + "include ':web', ':lib:core'\nproject(':web').projectDir = file('site')\n"
    files = {
        "settings.gradle": settings,
        "build.gradle": "subprojects { version = '3' }",
        "site/build.gradle": "",
        "lib/core/build.gradle": "version = '4'",
    }
    one = {p for p in paths("gradle :web:jar", files) if p.endswith(".jar")}
    every = {p for p in paths("gradle jar", files) if p.endswith(".jar")}
    assert one == {"/src/site/build/libs/web-3.jar"}
    assert every == {*one, "/src/lib/core/build/libs/core-4.jar", "/src/build/libs/shop.jar"}


def test_the_folder_names_the_root() -> None:
    """Without a name in the settings it is that of the folder; gradle.properties may hold the version."""
    files = {"build.gradle": "", "gradle.properties": "version=5\n"}
    assert "/src/build/libs/src-5.jar" in paths("gradle jar", files)


def test_a_plain_archive_is_beside_it() -> None:
    """Spring Boot's plugin leaves the classes alone in -plain, unless jar is switched off."""
    beside = {o.path for o in made("gradle build", {"build.gradle": _BOOT, "settings.gradle": _SETTINGS}).outputs}
    assert "/src/build/libs/shop-1.0-plain.jar" in beside
    off = _BOOT + "jar { enabled = false }"
    found = {o.path for o in made("gradle build", {"build.gradle": off, "settings.gradle": _SETTINGS}).outputs}
    assert "/src/build/libs/shop-1.0-plain.jar" not in found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("version = '1' // '2'", "1"),
        ("/* version = '2' */ version '1'", "1"),
        ("version = project.hasProperty('x') ? '1' : '2'", "*"),
        ('version = "1.$x"', "*"),
        ("version = '''1'''", "1"),
        ("println(version)", None),
        ("foo { version = '1' }", None),
        ("version('1')", "1"),
    ],
)
def test_settings(text: str, value: str | None) -> None:
    """A setting is a literal, known not to be one, or not there."""
    assert read_gradle(text.encode()).setting("version") == value


@pytest.mark.parametrize("text", ["{" * 100_000, "}" * 1000, "'" * 1000, "a(" * 50_000, "\0\xff"])
def test_any_text_ends(text: str) -> None:
    """What is no build file is read without exception."""
    read_gradle(text.encode("utf-8", "replace"))


_OWN = """
plugins {
    id 'java'
    id 'application'
}
version = '1.0'
repositories { mavenCentral() }
dependencies { testImplementation 'junit:junit:4.13' }
java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }
application { mainClass = 'Main' }
jar {
    manifest { attributes 'Main-Class': 'Main' }
    from { configurations.runtimeClasspath.collect { it.isDirectory() ? it : zipTree(it) } }
}
tasks.withType(JavaCompile) { options.encoding = 'UTF-8' }
test { useJUnitPlatform() }
"""


def _closed(build: str, task: str = "build", **files: str) -> set[bool]:
    given = {"build.gradle": build, "settings.gradle": _SETTINGS, "src/main/java/Main.java": "class Main {}\n", **files}
    return {o.closed for o in made(f"gradle {task}", given).outputs}


@pytest.mark.parametrize("task", ["build", "jar", "installDist", "classes"])
def test_all_code_is_its_own(task: str) -> None:
    """Without a library at run time and without a plugin that brings one, what is compiled is what was read."""
    assert _closed(_OWN, task) == {True}


def test_the_other_language_says_the_same() -> None:
    """Kotlin's spelling of the same settings."""
    build = (
        'plugins {\n    `java-library`\n    application\n}\ngroup = "a"\n'
        'dependencies {\n    testImplementation("a:b:1")\n    compileOnly("a:c:1") { exclude("x") }\n}\n'
        'application {\n    mainClass.set("Main")\n}\ntasks.named<Test>("test") {\n    useJUnitPlatform()\n}\n'
        'tasks.jar {\n    manifest { attributes["Main-Class"] = "Main" }\n}\n'
    )
    settings = 'rootProject.name = "shop"\n'
    files = {"build.gradle.kts": build, "settings.gradle.kts": settings, "src/main/java/Main.java": "class Main {}\n"}
    assert {o.closed for o in made("gradle jar", files).outputs} == {True}


@pytest.mark.parametrize(
    "more",
    [
        "dependencies { implementation 'a:b:1' }",
        "dependencies { compile files('libs/a.jar') }",
        "dependencies { runtimeOnly('a:b:1') { transitive = false } }",
        "apply plugin: 'groovy'",
        "apply plugin: 'org.springframework.boot'",
        "apply from: 'more.gradle'",
        "plugins { id 'org.jetbrains.kotlin.jvm' version '1.9' }",
        "plugins { kotlin('jvm') }",
        "sourceSets { main { java.srcDirs = ['gen'] } }",
        "jar { from 'libs' }",
        "jar { from('libs') { into 'x' } }",
        "task generate(type: Exec) { commandLine 'x' }",
        "compileJava.doFirst { x() }",
        "applicationDefaultJvmArgs = ['-Dfile.encoding=GBK']",
        "allprojects { dependencies { implementation 'a:b:1' } }",
        "configurations { x }",
    ],
)
def test_code_from_elsewhere(more: str) -> None:
    """A library, a plugin of another language or framework, other sources, or a program of the build's own."""
    assert _closed(_OWN + more) == {False}


def test_the_builds_own_plugins() -> None:
    """What lies in buildSrc may add anything; without a source there is nothing that was read."""
    assert _closed(_OWN, **{"buildSrc/build.gradle": ""}) == {False}
    assert _closed(_OWN, **{"src/main/java/Main.java": "", "src/main/kotlin/Main.kt": ""}) == {True}
    files = {"build.gradle": _OWN, "settings.gradle": _SETTINGS, "Main.java": "class Main {}"}
    assert {o.closed for o in made("gradle jar", files).outputs} == {False}
