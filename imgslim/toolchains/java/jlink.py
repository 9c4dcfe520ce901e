"""A run-time image of the program's own, made by ``jlink`` in the build stage, and which modules it takes.

Where all code is the author's and read, ``jdeps`` tells the modules that it is linked with, and what it finds by name
is added from this table ("jlink" and "jdeps", JDK tool specifications; "Module Graph" of java.se and the jdk modules).
Everywhere else all that a run-time environment has is taken: libraries find services, drivers and encodings by name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.model import Assumption, Preparation, Runtime, Tree
from imgslim.regex import regex
from imgslim.toolchains.java.encodings import in_locale, in_option, is_extra, takes_any
from imgslim.toolchains.java.kit import has_jlink
from imgslim.toolchains.java.settings import java_home, locale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.toolchains.java.launch import Launch
    from imgslim.toolchains.java.scan import Scan

#: Where it goes when JAVA_HOME does not say.
_PLACE = "/opt/java"
#: The smallest, without the line numbers of the JDK's own classes.
_OPTIONS = "--compress=2{strip} --no-header-files --no-man-pages"
_STRIP = " --strip-java-debug-attributes"
#: One of those in a stack trace ("StackTraceElement.toString", Java SE API).
_LINE = regex(r"\bat (?:java|jdk)\.[\w.]+/[\w.$<>]+\(\w+\.java:\d+\)")
#: What code shows stack traces with, or looks into them (Throwable, Thread, StackWalker, java.util.logging).
_TRACES = regex(r"(?<!\w)(?:printStackTrace|dumpStack|get(?:All)?StackTraces?|StackWalker|(?:get)?Logger)(?!\w)")
#: What code finds by name: whole parts of a dotted name, and the modules.
_BY_NAME = tuple(
    (re.compile(rf"(?<!\w)(?:{names})(?!\w)"), modules.split())
    for names, modules in (
        ((r"SSL\w*|Https\w*|HttpClient|URL|URI|TrustManager\w*|KeyStore|Signature|KeyPairGenerator|Cipher|KeyFactory|"
         r"KeyAgreement|AlgorithmParameters|Certificate\w*|CertPath\w*|Security"),
         "jdk.crypto.ec jdk.crypto.cryptoki"),
        (r"Locale\.(?!ROOT|ENGLISH|US|getDefault)\w+|NumberFormat|Collator|BreakIterator|DateFormatSymbols|TextStyle",
         "jdk.localedata"),
        (r"FormatStyle|Currency", "jdk.localedata"),
        (r"Charset\.(?:forName|availableCharsets|isSupported)", "jdk.charsets"),
        (r"FileSystems\.newFileSystem", "jdk.zipfs"),
        (r"InitialContext|InitialDirContext|javax\.naming", "java.naming jdk.naming.dns jdk.naming.rmi"),
        (r"ManagementFactory|MBeanServer", "java.management jdk.management"),
        (r"System\.(?:Logger|getLogger)", "java.logging"),
        (r"(?:\w+\.)*supportedOptions", "jdk.net"),
        (r"javax\.security\.(?:auth|sasl)|org\.ietf\.jgss", "java.security.jgss jdk.security.jgss jdk.security.auth"),
    )
)  # fmt: skip
#: A locale whose data is in java.base (jlink, "--include-locales"; java.util.Locale).
_IN_BASE = frozenset({("",), ("en",), ("en", "US")})
#: Of these nobody can tell what is loaded.
_OPENS = re.compile(
    r"(?:Class\.forName|ServiceLoader|loadClass|DriverManager|newInstance|getDeclaredConstructor|ScriptEngineManager|"
    r"MethodHandles|URLClassLoader|ClassLoader|getProviders)"
)
#: Modules that options of the launcher ask for.
_BY_OPTION = (("-javaagent", "java.instrument"), ("-agentlib:jdwp", "jdk.jdwp.agent"),
              ("-Dcom.sun.management", "jdk.management.agent"), ("-XX:StartFlightRecording", "jdk.jfr"),
              ("-Duser.", "jdk.localedata"))  # fmt: skip
_UTF8 = frozenset({"C.UTF-8", "C.utf8"})
#: Java's own library of fonts opens it by name, when something is first drawn (java.desktop, fontpath.c).
_FIND_FONTS = "f=$(ls /usr/lib/*/libfontconfig.so.1 /usr/lib*/libfontconfig.so.1 2> /dev/null | head -n 1 || true)"
_FONTS = (_FIND_FONTS, 'if [ -n "$f" ]; then cp -L "$f" /tmp/java/lib/; fi')
#: All that a run-time environment has: java.se, smart cards, and what the JDK's own services are.
_WHOLE = (
    r"java\..*|jdk\.(charsets|crypto\..*|dynalink|httpserver|incubator\.vector|internal\.vm\.compiler.*|jdwp\.agent|jfr|"
    r"jsobject|localedata|management.*|naming\..*|net|nio\..*|sctp|security\..*|unsupported.*|xml\.dom|zipfs)"
)


def runtime(
    project: Project, scans: dict[str, Scan], launch: Launch, trees: tuple[str, ...], *, closed: bool
) -> Runtime | None:
    """The run-time image that the builder can make; None where it is not sure that its Java has a jlink.

    Args:
        project: what reading gave.
        scans: what the program's sources say.
        launch: how it is started.
        trees: its archives and folders of classes, as absolute paths or patterns.
        closed: True where that is all of its code.
    """
    if not has_jlink(project):
        return None
    home = java_home(project) or _PLACE
    read = closed and not any(_OPENS.search(name) for s in scans.values() for name in s.names)
    extra = sorted(set(_named(project, scans, launch)))
    lines = [*(_linked(trees, extra) if read else _all())]
    options = _OPTIONS.format(strip="" if _traced(project, scans, closed=closed) else _STRIP)
    lines += [
        f'jlink --add-modules "$m" {options} --output /tmp/java',
        'j=$(readlink -f "$(which java)"); cp -L "${j%/bin/java}/lib/security/cacerts" /tmp/java/lib/security/',
        *(() if closed else _FONTS),
        f"rm -rf {quote(home)}; mkdir -p {quote(home.rpartition('/')[0] or '/')}; mv /tmp/java {quote(home)}",
    ]
    why = (
        "A Java machine of the modules that the program is linked with" + (f" and {', '.join(extra)}" if extra else "")
        if read else "A Java machine without what only development takes"
    )  # fmt: skip
    return Runtime(
        Preparation("\n".join(["set -e", *lines]), why),
        f"{home}/bin/java",
        Tree(home, "the Java machine that jlink made"),
        links=() if java_home(project) else ("/usr/bin/java",),
        assumptions=(Assumption("java-modules-unproven", f"{why}: that it lacks nothing is not proven."),),
    )


def fonts_within(machine: Tree) -> Preparation:
    """Lay the system's library of fonts beside Java's own, which a machine that goes along as it is looks for first."""
    found = f"d=$(find {quote(machine.path)} -name libfontmanager.so | head -n 1)"
    copied = 'if [ -n "$d" ] && [ -n "$f" ]; then cp -L "$f" "${d%/*}/"; fi'
    return Preparation(f"set -e\n{found}\n{_FIND_FONTS}\n{copied}", "Fonts, if there are any: libraries may draw")


def _traced(project: Project, scans: dict[str, Scan], *, closed: bool) -> bool:
    """Tell whether people read stack traces of it: libraries log them, and a run that printed one would print another.

    Args:
        project: what reading and running gave.
        scans: what the program's sources say.
        closed: True where all of the program's code is the author's own.
    """
    run = project.evidence.run
    if not closed or (run is not None and _LINE.search(run.said) is not None):
        return True
    return any(_TRACES.search(name) for scan in scans.values() for name in scan.names)


def quote(path: str) -> str:
    """A path as a shell word."""
    import shlex  # noqa: PLC0415  (seldom needed, slow to import)

    return shlex.quote(path)


def _linked(trees: tuple[str, ...], extra: list[str]) -> Iterator[str]:
    words = " ".join(f"{quote(t.partition('*')[0])}{'*' + t.partition('*')[2] if '*' in t else ''}" for t in trees)
    yield f"m=$(jdeps --print-module-deps --ignore-missing-deps --multi-release base {words})"
    if extra:
        pattern = "|".join(extra).replace(".", r"\.")
        yield f"for x in $(java --list-modules | grep -oxE '({pattern})@.*'); do m=$m,${{x%@*}}; done"


def _all() -> Iterator[str]:
    yield f"m=java.base; for x in $(java --list-modules | grep -xE '({_WHOLE})@.*'); do m=$m,${{x%@*}}; done"


def _named(project: Project, scans: dict[str, Scan], launch: Launch) -> Iterator[str]:
    names = {name for s in scans.values() for name in s.names}
    for pattern, modules in _BY_NAME:
        if any(pattern.search(name) for name in names):
            yield from modules
    if (
        any(is_extra(literal.text) for s in scans.values() for literal in s.literals)
        or any(takes_any(call) for s in scans.values() for call in s.calls)
        or any(in_option(option) for option in launch.options)
        or any(in_locale(need.value) for need in locale(project))
    ):
        yield "jdk.charsets"
    made = (call for s in scans.values() for call in s.calls if call.last == "Locale")
    if any(call.arguments not in _IN_BASE for call in made):
        yield "jdk.localedata"
    for option, module in _BY_OPTION:
        if any(o.startswith(option) for o in launch.options):
            yield module
    if any(need.value not in _UTF8 and not need.value.startswith("en") for need in locale(project)):
        yield "jdk.localedata"
