"""Whole: what steps made, and what packages hold, as the highest folders that are all of it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence import EntryKind
from imgslim.meaning.paths import inside
from imgslim.meaning.trace import Copy
from imgslim.planner.commands import Unfollowed, Users, effect
from imgslim.planner.folders import PROGRAMS, SYSTEM, under
from imgslim.planner.held import is_shared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from imgslim.evidence import Contents
    from imgslim.model import Project

#: What package managers, their scripts and the build's own tools leave (Debian policy; hier(7); apk, dnf): no program
#: that runs later reads it, or rules of their own see to it (users, trust, libraries).
_LEFT = (
    "/dev", "/proc", "/sys", "/tmp", "/run", "/var/tmp", "/var/cache", "/var/backups", "/var/lib/apt",  # noqa: S108
    "/var/lib/dpkg", "/var/lib/systemd", "/var/lib/ucf", "/var/lib/rpm", "/var/lib/dnf", "/var/lib/pam",
    "/var/lib/misc",
    "/var/lib/yum", "/lib/apk", "/usr/lib/apk", "/usr/lib/sysimage", "/var/log/apt", "/var/log/dpkg.log",
    "/var/log/alternatives.log", "/var/log/bootstrap.log", "/var/log/lastlog", "/var/log/faillog", "/var/log/btmp",
    "/var/log/wtmp", "/var/log/dnf.log", "/var/log/dnf.rpm.log", "/var/log/dnf.librepo.log", "/var/log/hawkey.log",
    "/var/log/yum.log", "/etc/alternatives", "/etc/rc0.d", "/etc/rc1.d", "/etc/rc2.d", "/etc/rc3.d", "/etc/rc4.d",
    "/etc/rc5.d", "/etc/rc6.d", "/etc/rcS.d", "/etc/systemd", "/etc/ssl/certs", "/etc/ca-certificates.conf",
    "/etc/passwd", "/etc/passwd-", "/etc/group", "/etc/group-", "/etc/shadow", "/etc/shadow-", "/etc/gshadow",
    "/etc/gshadow-", "/etc/subuid", "/etc/subuid-", "/etc/subgid", "/etc/subgid-", "/etc/shells", "/etc/.pwd.lock",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/mailcap", "/etc/apk",
    "/etc/apt", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname",
    "/etc/mtab", "/etc/networks", "/etc/runit", "/usr/lib/locale/locale-archive", "/usr/share/info/dir",
    "/usr/share/mime", "/usr/src",
    "/root/.cache", "/root/.npm", "/root/.gnupg", "/root/.wget-hsts", "/root/.launchpadlib",
    "/usr/share/zoneinfo", "/usr/include", "/usr/lib/ssl", "/usr/local/share/ca-certificates", "/.dockerenv",
)  # fmt: skip
#: What a step wrote by name goes along, but for what is gone or made anew when the image runs.
_GONE = frozenset(("/dev", "/proc", "/sys", "/var/cache/apt", "/var/lib/apt", "/etc/apt"))
#: What people and the system's management read, of any package.
_UNREAD = (
    "/usr/share/doc", "/usr/share/man", "/usr/share/info", "/usr/share/lintian", "/usr/share/bug",
    "/usr/share/bash-completion", "/usr/share/zsh", "/usr/share/fish", "/usr/share/doc-base", "/usr/share/apport",
    "/usr/share/vim", "/usr/share/applications", "/usr/share/metainfo", "/usr/share/menu", "/usr/share/locale",
    "/usr/share/licenses", "/usr/share/initramfs-tools", "/etc/init.d", "/etc/init", "/etc/default",
    "/etc/logrotate.d", "/etc/cron.d", "/etc/cron.daily", "/etc/cron.hourly", "/etc/cron.weekly", "/etc/cron.monthly",
    "/etc/ufw", "/etc/systemd", "/etc/insserv.conf.d", "/etc/apparmor.d", "/etc/logcheck", "/etc/bash_completion.d",
    "/etc/conf.d", "/etc/sysconfig", "/etc/network", "/etc/resolvconf", "/etc/ppp", "/etc/dbus-1",
    "/usr/lib/systemd", "/lib/systemd", "/usr/lib/tmpfiles.d", "/usr/lib/sysusers.d", "/usr/lib/udev", "/lib/udev",
    "/usr/share/dbus-1", "/usr/share/polkit-1", "/usr/lib/.build-id", "/usr/share/resolvconf", "/usr/share/gdb",
    "/usr/include", "/usr/src", "/etc/runit", "/etc/sv", "/usr/share/runit", "/usr/lib/resolvconf",
)  # fmt: skip
_MANAGED = frozenset(_UNREAD)
_NOT_HERE = frozenset((*_LEFT, *_UNREAD))
_CACHED = ("/__pycache__", ".pyc")


def author_made(project: Project, built: Contents) -> Iterator[str]:
    """What steps of the file put there and no package lists, beside what installing leaves behind."""
    copying = _copying(project)
    written = {placed.path for placed in project.files.placed()}
    written |= {path for path, entry in built.entries.items() if built.layers[entry.layer].instruction in copying}
    written |= set(_accounts(project))
    changed = {path for layer in built.layers[built.base_layers :] for path in layer.changed}
    volumes = [v for v in _volumes(built) if built.resolve(v) is not None and v not in SYSTEM]
    paths = {
        path
        for path, entry in built.entries.items()
        if entry.layer >= built.base_layers
        and entry.kind is not EntryKind.FOLDER
        and (
            (path in written and not under(path, _GONE))
            or ((not built.owner(path) or path in changed) and not under(path, _NOT_HERE))
        )
        and not _is_cached(path)
        and not _is_listed_link(built, path)
    }
    yield from volumes
    # What an interpreter keeps beside its modules is no reason to name those one by one.
    cached = {p for p, entry in built.entries.items() if _is_cached(p) and entry.layer >= built.base_layers}
    found = (p for p in _highest(built, paths, own=True, also=cached) if not any(inside(p, v) for v in volumes))
    yield from found


def _is_cached(path: str) -> bool:
    return any(mark in path for mark in _CACHED)


def _accounts(project: Project) -> Iterator[str]:
    """The accounts, where a step may have changed what installing gives: a password is in no file of its own."""
    ran = (effect(command) for _, _, command in project.trace.commands())
    if any(isinstance(found, Users | Unfollowed) for found in ran):
        yield from ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")


def settings_folders(project: Project, built: Contents, packages: Collection[str]) -> tuple[str, ...]:
    """Where packages keep their settings, if a step ran what may have changed or taken away any of them unseen."""
    ran = (effect(command) for _, _, command in project.trace.commands())
    if not any(isinstance(found, Unfollowed) for found in ran):
        return ()
    owners = built.packages.owners if built.packages is not None else {}
    found = {"/".join(p.split("/")[:3]) for p, owner in owners.items() if owner in packages and p.startswith("/etc/")}
    return tuple(
        sorted(
            folder
            for folder in found
            if built.entries[folder].kind is EntryKind.FOLDER
            and not under(folder, _NOT_HERE)
            and all(owner in packages for p, owner in owners.items() if inside(p, folder))
        )
    )


def _copying(project: Project) -> set[int | None]:
    """The instructions, by index, that copy what the author has."""
    nodes = {id(s.node) for s in project.trace.steps if isinstance(s, Copy)}
    return {number for number, node in enumerate(project.dockerfile.instructions) if id(node) in nodes}


def _volumes(built: Contents) -> Iterable[str]:
    return tuple(built.config.get("Volumes") or ())


def _is_listed_link(built: Contents, path: str) -> bool:
    """Tell whether a link leads to a program or library of a package: alternatives, and libraries' other names."""
    entry = built.entries[path]
    if entry.kind is not EntryKind.LINK:
        return False
    real = built.resolve(path)
    folder = posixpath.dirname(path)
    if "/etc/alternatives/" in entry.target or real is None:
        return real is not None
    # A link to a folder no database lists by its package: perl's /usr/share/perl/5.36.
    packaged = built.entries[real].kind is EntryKind.FOLDER and any(built.owner(p) for p, _ in built.below(real))
    of_system = path.startswith(("/usr/", "/lib"))  # elsewhere an author's step made it: a venv's own python
    return of_system and (packaged or (real in built.elf and folder not in PROGRAMS))


