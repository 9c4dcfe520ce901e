"""What holds for distributions of RPM packages, whose small images have another manager and hold less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import RPM_FAMILIES, RPM_MANAGERS, ImageFacts
from imgslim.model import Assumption

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build
    from imgslim.planner.installs import Installed

#: The option of dnf, and the spelling that every one of them takes, against packages that others recommend.
_WEAK, _NO_WEAK = "--setopt=install_weak_deps=", "--setopt=install_weak_deps=0"
_NO = frozenset({"0", "false", "no"})
#: Programs of coreutils, whole or as one program, and bash: ca-certificates asks for both in its scripts, OpenSSL's
#: libraries ask for that (ca-certificates.spec; openssl.spec, "Requires: ca-certificates"), and no manager is without.
PROGRAMS_OF_RPM = frozenset(
    """
    [ b2sum base32 base64 basename bash cat chgrp chmod chown chroot cksum comm cp csplit cut date dd df dir dircolors
    dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname ls md5sum
    mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf ptx pwd readlink
    realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stty sum sync
    tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink users vdir wc who whoami yes
    """.split()
)


def options_of_rpm(words: Iterable[str]) -> tuple[str, ...]:
    """Those of an install's words that every one of the managers has, and that choose packages."""
    weak = [w.removeprefix(_WEAK).lower() for w in words if w.startswith(_WEAK)]
    return ("-y", *((_NO_WEAK,) if weak and weak[-1] in _NO else ()))


def is_lesser(project: Project, target: RuntimeTarget) -> bool:
    """Tell whether a target is the small member of such a distribution, and the builder's base is another one.

    It has the least that the C library comes in: no locales but C's, and not all converters (glibc-minimal-langpack;
    glibc-gconv-extra is a package of its own).
    """
    facts, base = target.facts, project.base
    if not target.same_family or facts is None or not isinstance(base, ImageFacts):
        return False
    return facts.family in RPM_FAMILIES and facts.ref.canonical != base.ref.canonical


def is_of_rpm(image: object) -> bool:
    """Tell whether an image is known to be of such a distribution."""
    return isinstance(image, ImageFacts) and image.package_manager in RPM_MANAGERS


def trusts_alike(project: Project, build: Build, target: RuntimeTarget) -> bool:
    """Tell whether a target of the builder's family has the authorities that its programs trust, where they look.

    All images have them, as OpenSSL's libraries ask; what a step adds is no package's (update-ca-trust(8)).
    """
    added = any(ran.command.name == "update-ca-trust" for ran in build.ran)
    return target.same_family and is_of_rpm(project.base) and is_of_rpm(target.facts) and not added


def other_repositories(project: Project, target: RuntimeTarget, again: Iterable[Installed]) -> Iterator[Assumption]:
    """Say that a small image may be told of other repositories, or not to install what packages recommend."""
    names = dict.fromkeys(p for one in again if one.manager in RPM_MANAGERS for p in one.packages)
    if names and is_lesser(project, target):
        why = (
            f"Whether {target.reference} installs {', '.join(names)} from the repositories that the builder does, with "
            "all that these packages recommend, is not known."
        )
        yield Assumption("packages-unproven", why, project.trace.node.span)
