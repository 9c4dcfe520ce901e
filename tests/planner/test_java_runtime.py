"""A Java machine on each target: the family's own, or one that jlink makes; and what the base image set up for it."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Evidence, Observed
from imgslim.model import Declined, Rewritten
from imgslim.service import Options, slim
from tests.evidence_kit import contents, elf, run

_HELLO = 'public class Hello { public static void main(String[] a) { System.out.println("hello"); } }\n'
_TEXT = 'FROM eclipse-temurin:17-jdk\nWORKDIR /src\nCOPY . .\nRUN javac Hello.java\nCMD ["java", "Hello"]\n'


def _rewritten(text: str = _TEXT, target: str = "scratch", body: str = _HELLO, **files: str) -> Rewritten:
    outcome = slim(text, MemoryContext({"Hello.java": body, **files}), Options(target=target))
    assert isinstance(outcome, Rewritten), outcome
    return outcome


def _reasons(outcome: Rewritten) -> set[str]:
    return {a.reason for a in outcome.plan.assumptions}


def test_the_family_has_it() -> None:
    """The run-time image of the same release starts it as it was started, and nothing is assumed."""
    outcome = _rewritten(target="auto")
    assert outcome.plan.target.reference == "eclipse-temurin:17-jre"
    assert not outcome.plan.assumptions
    assert "jlink" not in outcome.after
    runtime = outcome.after.partition("FROM eclipse-temurin:17-jre")[2]
    assert "ENV" not in runtime, "the target sets the same"
    assert "ENTRYPOINT" not in runtime, "the target has the same"


def test_variables_of_the_author_stay() -> None:
    """An ENV of the file stands again though the target sets the same; one that differs does, too."""
    outcome = _rewritten(_TEXT.replace("WORKDIR", "ENV LANG=en_US.UTF-8\nENV LC_ALL=C\nWORKDIR"), target="auto")
    runtime = outcome.after.partition("FROM eclipse-temurin:17-jre")[2]
    assert "ENV LANG=en_US.UTF-8" in runtime
    assert "ENV LC_ALL=C" in runtime


def test_maven_has_the_java_of_its_tag() -> None:
    """Maven's image is one of the Java machine; its own entry point stays behind."""
    pom = "<project><artifactId>shop</artifactId><version>1</version></project>"
    text = (
        "FROM maven:3.9-eclipse-temurin-17\nWORKDIR /src\nCOPY . .\nRUN mvn package\n"
        'CMD ["java", "-jar", "target/shop-1.jar"]\n'
    )
    outcome = _rewritten(text, "auto", **{"pom.xml": pom})
    assert outcome.plan.target.reference == "eclipse-temurin:17-jre"
    assert _reasons(outcome) == {"entrypoint-left-out"}
    assert "ENTRYPOINT []" in outcome.after


@pytest.mark.parametrize("target", ["scratch", "busybox:glibc", "debian-slim", "alpine"])
def test_elsewhere_the_build_makes_one(target: str) -> None:
    """A target without Java gets what jlink makes, where the original looked for it."""
    outcome = _rewritten(target=target)
    assert "jdeps --print-module-deps" in outcome.after
    assert "COPY --from=build /opt/java/openjdk /opt/java/openjdk" in outcome.after
    assert "ENV PATH=/opt/java/openjdk/bin:" in outcome.after
    assert {"entrypoint-left-out", "java-modules-unproven"} <= _reasons(outcome)


_TRACE = (
    'Exception in thread "main" java.util.NoSuchElementException: No line found\n'
    "\tat java.base/java.util.Scanner.nextLine(Scanner.java:1651)\n\tat Hello.main(Hello.java:4)\n"
)


@pytest.mark.parametrize(
    ("said", "stripped"),
    [
        ("hello\n", True),
        (_TRACE.replace("Scanner.java:1651", "Unknown Source"), True),
        ("\tat Hello.main(Hello.java:4)\n", True),
        (_TRACE, False),
        ("\tat jdk.httpserver/sun.net.httpserver.ServerImpl.bind(ServerImpl.java:143)\n", False),
    ],
)
def test_a_stack_trace_that_was_seen_keeps_its_lines(said: str, *, stripped: bool) -> None:
    """The numbers of lines in the JDK's own classes, which a smaller machine would not know."""
    evidence = Evidence(run=Observed({}, (), (), said=said))
    outcome = slim(_TEXT, MemoryContext({"Hello.java": _HELLO}), Options(target="debian-slim", evidence=evidence))
    assert isinstance(outcome, Rewritten), outcome
    assert ("--strip-java-debug-attributes" in outcome.after) is stripped


