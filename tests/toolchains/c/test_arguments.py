"""Programs that never look at the words that they are started with."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim
from imgslim.toolchains.c.scan import scan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int main(void) { return 0; }", True),
        ("#include <iostream>\nint main()\n{\n}\n", True),
        ("int main(int argc, char **argv) { }", False),
        ("#if 0\nint main(int c, char **v) { }\n#else\nint main(void) { }\n#endif\n", True),
        ("#ifdef ARGS\nint main(int c, char **v) { }\n#else\nint main(void) { }\n#endif\n", False),
        # what else shows them
        ('int main(void) { open("/proc/self/cmdline", 0); }', False),
        ("extern char **__libc_argv; int main(void) { }", False),
        ("__attribute__((constructor)) void f(int c, char **v) { } int main(void) { }", False),
        # no main: a macro may make one
        ("#define ENTRY int f(void)\nENTRY { }\n", None),
        ('void f(void) { puts("main("); } /* main( */', None),
    ],
)
def test_sources(text: str, expected: bool | None) -> None:  # noqa: FBT001
    """By the definition of main, and by what else gives a program its arguments."""
    assert scan(text, ()).takes_none is expected


@pytest.mark.parametrize(
    ("files", "entry", "safe"),
    [
        ({"a.c": "int main(void) { }"}, "ENTRYPOINT ./a", True),
        ({"a.c": "int main(void) { f(); }", "b.c": "void f(void) { }"}, "ENTRYPOINT ./a", True),
        # the twins: it takes some, another source reads them, a header is not there, a command chooses among programs
        ({"a.c": "int main(int argc, char **argv) { }"}, "ENTRYPOINT ./a", False),
        ({"a.c": "int main(void) { }", "b.c": "extern char **__libc_argv;"}, "ENTRYPOINT ./a", False),
        ({"a.c": '#include "gone.h"\nint main(void) { }'}, "ENTRYPOINT ./a", False),
        ({"a.c": "int main(void) { }"}, "ENTRYPOINT ./a $X", False),
    ],
)
def test_entrypoint_in_shell_form(files: dict[str, str], entry: str, safe: bool) -> None:  # noqa: FBT001
    """Arguments that shell form ignores reach a program in exec form: that is safe where it never looks at them."""
    text = f"FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o a *.c\n{entry}\n"
    outcome = slim(text, MemoryContext(files), Options(target="scratch"))
    reasons = [a.reason for a in outcome.plan.assumptions] if isinstance(outcome, Rewritten) else ["declined"]
    assert (not reasons) is safe, reasons
    assert ("run-arguments" in reasons or reasons == ["declined"] or "sources-unread" in reasons) is not safe
