"""Files that a program finds by its class path."""

from __future__ import annotations

import pytest

from imgslim.model import NeedKind
from tests.toolchains.java.support import application, trees

_CLASS = "public class Hello {{ Object o = {}; }}"


def _opened(entry: str, run: str, code: str, *files: str, source: str = "Hello.java") -> tuple[set[str], set[str]]:
    """The files that go along by name, and the reasons of what stays open."""
    package = source.rpartition("/")[0].removeprefix("src").strip("/")
    text = (f"package {package};" if package else "") + _CLASS.format(code)
    found = application(entry, run, {source: text, **dict.fromkeys(files, "a=1")})
    return {n.value for n in found.needs if n.kind is NeedKind.FILE}, {a.reason for a in found.assumptions}


@pytest.mark.parametrize(
    ("code", "files", "wanted"),
    [
        ('Hello.class.getResourceAsStream("/conf/a.properties")', ["conf/a.properties"], {"/src/conf/a.properties"}),
        ('Hello.class.getResource("/conf")', ["conf/a", "conf/b/c", "other"], {"/src/conf/a", "/src/conf/b/c"}),
        ('ClassLoader.getSystemResource("/a.xml")', ["a.xml", "b.xml"], {"/src/a.xml"}),
        (
            'java.util.ResourceBundle.getBundle("i18n.Words")',
            ["i18n/Words.properties", "i18n/Words_de_AT.properties", "i18n/Wordsmith.properties"],
            {"/src/i18n/Words.properties", "/src/i18n/Words_de_AT.properties"},
        ),
        ('new Reader("x").getResource()', ["a.xml"], set()),
        ('map.get("/a.xml")', ["a.xml"], set()),
        ("null", ["META-INF/services/Plugin", "META-INF/MANIFEST.MF"], {"/src/META-INF/services/Plugin"}),
    ],
)
def test_in_the_working_directory(code: str, files: list[str], wanted: set[str]) -> None:
    """Those that sources name, and services, which are found by their folder."""
    found, reasons = _opened("java Hello", "javac Hello.java", code, *files)
    assert {f for f in found if f.startswith("/src/")} == wanted
    assert not reasons


@pytest.mark.parametrize("code", ["Hello.class.getResource(name)", "ResourceBundle.getBundle(name)"])
def test_a_computed_name(code: str) -> None:
    """It may be any file that there is; where there is none, none."""
    assert _opened("java Hello", "javac Hello.java", code, "a.xml")[1] == {"computed-paths"}
    assert _opened("java Hello", "javac Hello.java", code)[1] == set()
    assert _opened("java -cp out Hello", "javac -d out Hello.java", code, "a.xml")[1] == set(), "no class path has it"


def test_libraries_may_open_any() -> None:
    """A logger's settings, say: of code that nobody read every file of the working directory may be one."""
    run = "javac -cp lib/a.jar Hello.java"
    assert "computed-paths" in _opened("java -cp .:lib/a.jar Hello", run, "null", "lib/a.jar", "log4j2.xml")[1]
    assert "computed-paths" not in _opened("java -cp .:lib/a.jar Hello", run, "null", "lib/a.jar")[1]


def test_another_folder_of_the_class_path() -> None:
    """All of it that is no code: it is there for them."""
    files = ("conf/a.xml", "conf/sub/b.xml", "conf/C.java", "c.xml")
    found, reasons = _opened("java -cp out:conf Hello", "javac -d out Hello.java", "null", *files)
    assert found >= {"/src/conf/a.xml", "/src/conf/sub/b.xml"}
    assert not found & {"/src/conf/C.java", "/src/c.xml"}
    assert not reasons


def test_beside_the_class() -> None:
    """A name without a slash in front is one of the class's own package."""
    code = 'Hello.class.getResource("a.xml")'
    found, _ = _opened("java app.Hello", "javac app/Hello.java", code, "app/a.xml", source="app/Hello.java")
    assert "/src/app/a.xml" in found


_POM = (
    "<project><artifactId>shop</artifactId><version>1</version><dependencies><dependency><groupId>a</groupId>"
    "<artifactId>b</artifactId></dependency></dependencies><build><plugins><plugin><artifactId>maven-jar-plugin"
    "</artifactId><configuration><archive><manifest><addClasspath>{}</addClasspath><classpathPrefix>lib/"
    "</classpathPrefix></manifest></archive></configuration></plugin><plugin><artifactId>maven-dependency-plugin"
    "</artifactId><executions><execution><goals><goal>copy-dependencies</goal></goals><configuration><outputDirectory>"
    "target/lib</outputDirectory></configuration></execution></executions></plugin></plugins></build></project>"
)


@pytest.mark.parametrize(("adds", "found"), [("true", {"/src/target/shop-1.jar", "/src/target/lib"}),
                                             ("false", {"/src/target/shop-1.jar"})])  # fmt: skip
def test_libraries_of_a_manifest(adds: str, found: set[str]) -> None:
    """Those that Maven names in an archive's manifest go along with it."""
    assert trees("java -jar target/shop-1.jar", "mvn package", {"pom.xml": _POM.format(adds)}) == found


@pytest.mark.parametrize(
    "run",
    [
        "jar cfm a.jar MANIFEST.MF -C out .",
        "jar cmfe MANIFEST.MF a.jar Hello -C out .",
        "jar --create --file a.jar --manifest=MANIFEST.MF -C out .",
        "jar -cvfm a.jar MANIFEST.MF -C out .",
    ],
)
def test_libraries_of_a_manifest_by_hand(run: str) -> None:
    """Those that the author names in the manifest's text."""
    files = {"Hello.java": "class Hello {}", "lib/a.jar": "PK", "other/b.jar": "PK"}
    named = {**files, "MANIFEST.MF": "Manifest-Version: 1.0\nClass-Path: lib/a.jar lib/\n b.jar\nMain-Class: Hello\n"}
    run = f"javac -cp lib/a.jar -d out Hello.java && {run}"
    assert trees("java -jar a.jar", run, named) == {"/src/a.jar", "/src/lib"}
    assert trees("java -jar a.jar", run, {**files, "MANIFEST.MF": "Main-Class: Hello\n"}) == {"/src/a.jar"}