@pytest.mark.parametrize(
    ("code", "stripped"),
    [
        ("try { main(a); } catch (Exception e) { e.printStackTrace(); }", False),
        ("Thread.dumpStack();", False),
        ('java.util.logging.Logger.getLogger("x").warning("y");', False),
        ("for (var e : t.getStackTrace()) { show(e); }", False),
        ("try { main(a); } catch (Exception e) { printStackTraces(e); }", True),
        ('System.out.println("Logger");', True),
    ],
)
def test_sources_that_show_stack_traces_keep_the_lines(code: str, *, stripped: bool) -> None:
    """Where the program's own code prints or logs them, people read them."""
    hello = f"class Hello {{ public static void main(String[] a) throws Exception {{ {code} }} }}"
    outcome = slim(_TEXT, MemoryContext({"Hello.java": hello}), Options(target="busybox:glibc"))
    assert isinstance(outcome, Rewritten), outcome
    assert ("--strip-java-debug-attributes" in outcome.after) is stripped


def test_libraries_log_stack_traces() -> None:
    """Of a program with code that nobody read, people read those in its log; one whose own all is does without."""
    assert "--strip-java-debug-attributes" in _rewritten().after
    pom = (
        "<project><artifactId>shop</artifactId><version>1</version><dependencies><dependency><groupId>x</groupId>"
        "<artifactId>y</artifactId><version>1</version></dependency></dependencies></project>"
    )
    text = (
        "FROM maven:3.9-eclipse-temurin-17\nWORKDIR /src\nCOPY . .\nRUN mvn package\n"
        'CMD ["java", "-jar", "target/shop-1.jar"]\n'
    )
    after = _rewritten(text, "busybox:glibc", **{"pom.xml": pom}).after
    assert "jlink --add-modules" in after
    assert "--strip-java-debug-attributes" not in after


def test_the_local_zone_keeps_its_name() -> None:
    """The link that Java takes the name from goes along; the family's image has it, and no other language reads it."""
    link = "if [ -L /etc/localtime ]"
    assert link in _rewritten(target="busybox:glibc").after
    assert link not in _rewritten(target="auto").after
    native = slim(
        'FROM gcc\nCOPY a.c .\nRUN gcc -o a a.c\nCMD ["./a"]\n',
        MemoryContext({"a.c": '#include <stdio.h>\nint main(void) { puts("a"); }\n'}),
        Options(target="scratch"),
    )
    assert isinstance(native, Rewritten)
    assert link not in native.after


_ARCHIVE = "/usr/lib/locale/locale-archive"
_ENGLISH = "localedef --list-archive"
_KIT = tuple(
    f"{home}/{name}"
    for home in ("/opt/java/openjdk", "/usr/java/openjdk-17")
    for name in ("bin/jlink", "jmods/java.base.jmod")
)


def _seen(text: str, body: str, target: str = "scratch", **files: str) -> str:
    """The new file for a program that was seen to read the archive of locales."""
    java = "/opt/java/openjdk/bin/java"
    image = contents(
        {
            java: 0,
            **dict.fromkeys(_KIT, 0),
            _ARCHIVE: 0,
            "/etc/passwd": 0,
            "/src/etc/a.conf": 1,
            "/lib64/ld-linux-x86-64.so.2": 0,
            "/lib/x86_64-linux-gnu/libc.so.6": 0,
        }
        | {"/src/Hello.java": 1, "/src/Hello.class": 2},
        instructions=(2, 3),
        elves={java: elf("libc.so.6")},
        packages={_ARCHIVE: "locales"},
    )
    seen = run({java: Access.READ, _ARCHIVE: Access.READ, "/src/Hello.class": Access.READ}, (java, "Hello"))
    options = Options(target=target, evidence=Evidence(built=image, run=seen))
    outcome = slim(text, MemoryContext({"Hello.java": body, **files}), options)
    assert isinstance(outcome, Rewritten), outcome
    return outcome.after


