"""What single commands leave behind."""

from __future__ import annotations

import pytest

from imgslim.meaning.trace import Command, Redirect, Word
from imgslim.planner.commands import (
    Effect,
    Folders,
    Nothing,
    Owner,
    Packages,
    Placed,
    Unfollowed,
    Users,
    effect,
    packages,
)
from imgslim.text import Span
from imgslim.values import Unknown, Value


def command(text: str, *, cwd: Value = "/app", redirects: tuple[Redirect, ...] = ()) -> Command:
    """Make a command of literal words; ``?`` stands for a word that is not settled."""
    words = tuple(Word(Unknown("test") if w == "?" else w, w, 0, 0, literal=w != "?") for w in text.split())
    return Command(words, (), redirects, cwd, {}, Span(0, 0), conditional=False, piped=False, subshell=False, user="")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apt-get install -y curl libssl3=3.0", Packages("apt", ("curl", "libssl3"))),
        ("apt-get update", Nothing()),
        ("apk add --no-cache bash", Packages("apk", ("bash",))),
        ("dnf install -y gcc", Packages("dnf", ("gcc",))),
        ("useradd app", Users(("app",), ())),
        ("useradd -m app", Users(("app",), ("/home/app",))),
        ("useradd --create-home --home-dir /srv/app app", Users(("app",), ("/srv/app",))),
        ("useradd -r -u 999 app", Users(("app",), ())),
        ("adduser -D -S app", Users(("app",), ("/home/app",))),
        ("adduser -H -D app", Users(("app",), ())),
        ("adduser --system app", Users(("app",), ("/home/app",), ("/home/app",))),
        ("adduser --system --home /srv/app app", Users(("app",), ("/srv/app",))),
        ("adduser --disabled-password app", Users(("app",), ("/home/app",))),
        ("groupadd -g 10 staff2", Users(("staff2",), ())),
        ("mkdir -p data /var/log/app", Folders(("/app/data", "/var/log/app"))),
        ("mkdir -m 750 data", Folders(("/app/data",), "", "750")),
        ("mkdir -pm 1777 data", Folders(("/app/data",), "", "1777")),
        ("mkdir --mode=700 data", Folders(("/app/data",), "", "700")),
        ("mkdir -mp 750", Folders(("/app/750",), "", "p")),
        ("install -d data", Folders(("/app/data",))),
        ("install -d -o app -g staff -m 2750 /a /b", Folders(("/a", "/b"), "app:staff", "2750")),
        ("install -dm755 --owner=app --group staff data", Folders(("/app/data",), "app:staff", "755")),
        ("install -d ?", Unfollowed()),
        ("install -D -m 644 a /b/c", Placed(("/app/644", "/app/a", "/b/c"))),
        ("chgrp app /data", Placed(("/app/app", "/data"))),
        ("mkdir ?", Unfollowed()),
        ("chown -R app:app /data ../x", Owner("app:app", ("/data", "/x"), recursive=True)),
        ("chown app /data", Owner("app", ("/data",), recursive=False)),
        ("cp a /b", Placed(("/app/a", "/b"))),
        ("echo hello", Nothing()),
        ("rm -rf /var/lib/apt/lists", Nothing()),
        ("apk add --no-cache --virtual .deps gcc musl-dev", Packages("apk", ("gcc", "musl-dev"))),
        ("apk add -t .deps gcc>9", Packages("apk", ("gcc",))),
        ("apk add --virtual=.deps gcc", Packages("apk", ("gcc",))),
        ("apk del .deps", Nothing()),
        ("apt-get -t buster-backports install -y a b=1", Packages("apt", ("a", "b"))),
        ("yum -y -c /etc/y.conf --enablerepo epel install gcc make", Packages("dnf", ("gcc", "make"))),
        ("yum --enablerepo=epel install -y gcc", Packages("dnf", ("gcc",))),
        ("microdnf install -y gcc", Packages("dnf", ("gcc",))),
        ("dnf group install -y @development-tools", Packages("dnf", ("@development-tools",))),
        ("yum groupinstall -y Development", Packages("dnf", ("@Development",))),
        ("dnf group list install", Nothing()),
        ("dnf clean all", Nothing()),
        ("apt-get group install x", Nothing()),
        ("frobnicate --now", Unfollowed()),
        ("?", Unfollowed()),
    ],
)
def test_effect_is_read_from_the_words(text: str, expected: Effect) -> None:
    """Each command's effect follows from its words alone."""
    assert effect(command(text)) == expected


def test_a_redirection_makes_its_file() -> None:
    """What a command prints into a file is a file of the image."""
    made = effect(command("echo x", redirects=(Redirect(">", "conf"),)))
    assert made == Placed(("/app/conf",))


def test_a_redirection_to_a_device_makes_nothing() -> None:
    """/dev/null is the engine's, not the image's."""
    assert effect(command("echo x", redirects=(Redirect(">", "/dev/null"),))) == Nothing()


def test_a_redirection_to_an_open_name_is_not_followed() -> None:
    """A file whose name is computed is not named."""
    assert effect(command("echo x", redirects=(Redirect(">>", Unknown("test")),))) == Unfollowed()


def test_relative_paths_need_a_working_directory() -> None:
    """Without a known directory, a relative folder is not followed."""
    assert effect(command("mkdir data", cwd=Unknown("test"))) == Unfollowed()


def test_bare_assignments_leave_nothing() -> None:
    """``X=1`` alone runs no program."""
    assert effect(command("")) == Nothing()


def test_packages_are_listed_in_order() -> None:
    """Every installed package is found once, in the file's order."""
    found = packages(effect(command(t)) for t in ("apt-get install -y a b", "echo x", "apt install c"))
    assert found == ("a", "b", "c")
