"""Builds that reading can't follow: what their Dockerfile says of the place of the program."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Rewritten, Unchanged
from imgslim.service import Options, slim

_CLONE = "RUN git clone https://example.com/foo /foo && cd /foo && "
_CONFIGURE = "RUN curl -fs https://example.com/foo.tgz | tar xz && cd foo && ./configure"


def _slim(steps: str, cmd: str, target: str = "scratch", **files: str) -> Rewritten | Declined | Unchanged:
    text = f'FROM gcc:12-bookworm\n{steps}\nCMD ["{cmd}"]\n'
    return slim(text, MemoryContext(files), Options(target=target))


@pytest.mark.parametrize(
    ("steps", "cmd", "line"),
    [
        (_CONFIGURE + " --prefix=/opt/x && make && make install", "/opt/x/bin/foo", "/opt/x /opt/x"),
        (_CONFIGURE + " --prefix=/opt/x && make && make install-strip", "/opt/x/bin/foo", "/opt/x /opt/x"),
        (_CONFIGURE + " --prefix=/usr && make && cp foo /bin/foo", "foo", "/bin/foo /bin/foo"),
        (_CLONE + "make && make PREFIX=/opt/x install", "/opt/x/sbin/foo", "/opt/x /opt/x"),
        (_CLONE + "cmake -B b -DCMAKE_INSTALL_PREFIX=/opt/x && cmake --build b && cmake --install b", "/opt/x/bin/foo",
         "/opt/x /opt/x"),
        (_CLONE + "make && cp foo /usr/local/bin/foo", "foo", "/usr/local/bin/foo /usr/local/bin/foo"),
        (_CLONE + "make && install -m 755 foo /usr/local/bin/", "foo", "/usr/local/bin/foo /usr/local/bin/foo"),
        (_CLONE + "make && mv foo /srv/foo", "/srv/foo", "/srv/foo /srv/foo"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("target", ["scratch", "debian-slim"])
def test_a_place_that_the_text_names(steps: str, cmd: str, line: str, target: str) -> None:
    """The place is copied with the libraries that the built program turns out to need; what else it needs is stated."""
    outcome = _slim(steps, cmd, target)
    assert isinstance(outcome, Rewritten)
    assert f"COPY --from=build {line}\n" in outcome.after
    assert f"ldd {cmd if '/' in cmd else line.split(maxsplit=1)[0]}" in outcome.after
    assert "sources-unread" in {a.reason for a in outcome.plan.assumptions}


@pytest.mark.parametrize(
    ("steps", "cmd"),
    [
        (_CONFIGURE + " --prefix=/opt/x && make", "/opt/x/bin/foo"),  # nothing is installed
        (_CONFIGURE + " --prefix=/opt/x && make && make install", "/opt/y/bin/foo"),
        (_CONFIGURE + " --prefix=/usr/local && make && make install", "/usr/local/bin/foo"),
        (_CONFIGURE + " --prefix=$P && make && make install", "/opt/x/bin/foo"),
        (_CONFIGURE + " && make && make install", "foo"),
        (_CLONE + "make", "/foo/foo"),
        (_CLONE + "make; if [ -e foo ]; then cp foo /usr/local/bin/foo; fi", "foo"),
        ("WORKDIR /foo\nRUN make && make install PREFIX=/opt/x", "/opt/x/bin/foo"),  # nothing is there to build
        ("RUN cp /bin/ls /srv/foo\n" + _CLONE + "make", "/srv/foo"),  # before the build
    ],
)
def test_a_place_that_it_does_not(steps: str, cmd: str) -> None:
    """Refused, with what would help."""
    outcome = _slim(steps, cmd)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "build-not-followed"
    assert "--prefix of its own" in outcome.hint


def test_sources_stay_behind() -> None:
    """What lies in the folder that is built in serves the build."""
    steps = "WORKDIR /src\nCOPY . .\nCOPY motd /motd\nRUN ./configure --prefix=/opt/x && make && make install"
    files = {"configure": "#!/bin/sh\n", "Makefile.in": "", "foo.c": "", "motd": ""}
    outcome = _slim(steps, "/opt/x/bin/foo", **files)
    assert isinstance(outcome, Rewritten)
    assert "foo.c" not in outcome.after
    assert "/src/" not in outcome.after


def test_a_build_that_is_followed_is_not_supposed() -> None:
    """What can be read is read."""
    steps = "WORKDIR /src\nCOPY . .\nRUN make && cp foo /usr/local/bin/foo"
    outcome = _slim(steps, "foo", Makefile="foo: foo.c\n\tgcc -o foo foo.c\n", **{"foo.c": "int main(void) {}\n"})
    assert isinstance(outcome, Rewritten)
    assert not outcome.plan.assumptions