def test_of_an_english_locale_the_encoding_counts() -> None:
    """Java alone takes nothing of the archive but the encoding, which C.UTF-8 has too, under both names."""
    after = _seen(_TEXT, _HELLO)
    assert f'[ "$({_ENGLISH})" = en_US.utf8 ]' in after, "an archive with others stays whole"
    assert "ln -s C.utf8 /runtime/usr/lib/locale/en_US.utf8" in after
    assert f"COPY --from=build {_ARCHIVE}" not in after
    for name, code in (("LC_ALL=en_GB.utf8", "en_GB.utf8"), ("LC_ALL=en_IN.UTF-8", "en_IN.utf8")):
        assert f"= {code} ]" in _seen(_TEXT.replace("WORKDIR", f"ENV {name}\nWORKDIR"), _HELLO)


@pytest.mark.parametrize(
    ("text", "body", "target"),
    [
        (_TEXT.replace("WORKDIR", "ENV LC_ALL=de_DE.UTF-8\nWORKDIR"), _HELLO, "scratch"),
        (_TEXT.replace("WORKDIR", "ENV LC_ALL=en_US.ISO-8859-1\nWORKDIR"), _HELLO, "scratch"),
        (_TEXT, _HELLO, "busybox:glibc"),
        (_TEXT, _HELLO + 'class B { static { System.loadLibrary("b"); } }', "scratch"),
        (_TEXT, _HELLO + "import java.lang.foreign.Linker;", "scratch"),
        (_TEXT, _HELLO + 'class B { static { Runtime r = Runtime.getRuntime(); r.load("/b.so"); } }', "scratch"),
        (_TEXT.replace('"Hello"', '"-cp", ".:a.jar", "Hello"'), _HELLO, "scratch"),
    ],
)
def test_the_locale_stays_whole(text: str, body: str, target: str) -> None:
    """Names of days in another language, other encodings, other programs, and code that nobody read or is no Java."""
    assert _ENGLISH not in _seen(text, body, target, **{"a.jar": "PK"})


def test_a_relative_name_is_one_of_the_working_directory() -> None:
    """A file below it that the program opens is none of the system's folder of the same name."""
    after = _seen(_TEXT, _HELLO + 'class B { Object o = new java.io.FileReader("etc/a.conf"); }', **{"etc/a.conf": "x"})
    assert "/runtimeetc" not in after
    assert "COPY --from=build /src/etc /src/etc" in after


def test_properties_are_no_libraries() -> None:
    """A ``load`` of something else loads no library."""
    assert _ENGLISH in _seen(_TEXT, _HELLO + "class B { void b(java.util.Properties p) { p.load(x); } }")


def test_the_local_zone_of_a_base_that_no_table_knows() -> None:
    """Once the image was built and looked into, it is laid out as of any other."""
    text = _TEXT.replace("eclipse-temurin:17-jdk", "openjdk:17")
    assert "if [ -L /etc/localtime ]" in _seen(text, _HELLO)
    assert "if [ -L /etc/localtime ]" not in _rewritten(text).after


def test_libraries_that_nobody_read_may_draw() -> None:
    """Fonts and what finds them go along; programs that were read draw nothing, and the family's image has them."""
    text = _TEXT.replace('"Hello"', '"-cp", ".:a.jar", "Hello"')
    unread = _rewritten(text, **{"a.jar": "PK"}).after
    for part in ("libfontconfig.so.1", "cp -a /etc/fonts /runtime/etc/"):
        assert part in unread
        assert part not in _rewritten().after
        assert part not in _rewritten(text, "auto", **{"a.jar": "PK"}).after


