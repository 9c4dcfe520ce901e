"""What a project's own makefile or script installs is taken along; what it may do beside that is said."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_TWICE = "run:\n\tpip install requests\ndeps: run\n\t@echo done\n"


def _rewrite(step: str, files: dict[str, str], base: str = "python:3.11") -> Rewritten:
    entry = '["ruby", "app.rb"]' if base.startswith("ruby") else '["python", "app.py"]'
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\n{step}CMD {entry}\n"
    all_files = {"app.py": "print(1)\n", "app.rb": "puts 1\n", **files}
    found = slim(text, MemoryContext({k: v.encode() for k, v in all_files.items()}), Options(target=f"{base}-slim"))
    assert isinstance(found, Rewritten), found
    return found


@pytest.mark.parametrize(
    ("step", "files", "goes"),
    [
        ("RUN make deps\n", {"Makefile": "deps:\n\tpip install requests\n"}, True),
        ("RUN make deps\n", {"Makefile": _TWICE}, True),
        ("RUN make -C sub\n", {"sub/Makefile": "P = pip3\nall:\n\t@$(P) install -q requests\n"}, True),
        ("RUN make\n", {"Makefile": "all:\n\tcc -shared -o a.so a.c && pip install .\n", "a.c": "int a;\n"}, True),
        ("RUN ./setup.sh\n", {"setup.sh": "#!/bin/sh\nset -e\npython -m pip install requests\n"}, True),
        ("RUN sh ci/setup.sh\n", {"ci/setup.sh": "pip install requests\n"}, True),
        ("RUN bash a.sh\n", {"a.sh": "if true; then make deps; fi\n", "Makefile": _TWICE}, True),
        ("RUN sh a.sh\n", {"a.sh": "sh a.sh\n"}, False),  # nobody follows it for ever
        ("RUN make docs\n", {"Makefile": "docs:\n\techo pip install\ndeps:\n\tpip install requests\n"}, False),
        ("RUN ./setup.sh\n", {"setup.sh": "#!/usr/bin/perl\npip install requests\n"}, False),
        ("RUN sh other.sh\n", {}, False),
    ],
)
def test_what_a_makefile_or_script_installs_goes_along(step: str, files: dict[str, str], goes: bool) -> None:  # noqa: FBT001  (a table's column)
    """The packages of the image's Python come, and what else the recipe made is named as open."""
    found = _rewrite(step, files)
    assert ("/site-packages /usr" in found.after) is goes
    assert "run-effects-unproven" in {a.reason for a in found.plan.assumptions}


@pytest.mark.parametrize(
    ("step", "files"),
    [
        ("RUN make\n", {"Makefile": "all: a.so\na.so: a.c\n\tcc -shared -o a.so a.c\n", "a.c": "int a;\n"}),
        ("RUN make clean\n", {"Makefile": "clean:\n\trm -f *.o\n"}),
        ("RUN sh build.sh\n", {"build.sh": "gcc -o tool tool.c\n", "tool.c": "int main(void){return 0;}\n"}),
        ("", {"Makefile": "deps:\n\tpip install requests\n"}),
    ],
)
def test_what_only_compiles_installs_nothing(step: str, files: dict[str, str]) -> None:
    """It leaves its files in the project's folder, which goes along."""
    found = _rewrite(step, files)
    assert "/site-packages /usr" not in found.after
    assert "run-effects-unproven" not in {a.reason for a in found.plan.assumptions}


@pytest.mark.parametrize(("goal", "goes"), [("deps", True), ("docs", False)])
def test_gems_that_a_makefile_installs_go_along(goal: str, goes: bool) -> None:  # noqa: FBT001  (a table's column)
    """As those of a RUN do."""
    files = {"Makefile": "deps:\n\tgem install rake\ndocs:\n\tmkdir -p /srv/docs\n"}
    found = _rewrite(f"RUN make {goal}\n", files, "ruby:3.1")
    assert ("/usr/local/bundle /usr/local/bundle" in found.after) is goes
    assert "run-effects-unproven" in {a.reason for a in found.plan.assumptions}
