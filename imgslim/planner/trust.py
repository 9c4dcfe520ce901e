"""Trust: the certificates that a program trusts which dials out with TLS, where its own library looks for them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged
from imgslim.planner.build import Taken
from imgslim.planner.look import is_there
from imgslim.planner.of_builder import TRUST_STORE, asked, is_followed, is_of_alpine, perhaps, surely
from imgslim.planner.rpm import trusts_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.build import Build

_BUNDLE = TRUST_STORE.path
#: OpenSSL reads this one, the bundle alone gives it no certificate: OPENSSLDIR/cert.pem, as Debian and Alpine make it.
_OPENSSL_FILE, _OPENSSL_FILE_OF_ALPINE = "/usr/lib/ssl/cert.pem", "/etc/ssl/cert.pem"
_USES_OPENSSL = frozenset({"ssl", "crypto"})


def certificates(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Taken]:
    """The trust store of the builder, where a program dials out with TLS and finds none of the target's."""
    needs = asked(build, TRUST_STORE)
    if not needs or _has_store(project, build, target):
        return
    if surely(project, build, TRUST_STORE):
        yield Taken(_BUNDLE, _BUNDLE, why=f"CA certificates: {needs[0].why}")
        if _uses_openssl(project, build) and target.facts is not None:
            yield Taken(_BUNDLE, _openssl_file(project))


def names(project: Project, build: Build, taken: tuple[Taken, ...], target: RuntimeTarget) -> Iterator[Staged]:
    """The names under which OpenSSL looks for the store, on an empty base; ``taken`` is what :func:`certificates` gave.

    A linked program's is made as a link: an empty base is given what was laid out, and nothing twice. Interpreters load
    OpenSSL as a module, and have the builder's own file.
    """
    if target.facts is not None:
        return
    if taken and _is_linked(build):
        yield Staged(_linked(project), taken[0].why)
    needs, file = build.needing(NeedKind.CERTIFICATES), _openssl_file(project)
    if needs and build.applications and is_there(project, file):
        folder = posixpath.dirname(file)
        copied = f"mkdir -p {STAGING}{folder}; cp -a {file} {STAGING}{folder}/"
        yield Staged(copied, f"{file}: {needs[0].why}")


def if_there(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """Take the store along where the builder turns out to have one."""
    if is_followed(project, NeedKind.CERTIFICATES) and (need := open_store(project, build, target)):
        copied = f"mkdir -p {STAGING}{posixpath.dirname(_BUNDLE)}; cp -L {_BUNDLE} {STAGING}{_BUNDLE}"
        if _is_linked(build):
            copied += f"; {_linked(project)}"
        yield Staged(f"if [ -e {_BUNDLE} ]; then {copied}; fi", f"CA certificates, if there are any: {need.why}")


def open_store(project: Project, build: Build, target: RuntimeTarget) -> Need | None:
    """The need for a store that the builder may or may not have, and the target has not."""
    return None if _has_store(project, build, target) else perhaps(project, build, TRUST_STORE)


def _has_store(project: Project, build: Build, target: RuntimeTarget) -> bool:
    """Tell whether the program finds the trust store of the target: the builder's OpenSSL has its own name for it."""
    facts = target.facts
    if trusts_alike(project, build, target):
        return True
    if facts is None or not facts.ca_bundle:
        return False
    own = facts.package_manager == "apk"
    return own is is_of_alpine(project) or "SSL_CERT_FILE" in dict(facts.env) or not _uses_openssl(project, build)


def _uses_openssl(project: Project, build: Build) -> bool:
    """Tell whether the program is linked with OpenSSL, or is run by an interpreter, which loads it as a module."""
    return _is_linked(build) or (bool(build.applications) and bool(is_there(project, _openssl_file(project))))


def _is_linked(build: Build) -> bool:
    return any(n.value in _USES_OPENSSL for n in build.needing(NeedKind.LIBRARY))


def _openssl_file(project: Project) -> str:
    """Where the builder's OpenSSL looks for the trust store."""
    return _OPENSSL_FILE_OF_ALPINE if is_of_alpine(project) else _OPENSSL_FILE


def _linked(project: Project) -> str:
    there = STAGING + _openssl_file(project)
    return f"mkdir -p {posixpath.dirname(there)}; ln -sf {_BUNDLE} {there}"