@pytest.mark.parametrize(
    ("body", "module"),
    [
        ("javax.net.ssl.SSLContext.getDefault();", "jdk\\.crypto\\.ec"),
        ("java.nio.charset.Charset.forName(x);", "jdk\\.charsets"),
        ('new String(b, "GBK");', "jdk\\.charsets"),
        ("java.util.Locale.GERMANY.toString();", "jdk\\.localedata"),
        ('new java.util.Locale("pt", "BR");', "jdk\\.localedata"),
        ('import java.util.*; class B { Object o = new Locale("en", "GB"); }', "jdk\\.localedata"),
        ("class B { Object o = new java.util.Locale(named); }", "jdk\\.localedata"),
        ('java.security.KeyFactory.getInstance("EC");', "jdk\\.crypto\\.ec"),
        ('System.getLogger("a");', "java\\.logging"),
        ("channel.supportedOptions();", "jdk\\.net"),
        ("java.security.Security.getProviders();", "java\\..*"),
        ("javax.security.sasl.Sasl.getSaslClientFactories();", "jdk\\.security\\.jgss"),
        ("new javax.naming.InitialContext();", "jdk\\.naming\\.dns"),
        ("java.nio.file.FileSystems.newFileSystem(x);", "jdk\\.zipfs"),
        ("Class.forName(x);", "java\\..*"),
        ("java.util.ServiceLoader.load(x);", "java\\..*"),
    ],
)
def test_modules_that_are_found_by_name(body: str, module: str) -> None:
    """What sources find by name is added to what they are linked with, or all that there is is taken."""
    with_it, without = _rewritten(body=_HELLO + body), _rewritten()
    assert module in with_it.after
    assert module not in without.after


@pytest.mark.parametrize("body", ['new java.util.Locale("en", "US");', 'new Locale("en");', "Locale.getDefault();"])
def test_english_is_in_the_base_module(body: str) -> None:
    """No other data is taken for it."""
    assert "localedata" not in _rewritten(body=_HELLO + body).after


def test_code_that_nobody_read_gets_all_modules() -> None:
    """An archive from elsewhere may load anything."""
    outcome = _rewritten(_TEXT.replace('"Hello"', '"-cp", ".:a.jar", "Hello"'), **{"a.jar": "PK"})
    assert "java\\..*" in outcome.after
    assert "modules-unread" in _reasons(outcome)


def test_before_jlink() -> None:
    """Java 8 has no jlink: there is nothing for a target without Java."""
    outcome = slim(_TEXT.replace("17-jdk", "8-jdk"), MemoryContext({"Hello.java": _HELLO}), Options(target="scratch"))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "needs-command"


def test_certificates_by_variable() -> None:
    """Where the author turns on what the entry point does, it is not left out."""
    text = _TEXT.replace("WORKDIR", "ENV USE_SYSTEM_CA_CERTS=1\nWORKDIR")
    outcome = slim(text, MemoryContext({"Hello.java": _HELLO}), Options(target="scratch"))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "unknown-base"


def test_installed_by_the_distribution() -> None:
    """Java of the distribution's packages is installed again without what compiles; elsewhere jlink's gets its name."""
    text = _TEXT.replace("eclipse-temurin:17-jdk", "debian:12").replace(
        "COPY", "RUN apt-get update && apt-get install -y openjdk-17-jdk-headless\nCOPY"
    )
    family = _rewritten(text, "auto")
    assert family.plan.target.reference == "debian:bookworm-slim"
    assert "openjdk-17-jre-headless" in family.after
    assert "ln -s /opt/java/bin/java /runtime/usr/bin/java" in _rewritten(text).after


def test_a_compiler_is_needed() -> None:
    """A program that compiles while it runs is not moved to an image without the compiler."""
    body = _HELLO + "javax.tools.ToolProvider.getSystemJavaCompiler();"
    outcome = slim(_TEXT, MemoryContext({"Hello.java": body}), Options(target="eclipse-temurin:17-jre"))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "needs-command"


