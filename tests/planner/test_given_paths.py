"""What every container has by itself is no file of the build; what only begins like it is."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim


def _rewritten(language: str, path: str, step: str) -> Rewritten:
    if language == "c":
        source = f'#include <fcntl.h>\nint main(void) {{ return open("{path}", O_RDONLY) < 0; }}\n'
        text, name = f"FROM gcc:14\nCOPY x.c /src/\nRUN gcc -o /x /src/x.c\nRUN {step}\nCMD /x\n", "x.c"
    else:
        source = f'package main\n\nimport "os"\n\nfunc main() {{ os.Open("{path}") }}\n'
        text, name = f"FROM golang:1.22\nCOPY x.go /src/\nRUN go build -o /x /src/x.go\nRUN {step}\nCMD /x\n", "x.go"
    outcome = slim(text, MemoryContext({name: source}), Options(target="busybox:glibc"))
    assert isinstance(outcome, Rewritten), outcome
    return outcome


@pytest.mark.parametrize("language", ["c", "go"])
@pytest.mark.parametrize("path", ["/devices.txt", "/sysconf.yaml", "/proceedings", "/etc/hosts.d"])
def test_a_name_that_begins_alike(language: str, path: str) -> None:
    """A file that a step makes goes along, whatever its name begins with."""
    assert f"COPY --from=build {path} {path}" in _rewritten(language, path, f"echo 1 > {path}").after


@pytest.mark.parametrize("language", ["c", "go"])
@pytest.mark.parametrize("path", ["/dev/null", "/proc/self/status", "/sys", "/etc/hosts"])
def test_what_every_container_has(language: str, path: str) -> None:
    """Nothing is copied for it and nothing assumed."""
    outcome = _rewritten(language, path, "true")
    assert path not in outcome.after
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(("folder", "is_laid_out"), [("/devdata", True), ("/dev/data", False)])
def test_a_folder_that_is_given_away(folder: str, is_laid_out: bool) -> None:  # noqa: FBT001
    """Its owner is kept, but for what the kernel lays over it."""
    outcome = _rewritten("c", "/dev/null", f"mkdir {folder} && chown 1000 {folder}")
    assert (f"cp -a {folder} /runtime/" in outcome.after) is is_laid_out


@pytest.mark.parametrize(("folder", "is_laid_out"), [("/etc", False), ("/usr/local/lib", False), ("/data", True)])
def test_a_folder_of_the_system_that_a_step_makes_again(folder: str, is_laid_out: bool) -> None:  # noqa: FBT001
    """``mkdir -p`` of a folder that is there makes nothing: the builder's own content stays behind."""
    outcome = _rewritten("c", "/dev/null", f"mkdir -p {folder}")
    assert (f"cp -a {folder} " in outcome.after) is is_laid_out