def package_data(built: Contents, packages: Collection[str], made: Iterable[str]) -> Iterator[str]:
    """What packages hold for their programs to read, as folders; nothing that is ``made`` otherwise."""
    made = tuple(made)
    paths = data_files(built, packages)
    own = frozenset(made)
    also = {p for p in built.entries if under(p, own)}
    found = [p for p in _highest(built, paths, own=False, also=also) if not any(inside(p, m) for m in made)]
    yield from found


def data_files(built: Contents, packages: Collection[str]) -> set[str]:
    """What packages hold for programs to read: no programs, no libraries of the loader's, nothing for people."""
    owners = built.packages.owners if built.packages is not None else {}
    return {
        path
        for path, owner in owners.items()
        if owner in packages
        and posixpath.dirname(path) not in PROGRAMS
        and not under(path, _MANAGED)
        and not of_the_loader(built, built.resolve(path) or path)
    }


def with_extensions(built: Contents, packages: frozenset[str]) -> frozenset[str]:
    """Packages with those that put something into their folders, and all that is made from the same as these.

    A module of another package lies among the program's own (``/usr/lib/apache2/modules``); the base image's have none
    there.
    """
    owners = built.packages.owners if built.packages is not None else {}
    sources = built.packages.sources if built.packages is not None else {}
    folders = {posixpath.dirname(path) for path, owner in owners.items() if owner in packages}
    folders = {f for f in folders if not is_shared(f) and f not in PROGRAMS and not under(f, _NOT_HERE)}
    among = {o for path, o in owners.items() if posixpath.dirname(path) in folders and not built.is_from_base(path)}
    made_from = {sources.get(owner, owner) for owner in among - packages}
    base = {owner for path, owner in owners.items() if built.is_from_base(path)}
    return packages | {p for p, source in sources.items() if source in made_from and p not in base}


def of_the_loader(built: Contents, path: str) -> bool:
    """Tell whether a file is a library where the loader looks."""
    return path in built.elf and is_shared(posixpath.dirname(path))


def _highest(built: Contents, paths: set[str], *, own: bool, also: Collection[str] = ()) -> Iterator[str]:
    """The highest folders that hold nothing but these paths; ``own``: none that the base image made."""
    alien: set[str] = set()
    for path, entry in built.entries.items():
        if entry.kind is EntryKind.FOLDER or path in paths or path in also:
            continue
        folder = posixpath.dirname(path)
        while folder not in alien and folder != "/":
            alien.add(folder)
            folder = posixpath.dirname(folder)
    found: dict[str, None] = {}
    for path in sorted(paths):
        top = path
        while True:
            above = posixpath.dirname(top)
            folder_entry = built.entries.get(above)
            if folder_entry is None or above in alien or is_shared(above):
                break
            if own and folder_entry.layer < built.base_layers:
                break
            top = above
        found[top] = None
    return iter(p for p in found if not any(o != p and inside(p, o) for o in found))