@pytest.mark.parametrize(
    ("base", "body", "target"),
    [
        ("openjdk:8", "java.awt.Font", "openjdk:8-jre"),
        ("openjdk:8", "java.math.BigInteger", "openjdk:8-jre-slim"),
        ("openjdk:11-jdk", "javax.swing.JFrame", "openjdk:11-jre"),
        ("openjdk:8-jdk-slim", "java.awt.Font", "openjdk:8-jre-slim"),
        ("openjdk:8-jdk-alpine", "java.awt.Font", "openjdk:8-jre-alpine"),
        ("eclipse-temurin:17-jdk", "java.awt.Font", "eclipse-temurin:17-jre"),
    ],
)
def test_what_draws_keeps_the_libraries_of_fonts(base: str, body: str, target: str) -> None:
    """Slim images of openjdk lack what its whole ones have for fonts; who has none before needs none."""
    text = _TEXT.replace("eclipse-temurin:17-jdk", base)
    outcome = _rewritten(text, "auto", body=f"import {body};\n" + _HELLO)
    assert outcome.plan.target.reference == target
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("step", "body", "taken"),
    [
        ("RUN apt-get update && apt-get install -y fonts-noto", "java.awt.Font", True),
        ("RUN apt-get update && apt-get install -y fonts-noto", "java.math.BigInteger", False),
        ("RUN true", "java.awt.Font", False),
    ],
)
def test_fonts_that_a_step_installed(step: str, body: str, taken: bool) -> None:  # noqa: FBT001
    """The family's own run-time image has those of its base, not what was installed besides."""
    text = _TEXT.replace("WORKDIR", f"{step}\nWORKDIR", 1)
    outcome = _rewritten(text, "eclipse-temurin:17-jre", body=f"import {body};\n" + _HELLO)
    assert ("/usr/share/fonts" in outcome.after) is taken
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("base", "packages", "made"),
    [
        ("debian:bookworm", "default-jdk", True),
        ("debian:bookworm", "openjdk-17-jdk-headless", True),
        ("ubuntu:24.04", "openjdk-21-jdk", True),
        ("alpine:3.20", "openjdk17-jdk", False),
    ],
)
def test_a_slim_image_gets_a_folder_for_links_to_manuals(base: str, packages: str, *, made: bool) -> None:
    """Java's packages of Debian and Ubuntu stop without it, whatever dpkg is told to leave out; no other does."""
    apk = base.startswith("alpine")
    install = f"apk add {packages}" if apk else f"apt-get update && apt-get install -y {packages}"
    text = f'FROM {base}\nRUN {install}\nWORKDIR /src\nCOPY . .\nRUN javac Hello.java\nCMD ["java", "Hello"]\n'
    outcome = _rewritten(text, "alpine" if apk else "debian-slim" if "debian" in base else "ubuntu")
    runtime = outcome.after.rpartition("\nFROM ")[2]
    assert ("RUN mkdir -p /usr/share/man/man1 && apt-get update && apt-get install" in runtime) is made
    assert "jre" in runtime


def test_a_source_that_a_run_read_is_data() -> None:
    """A server that gives out the folder that it starts in; sources that only the compiler read stay behind."""
    java = "/opt/java/openjdk/bin/java"
    files = dict.fromkeys((java, *_KIT, "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6"), 0)
    files |= {"/src/Hello.java": 1, "/src/Other.java": 1, "/src/Hello.class": 2}
    image = contents(files, instructions=(2, 3), elves={java: elf("libc.so.6")})
    body = _HELLO + "class B { Other o; Object b(String p) throws Exception { return new java.io.FileReader(p); } }"
    for read in ({}, {"/src/Hello.java": Access.READ}):
        seen = run({java: Access.EXECUTED, "/src/Hello.class": Access.READ, **read}, (java, "Hello"))
        options = Options(target="scratch", evidence=Evidence(built=image, run=seen))
        outcome = slim(_TEXT, MemoryContext({"Hello.java": body, "Other.java": "class Other {}"}), options)
        assert isinstance(outcome, Rewritten), outcome
        runtime = outcome.after.partition("FROM scratch")[2]
        assert ("/src/Hello.java" in runtime) is bool(read)
        assert "Other.java" not in runtime


@pytest.mark.parametrize(("folder", "taken"), [(".", True), ("./", True), ("/src", True), ("out", False)])
def test_a_folder_of_sources_that_the_program_lists(folder: str, taken: bool) -> None:  # noqa: FBT001
    """A source in the working directory is a file like any other to who lists it."""
    body = f'class Hello {{ public static void main(String[] a) {{ new java.io.File("{folder}").list(); }} }}'
    outcome = _rewritten(_TEXT, "eclipse-temurin:17-jre", body=body)
    assert ("COPY --from=build /src /src\n" in outcome.after) is taken
