"""What an entry runs: archives, classes, distributions; and what they need."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, EntryWords, NeedKind, Rewritten
from imgslim.service import Options, slim
from imgslim.toolchains.java import TOOLCHAIN
from tests.toolchains.java.support import HELLO, application, read, starts, trees

_POM = "<project><artifactId>shop</artifactId><version>1.0</version></project>"
_FILES = {
    "Hello.java": HELLO,
    "pom.xml": _POM,
    "lib/a.jar": "PK",
    "classes/shop/Main.class": "",
    "src/main/java/shop/Main.java": "package shop;",
}


@pytest.mark.parametrize(
    ("entry", "run", "found"),
    [
        ("java Hello", "javac Hello.java", {"/src/*.class"}),
        ("java -cp / Hello", "cp Hello.java / && cd / && javac Hello.java", {"/*.class"}),
        ("java -cp out Hello", "javac -d out Hello.java", {"/src/out"}),
        ("java -cp /src/out:lib/a.jar Hello", "javac -d out Hello.java", {"/src/out", "/src/lib/a.jar"}),
        ("java -cp out:lib/* Hello", "javac -d out Hello.java", {"/src/out", "/src/lib"}),
        ("java shop.Main", "cd src && javac main/java/shop/Main.java", set()),
        ("java -cp src/main/java shop.Main", "javac src/main/java/shop/*.java", {"/src/src/main/java/shop"}),
        ("java -cp classes shop.Main", "true", {"/src/classes"}),
        ("java -jar target/shop-1.0.jar", "mvn package", {"/src/target/shop-1.0.jar"}),
        ("java -jar app.jar", "mvn package && cp target/shop-1.0.jar app.jar", {"/src/app.jar"}),
        ("java -jar /app.jar", "mvn package && mv target/*.jar /app.jar", {"/app.jar"}),
        ("java -cp target/classes shop.Main", "mvn compile", {"/src/target/classes"}),
        ("java -jar a.jar", "javac Hello.java && jar cfe a.jar Hello *.class", {"/src/a.jar"}),
    ],
)
def test_what_goes_along(entry: str, run: str, found: set[str]) -> None:
    """The elements of the class path that the build made or the context brought."""
    if found:
        assert trees(entry, run, _FILES) == found
    else:
        assert isinstance(starts(tuple(entry.split()), run, _FILES), Declined)


_PACKAGES = {
    "Main.java": "import util.Helper; class Main { Helper h; }",
    "app/Start.java": "package app; class Start { util.Helper h; }",
    "util/Helper.java": 'package util; public class Helper { java.io.File f = new java.io.File("data/x.txt"); }',
    "test/Some.java": "package test; class Some {}",
    "data/x.txt": "x",
}


@pytest.mark.parametrize(
    ("entry", "run", "found"),
    [
        ("java Main", "javac Main.java", {"/src/*.class", "/src/util"}),
        ("java Main", "javac *.java util/*.java", {"/src/*.class", "/src/util"}),
        ("java app.Start", "javac app/Start.java", {"/src/app", "/src/util"}),
        ("java -cp out Main", "javac -d out Main.java", {"/src/out"}),
        ("java Main", "javac Main.java && javac -d elsewhere test/Some.java", {"/src/*.class", "/src/util"}),
    ],
)
def test_every_package_goes_along(entry: str, run: str, found: set[str]) -> None:
    """Classes beside their sources, of each package, be it named or only used; none of what another folder is for."""
    application_ = application(entry, run, _PACKAGES)
    assert {t.path for t in application_.trees} == found
    assert any(n.kind is NeedKind.FILE and n.value == "data/x.txt" for n in application_.needs)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("java -jar other.jar", "entry-not-built"),
        ("mvn spring-boot:run", "entry-not-built"),
        ("./gradlew bootRun", "entry-not-built"),
        ("java Hello.java", "needs-command"),
    ],
)
def test_what_can_not_be_followed(entry: str, reason: str) -> None:
    """An archive that nothing makes, a build at each start, and a source that is compiled at each start."""
    found = starts(tuple(entry.split()), "mvn package", _FILES)
    assert isinstance(found, Declined)
    assert found.reason == reason


def test_other_programs_are_not_ours() -> None:
    """A program that is no Java is left to others; so is the launcher where it only tells something."""
    assert starts(("nginx",), "true", _FILES) is None
    assert starts(("java", "-version"), "true", _FILES) is None
    assert starts(("./run",), "true", _FILES) is None


@pytest.mark.parametrize(
    "call",
    [
        "uri.resolve(args[0]);",
        'Path.of("a").resolve("b");',
        "exchange.getRequestURI().getPath();",
        "names.map(String::trim); make(Shop::new); a = b ? c : d;",
    ],
)
def test_what_opens_no_computed_file(call: str) -> None:
    """Addresses are resolved, too; and what is literal is known."""
    found = application("java Hello", "javac Hello.java", {"Hello.java": HELLO + call})
    assert "computed-paths" not in {a.reason for a in found.assumptions}


def test_a_distribution() -> None:
    """The start script of an installed distribution runs Java, by a shell."""
    files = {"build.gradle": "plugins { id 'application' }", "settings.gradle": "rootProject.name = 'shop'"}
    found = application("build/install/shop/bin/shop", "gradle installDist", files)
    assert {t.path for t in found.trees} == {"/src/build/install/shop"}
    assert NeedKind.SHELL in {n.kind for n in found.needs}
    assert found.interpreter == "java"
    assert found.variables == {"JAVA_HOME"}
    files |= {"src/main/java/Hello.java": HELLO}
    assert not application("java -cp build/install/shop/lib/shop.jar Hello", "gradle installDist", files).variables


@pytest.mark.parametrize(
    ("body", "need"),
    [
        ('new ProcessBuilder("git", "status");', (NeedKind.COMMAND, "git")),
        ('Runtime.getRuntime().exec("convert a b");', (NeedKind.COMMAND, "convert")),
        ('new ProcessBuilder("sh", "-c", "x");', (NeedKind.SHELL, "sh")),
        ('new ProcessBuilder("sh", "-c", "echo x | jq .");', (NeedKind.COMMAND, "jq")),
        ('new ProcessBuilder(List.of("sh", "-c", text));', (NeedKind.COMMAND, "*")),
        ('new ProcessBuilder(Arrays.asList("nice", "git"));', (NeedKind.COMMAND, "git")),
        ('Runtime.getRuntime().exec(new String[] {"sort", file});', (NeedKind.COMMAND, "sort")),
        ('Runtime.getRuntime().exec(new String[]{"sh", "-c", "tr a b"}, env);', (NeedKind.COMMAND, "tr")),
        ("new ProcessBuilder(name);", (NeedKind.COMMAND, "*")),
        ("lines.map(ProcessBuilder::new);", (NeedKind.COMMAND, "*")),
        ("lines.map(java.lang.ProcessBuilder :: new);", (NeedKind.COMMAND, "*")),
        ("lines.map(Runtime.getRuntime()::exec);", (NeedKind.COMMAND, "*")),
        ('new File("/etc/shop.conf");', (NeedKind.FILE, "/etc/shop.conf")),
        ('Path.of("/etc", "shop.conf");', (NeedKind.FILE, "/etc/shop.conf")),
        ('static final String P = "/etc/p"; { new FileReader(P); }', (NeedKind.FILE, "/etc/p")),
        ('static final String P = "/etc"; { new FileReader(P + "/" + "p.conf"); }', (NeedKind.FILE, "/etc/p.conf")),
        ('Files.createTempFile("a", "b");', (NeedKind.TMP, "")),
        ("javax.tools.ToolProvider.getSystemJavaCompiler();", (NeedKind.COMMAND, "javac")),
        ('java.util.spi.ToolProvider.findFirst("jar");', (NeedKind.COMMAND, "javac")),
        ('Class.forName("com.sun.tools.javac.Main");', (NeedKind.COMMAND, "javac")),
        ('ModuleLayer.boot().findModule("jdk.compiler");', (NeedKind.COMMAND, "javac")),
        ('Files.probeContentType(Path.of("a.rb"));', (NeedKind.MEDIA_TYPES, "")),
        ('new ProcessBuilder("which", name);', (NeedKind.COMMAND, "*")),
        ('InetAddress.getByName("db");', (NeedKind.NAME_SERVICE, "")),
    ],
)
def test_needs(body: str, need: tuple[NeedKind, str]) -> None:
    """Calls of the library ask for programs, files and services; the same in a comment or a string does not."""
    with_call = {"Hello.java": HELLO + body}
    without = {"Hello.java": HELLO + "/* " + body + " */ // " + body}
    assert need in {(n.kind, n.value) for n in application("java Hello", "javac Hello.java", with_call).needs}
    assert need not in {(n.kind, n.value) for n in application("java Hello", "javac Hello.java", without).needs}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("new FileReader(args[0]);", "computed-paths"),
        ('new FileReader("/etc/" + args[0]);', "computed-paths"),
        ('Path.of("").resolve(args[0]);', "computed-paths"),
        ("java.nio.file.Path p = base(); p.resolveSibling(name);", "computed-paths"),
        ("FileSystems.getDefault().getPath(args[0]);", "computed-paths"),
        ("names.map(File::new);", "computed-paths"),
        ("names.map(Path::of);", "computed-paths"),
        ('System.loadLibrary("shop");', "plugins-unproven"),
    ],
)
def test_open_ends(body: str, reason: str) -> None:
    """A path that is computed, and a library of the machine's own, leave something open."""
    found = application("java Hello", "javac Hello.java", {"Hello.java": HELLO + body})
    assert [a.reason for a in found.assumptions] == [reason]


