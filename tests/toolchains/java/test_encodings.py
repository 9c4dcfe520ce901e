"""Encodings that a Java machine may lack: who asks for one that no literal names."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim
from imgslim.toolchains.java.encodings import in_locale, in_option

_TEXT = (
    'FROM eclipse-temurin:17-jdk\n{env}WORKDIR /src\nCOPY . .\nRUN javac A.java\nENTRYPOINT ["java", {options}"A"]\n'
)


def _has(body: str, options: str = "", env: str = "") -> bool:
    source = "import java.io.*;\nclass A { public static void main(String[] args) throws Exception { " + body + " } }\n"
    outcome = slim(
        _TEXT.format(options=options, env=env), MemoryContext({"A.java": source}), Options(target="busybox:glibc")
    )
    assert isinstance(outcome, Rewritten), outcome
    return "charsets" in outcome.after


@pytest.mark.parametrize(
    "body",
    [
        "new InputStreamReader(System.in, args[0]);",
        "new PrintStream(System.out, true, args[0]);",
        "byte[] b = args[1].getBytes(args[0]);",
        "new String(bytes, args[0]);",
        "new String(bytes, 0, n, named);",
        "new java.util.Scanner(System.in, System.getenv(key));",
        "java.net.URLEncoder.encode(x, named);",
        "buffer.toString(named);",
        'java.nio.charset.Charset.forName("Shift_JIS");',
        'new InputStreamReader(System.in, "EUC-JP");',
    ],
)
def test_an_encoding_that_the_run_names(body: str) -> None:
    """Which one that is nobody knows before: all there are go along."""
    assert _has(body)


@pytest.mark.parametrize(
    "body",
    [
        "new InputStreamReader(System.in, StandardCharsets.UTF_8);",
        "new InputStreamReader(System.in, UTF_8);",
        "new InputStreamReader(System.in);",
        'new InputStreamReader(System.in, "UTF-8");',
        "new PrintStream(System.out, true);",
        "new String(chars, 0, n);",
        "Integer.toString(n);",
        "java.util.Arrays.toString(args);",
        "args[0].getBytes();",
        'new java.util.Formatter(out, "UTF-8", Locale.ROOT);',
    ],
)
def test_what_every_machine_has(body: str) -> None:
    """The standard ones, and calls that take none, add nothing."""
    assert not _has(body)


@pytest.mark.parametrize(
    ("option", "extra"),
    [
        ("-Dfile.encoding=Shift_JIS", True),
        ("-Dstdout.encoding=EUC-JP", True),
        ("-Dfile.encoding=UTF-8", False),
        ("-Dfile.encoding=ISO-8859-1", False),
        ("-Dfile.encoding=US-ASCII", False),
        ("-Dfile.encoding=COMPAT", False),
        ("-Dmy.encoding=GBK", False),
    ],
)
def test_options(option: str, *, extra: bool) -> None:
    """An option of the launcher, on the command line or in the variable that it reads."""
    assert in_option(option) is extra
    body = "System.out.println();"
    assert _has(body, options=f'"{option}", ') is extra
    assert _has(body, env=f"ENV JAVA_TOOL_OPTIONS={option}\n") is extra


def test_locales() -> None:
    """The encoding of a locale is the one of standard input and file names."""
    assert in_locale("ja_JP.eucJP")
    assert not any(in_locale(name) for name in ("en_US.UTF-8", "C.utf8", "en_US.ISO-8859-1", "de_DE", "C.UTF-8@x"))
