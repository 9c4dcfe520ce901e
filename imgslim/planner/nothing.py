"""Nothing: why there is no program to move, as the first thing that is in the way of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.meaning.search import searched
from imgslim.meaning.shell_nested import SHELLS
from imgslim.meaning.trace import Copy
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Declined, Unchanged
from imgslim.planner.commands import Packages, Unfollowed, known_by_name
from imgslim.planner.supposed import HINT
from imgslim.records import replace
from imgslim.regex import regex
from imgslim.toolchains import all_toolchains, first_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.meaning.trace import Command
    from imgslim.model import Findings, Project
    from imgslim.planner.build import Ran
    from imgslim.text import Span

#: What finds a base image for a program that a package brought.
_LOOK = "What an installed program uses, a run shows: with --verify a smaller base may be found for it."
#: What fetches and unpacks.
_FETCHES = frozenset(
    """
    7z 7za 7zr aria2c axel bsdtar bunzip2 bzip2 bzr cpio curl dpkg git gunzip gzip hg rpm rpm2cpio rsync scp svn tar
    unrar unsquashfs unxz unzip wget xz zcat zip zstd
    """.split()
)
#: What sets the system up, asks it, or changes text: by their manual pages none compiles, links or installs a program
#: from source. The row before the last two installs packages of a distribution, in the images of others (minideb,
#: gliderlabs).
_SETS_UP = frozenset(
    """
    a2disconf a2dismod a2dissite a2enconf a2enmod a2ensite add-apt-repository alternatives apt-add-repository apt-config
    arch b2sum base64 chage chattr chfn chgrp chkconfig chpasswd chsh cksum comm crontab debconf-set-selections declare
    delgroup deluser dpkg-architecture dpkg-divert dpkg-reconfigure dpkg-statoverride ed expand fc-cache fc-list fold
    freshclam gawk getfacl getopts gpg2 gpgconf groupdel groupmems hash hexdump htpasswd iconv initctl invoke-rc.d join
    jq ldd let localectl local locale locale-gen localedef lsb_release mandb mawk mkfontdir mkfontscale mknod mktemp
    newaliases newusers nl nm objdump openssl paste patch php5dismod php5enmod phpdismod phpenmod postalias postconf
    postmap pwconv rc-update read readelf rename rpmkeys scanelf sdparm service setcap setfacl split ssh-keygen
    ssh-keyscan sshd-keygen strings sysctl systemctl trust typeset unlink update-alternatives update-ca-certificates
    update-ca-trust update-desktop-database update-locale update-mime-database update-rc.d userdel vncpasswd
    xmlstarlet xxd yum-config-manager [[
    apk-install apt-install clean-install gdebi install_packages opkg-install yumdownloader
    createdb createuser dbus-uuidgen ifconfig ip iptables mongo mysql mysqladmin mysqld mysqld_safe pg_ctlcluster psql
    redis-cli route sqlite3 ssh-add ssh-agent
    """.split()
)
#: Scripts that install an installer: pypa/get-pip, README.md; pypa/setuptools, ez_setup.py.
_INSTALLERS = frozenset({"get-pip.py", "ez_setup.py"})
#: A program that is given nothing but one of these prints, and ends.
_PRINTS = frozenset({"--version", "-version", "version", "-V", "-v", "--help", "-h"})
_INTERPRETERS = SHELLS | {"zsh", "ksh", "perl", "php", "python", "python2", "python3", "ruby", "node", "lua", "Rscript"}
#: Folders of programs that the distribution brings.
_SYSTEM = ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/")
#: Scripts that a download gives to an interpreter and that only add a package repository, or install an installer:
#: nodesource/distributions, scripts/deb/setup_20.x; packagecloud.io, "Installing packages"; pypa/get-pip.
_BUILDS_NOTHING = regex(
    r"https?://(?:(?:deb|rpm)\.nodesource\.com/setup|packagecloud\.io/install/|bootstrap\.pypa\.io/)\S*"
)
_WAITING = _INTERPRETERS | {"fish", "irb", "ipython", "ghci", "scala", "R"}
#: What builds for the Java machine.
_OF_JAVA = frozenset({"mvn", "mvnw", "gradle", "gradlew", "sbt", "ant", "javac"})
#: Options that leave a shell one that waits for commands.
_INTERACTIVE = frozenset({"-i", "-l", "--login", "-il", "-li", "-"})


def nothing_used(
    project: Project, findings: Findings, ran: Iterable[Ran], missing: tuple[str, Span] | None
) -> Declined | Unchanged:
    """Say why there is no program to move: a refusal where something was built, else nothing to gain.

    Args:
        project: what reading gave.
        findings: what the toolchains found.
        ran: every command with its effect, in build order.
        missing: the first program that the entry starts and nothing is known to make, and where it says so.
    """
    if findings.not_followed:
        lost = findings.not_followed[0]
        movable = lost.reason == "build-not-followed" and not _for_java(project, lost.span)
        return replace(lost, hint=HINT) if movable and not lost.hint else lost
    word, span = missing or ("", project.trace.node.span)
    word = _script(project, word)
    unread = _unread(project, word)
    if findings.products:
        made = ", ".join(p.path for p in findings.products[:4])
        starts = f"{word}{unread}," if unread else f"{word or 'a script'},"
        return Declined(
            "entry-not-built",
            f"The entry starts {starts} {'and' if unread else 'but'} what the build is known to make is {made}.",
            span,
            "Name the built program in CMD or ENTRYPOINT.",
        )
    ran = tuple(ran)
    if (waits := waiting(project)) is not None:
        return waits
    if (brackets := _no_array(project)) is not None:
        return brackets
    open_ = [r.command for r in ran if not r.build and isinstance(r.effect, Unfollowed) and _may_build(r, ran)]
    unknown = next((command for command in open_ if not _claimed(command)), None)
    if unknown is not None:
        return Declined(
            "unknown-toolchain",
            _not_known(unknown, project),
            unknown.span,
            "imgslim toolchains lists what is understood.",
        )
    build = next((r.command for r in ran if r.build), open_[0] if open_ else None)
    if build is not None and unread:
        why = f"The entry starts {word}{unread}: what it runs is not known."
        return Declined("entry-not-built", why, span, "Give the folder that docker build gets with --context.")
    if build is not None and word:
        message = f"The entry starts {word}, and no build step is known to make it."
        return Declined("entry-not-built", message, span, "Name a program that the build makes in CMD or ENTRYPOINT.")
    if build is not None:
        text = build.span.head(project.dockerfile.text)
        return Declined("build-not-followed", f"What {text!r} makes for the entry is not known.", build.span)
    copied = any(isinstance(s, Copy) for s in project.trace.steps)
    what = "The steps install packages and copy files" if copied else "The steps install packages"
    installs = any(isinstance(r.effect, Packages) for r in ran)
    hint = _LOOK if installs and project.evidence.built is None else ""
    return Unchanged("nothing-built", f"{what}; none of them builds a program from source.", span, hint)


def _for_java(project: Project, span: Span | None) -> bool:
    """Tell whether a command builds for the Java machine: what it makes is no program that could be moved by itself."""
    commands = (c for _, _, c in project.trace.commands() if unwrap(c).name in _OF_JAVA)
    return any(command.span == span for command in commands)


def _unread(project: Project, word: str) -> str:
    """How to say that a started program comes out of a build context that nobody can read; "" where it does not."""
    if not word or project.context.known:
        return ""
    places = searched(project.trace.final, word, project.trace.final.workdir)
    bare = "/" not in word or all(p.startswith(_SYSTEM) for p in places)
    for step in project.trace.steps:
        if isinstance(step, Copy) and step.origin is None and any(_may_hold(step, p, bare=bare) for p in places):
            return ", which may come from the build context, and that is not there to be read"
    return ""


def _may_hold(step: Copy, place: str, *, bare: bool) -> bool:
    """Tell whether a COPY of a context that is not known may put something at ``place``.

    ``bare``: it is a name on PATH, or in a folder of programs that the distribution brings; then what is copied has to
    say more.
    """
    if not isinstance(step.destination, str):
        return False
    sources = tuple(s for s in step.sources if isinstance(s, str) and "://" not in s)
    if not sources:
        return False
    folder = step.destination.rstrip("/") or "/"
    names = {s.rstrip("/").rsplit("/", 1)[-1] for s in sources}
    parent, _, name = place.rpartition("/")
    # The content of a folder lands in the destination, a file by its name; of a name nobody knows which it is.
    whole = not any("." in n.strip(".") for n in names) and (not bare or parent == folder)
    return place == folder or (inside(place, folder) and (name in names or whole))


def _words(project: Project) -> tuple[str, ...]:
    """What the entry starts, as words; a shell's text is split at blanks, an inherited entry point left out."""
    entry = project.trace.entry
    parts = (entry.entrypoint_argv if entry.entrypoint is not None else (), entry.cmd_argv)
    text = entry.entrypoint_shell if entry.entrypoint_shell is not None else entry.cmd_shell
    words = tuple(text.split()) if text is not None else tuple(w for p in parts if isinstance(p, tuple) for w in p)
    while words and words[0].rsplit("/", 1)[-1] in ("exec", "env"):
        words = words[1:]
    return words


def waiting(project: Project) -> Unchanged | None:
    """The answer where the entry is nothing but a shell or an interpreter that waits for commands."""
    words = _words(project)
    name = words[0].rsplit("/", 1)[-1] if words else ""
    if name not in _WAITING or any(option not in _INTERACTIVE for option in words[1:]):
        return None
    entry = project.trace.entry
    message = f"The entry starts {words[0]}, and no program in it: nothing says which one the image is for."
    return Unchanged("no-entry", message, (entry.entrypoint or entry.cmd or project.trace.node).span)


def _no_array(project: Project) -> Declined | None:
    """The answer where what looks like exec form is none, so that a shell gets its text, brackets and all."""
    entry = project.trace.entry
    own = entry.entrypoint is not None and entry.entrypoint_argv != ()
    node, text = (entry.entrypoint, entry.entrypoint_shell) if own else (entry.cmd, entry.cmd_shell)
    looks = text is not None and text.lstrip().startswith("[") and not any(op in text for op in ("&&", "||", ";"))
    if node is None or not looks:
        return None
    why = f"{node.keyword} is no JSON array: a shell gets its text with the brackets, and starts no program."
    return Declined("entry-not-built", why, node.span, "Write it in double quotes, with nothing behind the bracket.")


def _script(project: Project, word: str) -> str:
    """The script that the entry hands to a shell or an interpreter, where it does; else the same word."""
    words = _words(project)
    if words[:1] != (word,) or word.rsplit("/", 1)[-1] not in _INTERPRETERS or any(w in ("-c", "-e") for w in words):
        return word
    return next((w for w in words[1:] if not w.startswith("-")), word)


def _may_build(ran: Ran, all_of_them: tuple[Ran, ...]) -> bool:
    """Tell whether a command that nobody follows may build a program."""
    command = unwrap(ran.command)
    if command.name is None:
        return True
    if len(command.argv) == 2 and command.argv[1] in _PRINTS:  # noqa: PLR2004  (the program and its only word)
        return False
    first = next((w for w in command.argv if isinstance(w, str)), "")
    script = next((w for w in command.argv[1:] if isinstance(w, str) and not w.startswith("-")), "")
    if first.startswith("/etc/init.d/") or (command.name in _INTERPRETERS and script.rsplit("/", 1)[-1] in _INSTALLERS):
        return False
    if _reads_pipe(command) and any(_feeds(r, ran) for r in all_of_them):
        return False
    return command.name not in _FETCHES and command.name not in _SETS_UP and not known_by_name(command.name)


def _claimed(command: Command) -> bool:
    """Tell whether a command is some toolchain's own: what it makes is known then, and is not what the entry starts."""
    if _is_script(unwrap(command)):
        return False
    return any(t.claims([command], first_names([command])) for t in all_toolchains())


def _is_script(inner: Command) -> bool:
    """Tell whether a command starts a file by its path, or an interpreter: toolchains look into it, and may fail to."""
    first = next((w for w in inner.argv if isinstance(w, str)), "")
    return "/" in first or inner.name in _INTERPRETERS or inner.name == "."


def _reads_pipe(command: Command) -> bool:
    """Tell whether an interpreter gets its script through a pipe."""
    words = command.argv[1:]
    nothing_else = all(isinstance(w, str) and w.startswith("-") for w in words)
    return command.name in _INTERPRETERS and command.piped and (nothing_else or "-s" in words or words[:1] == ("--",))


def _feeds(ran: Ran, into: Ran) -> bool:
    """Tell whether a command gives the next one a script that is known to build nothing."""
    words = ran.command.argv if (ran.step, ran.index + 1) == (into.step, into.index) else ()
    return any(isinstance(w, str) and _BUILDS_NOTHING.fullmatch(w) for w in words)


def _not_known(command: Command, project: Project) -> str:
    """Why a command is not followed, as a sentence."""
    inner, text = unwrap(command), command.span.head(project.dockerfile.text)
    if _reads_pipe(inner):
        return f"{text!r} runs a script that a pipe gives it: what that does can't be read."
    if _is_script(inner):
        return f"What {text!r} does is not known: no toolchain reads that."
    return f"No toolchain knows what {text!r} makes."