def test_read_code_leaves_nothing_open() -> None:
    """Of a program whose every class was read nothing is assumed; an archive from elsewhere is."""
    assert application("java Hello", "javac Hello.java", _FILES).assumptions == ()
    found = application("java -cp .:lib/a.jar Hello", "javac Hello.java", _FILES)
    assert [a.reason for a in found.assumptions] == ["computed-paths", "modules-unread"]


def test_the_trust_store_of_the_author() -> None:
    """Certificates that keytool adds go along; listing them does not change the store."""
    files = {"Hello.java": HELLO, "ca.pem": "x"}
    run = "keytool -importcert -noprompt -cacerts -storepass changeit -file ca.pem && javac Hello.java"
    assert "/opt/java/openjdk/lib/security/cacerts" in trees("java Hello", run, files)
    assert "/opt/java/openjdk/lib/security/cacerts" not in trees("java Hello", "javac Hello.java", files)


@pytest.mark.parametrize(
    ("install", "packages"),
    [
        ("apt-get install -y openjdk-17-jdk", ("openjdk-17-jre",)),
        ("apt-get install -y --no-install-recommends openjdk-17-jdk-headless maven", ("openjdk-17-jre-headless",)),
        ("apt-get install -y default-jdk-headless", ("default-jre-headless",)),
        ("apk add openjdk17-jdk", ("openjdk17-jre",)),
        ("apt-get install -y openjfx", ()),
    ],
)
def test_packages(install: str, packages: tuple[str, ...]) -> None:
    """The package of the run-time environment stands for that of the development kit."""
    found = application("java Hello", "javac Hello.java", _FILES, base="debian:12", extra=f"RUN {install}\n")
    assert found.packages == packages


