"""What reading a C source takes from it, and what it must not take."""

from __future__ import annotations

import pytest

from imgslim.toolchains.c.scan import scan, unescape

NAMES = {"dlopen", "getaddrinfo", "fopen", "system", "open"}


def names(text: str) -> list[str]:
    """The names of the calls found in ``text``."""
    return [c.name for c in scan(text, NAMES).calls]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("int f(void){ return getaddrinfo(a, b, c, d); }", ["getaddrinfo"]),
        ("// getaddrinfo(a)\n", []),
        ("// a \\\n getaddrinfo(a)\n", []),
        ("/* getaddrinfo(a) */ dlopen(x);", ["dlopen"]),
        ('char *s = "getaddrinfo(a)";', []),
        ("char c = '\"'; dlopen(x);", ["dlopen"]),
        ("int getaddrinfo(int a);", []),
        ("p->open(1); q.open(2); File::open(3);", []),
        ("std::fopen(1); ::open(2);", ["fopen", "open"]),
        ("void *(*f)() = dlopen;", ["dlopen"]),
        ("#ifdef _WIN32\nsystem(1);\n#else\ndlopen(1);\n#endif", ["dlopen"]),
        ("#if 0\nsystem(1);\n#endif\ndlopen(1);", ["dlopen"]),
        ("#if defined(_WIN32) || defined(__APPLE__)\nsystem(1);\n#elif defined(X)\ndlopen(1);\n#endif", ["dlopen"]),
        ("#if !defined(_WIN32) && 1\nsystem(1);\n#else\ndlopen(1);\n#endif", ["system"]),
        ("#ifndef _WIN32\nsystem(1);\n#else\ndlopen(1);\n#endif", ["system"]),
        ("#if __linux__\nsystem(1);\n#else\ndlopen(1);\n#endif", ["system"]),
        ("#ifdef FOO\nsystem(1);\n#else\ndlopen(1);\n#endif\n#endif", ["system", "dlopen"]),
        ('const char *s = R"x(dlopen("a") )x"; system(1);', ["system"]),
        ("#define LOAD(n) dlopen(n, 1)\n", ["dlopen"]),
        ("int n = 1'000'000; dlopen(x);", ["dlopen"]),
        ("dlopen /* why */ (x)", ["dlopen"]),
        ("/* never closed dlopen(x)", []),
        ('R"x( never closed dlopen(x)', []),
    ],
)
def test_calls(text: str, found: list[str]) -> None:
    """Calls count in code that Linux compiles; not in comments, strings, declarations or methods."""
    assert names(text) == found


def test_arguments_are_literals_or_nothing() -> None:
    """Adjacent literals, string macros and escapes are joined; anything else is no literal."""
    (call,) = scan('#define DIR "/usr" "/share"\nfopen(DIR "/a\\tb", mode(1, 2), "r");', NAMES).calls
    assert call.arguments == ("/usr/share/a\tb", None, "r")
    (call,) = scan('fopen(PREFIX "/a", x)', NAMES, {"PREFIX": "/opt"}).calls
    assert call.arguments == ("/opt/a", None)


def test_literals_and_includes_have_lines() -> None:
    """A spliced line counts as two; angle and quoted includes are told apart."""
    found = scan('#include <sys/stat.h>\n#include "a.h"\n\\\nchar *s = "x" "y"; P("z" PRIu64);\n', NAMES)
    assert [(i.name, i.quoted, i.line) for i in found.includes] == [("sys/stat.h", False, 1), ("a.h", True, 2)]
    assert [(x.text, x.line, x.whole) for x in found.literals] == [("xy", 4, True), ("z", 4, False)]


def test_escapes() -> None:
    """Octal, hexadecimal and letter escapes give their characters."""
    assert unescape("a\\x41\\101\\n\\q") == "aAA\nq"


def test_time_is_linear() -> None:
    """Unclosed constructs do not make the pass quadratic."""
    for piece in ('R"x(', "/*", '"', "'", "#if 0\n", "dlopen("):
        assert scan(piece * 4_000, NAMES) is not None