@pytest.mark.parametrize(
    ("base", "extra", "needs"),
    [
        ("eclipse-temurin:17-jdk", "", {"en_US.UTF-8"}),
        ("eclipse-temurin:17-jdk", "ENV LC_ALL=C\n", set()),
        ("debian:12", "", set()),
        ("debian:12", "ENV LANG=C.UTF-8\n", set()),
        ("debian:11", "ENV LANG=C.UTF-8\n", {"C.UTF-8"}),
        ("debian:12", "ENV LANG=de_DE.UTF-8\n", {"de_DE.UTF-8"}),
    ],
)
def test_locale(base: str, extra: str, needs: set[str]) -> None:
    """Encodings come from the environment's locale; since glibc 2.35 C.UTF-8 takes no files."""
    found = application("java Hello", "javac Hello.java", _FILES, base=base, extra=extra)
    assert {n.value for n in found.needs if n.kind is NeedKind.LOCALE} == needs


_GLOB = "FROM eclipse-temurin:17-jdk\nWORKDIR /src\nCOPY . .\nRUN {run}\n{entry}\n"


@pytest.mark.parametrize(
    ("run", "entry", "argv"),
    [
        ("mvn package", "CMD java -jar target/*.jar", ("java", "-jar", "target/shop-1.0.jar")),
        ("mvn package", "CMD exec java -Xmx1g -jar target/shop-*.jar a", (
            "java", "-Xmx1g", "-jar", "target/shop-1.0.jar", "a")),
        ("mvn package", "ENTRYPOINT java -jar /src/target/*.jar", ("java", "-jar", "/src/target/shop-1.0.jar")),
        ("mvn package", "CMD java $OPTS -jar target/*.jar", None),
        ("mvn package", "CMD java -jar target/*.jar > log", None),
        ("mvn package", "CMD cd target && java -jar *.jar", None),
        ("mvn package && cp target/shop-1.0.jar target/b.jar", "CMD java -jar target/*.jar", None),
        ("mvn compile", "CMD java -jar target/*.jar", None),
        ("mvn package", "CMD java -jar target/shop-1.0.jar", None),
    ],
)  # fmt: skip
def test_a_pattern_with_one_file(run: str, entry: str, argv: tuple[str, ...] | None) -> None:
    """A shell's pattern is the file's name where the build surely leaves one; with anything else the shell stays."""
    project = read(_GLOB.format(run=run, entry=entry), _FILES)
    text = entry.partition(" ")[2]
    found = TOOLCHAIN.replaces_entry(("/bin/sh", "-c", text), project)
    assert (found.argv if isinstance(found, EntryWords) else None) == argv
    if isinstance(found, EntryWords):
        assert bool(found.assumptions) == entry.startswith("ENTRYPOINT")


def test_the_wrapper_is_no_part_of_the_program() -> None:
    """What Maven's wrapper is made of serves the build alone: it asks for nothing when the program runs."""
    pom = "<project><artifactId>shop</artifactId><version>1</version></project>"
    opens = 'class D { void d(String p) { new java.io.File(p); new java.net.Socket("a", 1); } }'
    run, entry = "./mvnw package", "java -jar target/shop-1.jar"
    files = {"pom.xml": pom, "mvnw": "", "src/main/java/Hello.java": HELLO}
    apart = application(entry, run, files | {".mvn/wrapper/D.java": opens})
    within = application(entry, run, files | {"src/main/java/D.java": opens})
    assert "computed-paths" not in {a.reason for a in apart.assumptions}
    assert "computed-paths" in {a.reason for a in within.assumptions}


@pytest.mark.parametrize(
    ("entry", "run", "hint"),
    [
        (("mvn", "spring-boot:run"), "mvn package", "A step makes /src/target/shop-1.jar"),
        (("./mvnw", "spring-boot:run"), "./mvnw dependency:go-offline", "Build in a RUN"),
        (("mvn", "exec:java"), "mvn compile", "Build in a RUN"),
    ],
)
def test_an_entry_that_builds(entry: tuple[str, ...], run: str, hint: str) -> None:
    """It is declined by name; where a step makes the archive already, that is what to start."""
    pom = "<project><artifactId>shop</artifactId><version>1</version></project>"
    found = starts(entry, run, {"pom.xml": pom, "mvnw": "", "src/main/java/Hello.java": HELLO})
    assert isinstance(found, Declined)
    assert found.reason == "entry-not-built"
    assert found.hint.startswith(hint)


@pytest.mark.parametrize(
    ("step", "opened", "reasons"),
    [
        ("sh gen.sh && javac Hello.java", "made.txt", ["run-effects-unproven"]),
        ("sh gen.sh && javac Hello.java", "/srv/made/a.txt", ["file-unproven"]),
        # What is copied to be run is known, a compiler makes nothing else, and a project's own file goes along.
        ("javac Hello.java", "made.txt", []),
        ("sh gen.sh && javac Hello.java", "own.txt", []),
    ],
)
def test_a_file_that_a_step_may_have_made(step: str, opened: str, reasons: list[str]) -> None:
    """It is named beside the program, and nothing says what the step makes."""
    files = {
        "Hello.java": f'{HELLO}class B {{ File f = new File("{opened}"); }}',
        "gen.sh": "./generate",
        "own.txt": "",
    }
    text = f'FROM eclipse-temurin:17\nWORKDIR /src\nCOPY . .\nRUN {step}\nCMD ["java", "Hello"]\n'
    outcome = slim(text, MemoryContext(files), Options())
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == reasons
