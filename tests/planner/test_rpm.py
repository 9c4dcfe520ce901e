"""Distributions of RPM packages: the family's own small image, its package manager, and what that lacks.

No image here stands in for one of them, so these are plans as text; what their commands do no engine has shown.
"""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Applicability, Declined, Rewritten, Unchanged
from imgslim.service import Options, slim

_UBI = "registry.access.redhat.com/ubi9/ubi"


def built(
    source: str, *, base: str = "rockylinux:9", install: str = "gcc", more: str = "", target: str = "auto"
) -> str:
    """The run-time stage of a C program, or the reason of its refusal."""
    found = outcome(source, base=base, install=install, more=more, target=target)
    return found.reason if isinstance(found, Declined) else found.after.split("\nFROM ")[1]


def outcome(
    source: str, *, base: str = "rockylinux:9", install: str = "gcc", more: str = "", target: str = "auto"
) -> Rewritten | Declined:
    """The answer for a C program."""
    manager = "microdnf" if "minimal" in base or "slim" in base else "yum" if base == "centos:7" else "dnf"
    text = (
        f"FROM {base}\nRUN {manager} install -y {install}\n{more}WORKDIR /src\nCOPY a.c .\nRUN gcc -o /a a.c\n"
        'WORKDIR /\nCMD ["/a"]\n'
    )
    found = slim(text, MemoryContext({"a.c": source.encode()}), Options(target=target))
    assert isinstance(found, Rewritten | Declined), found
    return found


def calls(body: str) -> str:
    """A program that starts what ``body`` says."""
    return f"#include <stdlib.h>\nint main(int c, char **v) {{ {body} return 0; }}\n"


_ANY = calls("system(v[1]);")


@pytest.mark.parametrize(
    ("base", "small"),
    [
        ("rockylinux:9", "rockylinux:9-minimal"),
        ("almalinux", "almalinux:minimal"),
        (f"{_UBI}:9.4-1214", f"{_UBI}-minimal:9.4"),
        ("oraclelinux:9", "oraclelinux:9-slim"),
        ("registry.fedoraproject.org/fedora:40", "registry.fedoraproject.org/fedora-minimal:40"),
        ("public.ecr.aws/docker/library/rockylinux:9", "public.ecr.aws/docker/library/rockylinux:9-minimal"),
        ("fedora:40", "fedora:40"),
        ("fedora", "fedora"),
        ("amazonlinux:2023", "amazonlinux:2023"),
        ("centos:7", "centos:7"),
        ("rockylinux:9-minimal", "rockylinux:9-minimal"),
    ],
)
def test_what_is_open_goes_to_the_familys_own_image(base: str, small: str) -> None:
    """Libraries go where its loader looks; the C library is the target's own."""
    after = built(_ANY, base=base)
    assert after.startswith(f"{small}\nCOPY --from=build /")
    linked = outcome(_ANY.replace("int main", "#include <zlib.h>\nint main"), base=base, install="gcc zlib-devel")
    assert isinstance(linked, Rewritten)
    assert linked.plan.target.reference == small


def test_a_library_goes_where_the_loader_looks() -> None:
    """The C library itself stays the target's."""
    text = 'FROM rockylinux:9\nRUN dnf install -y gcc zlib-devel\nCOPY a.c /\nRUN gcc -o /a /a.c -lz\nCMD ["/a"]\n'
    found = slim(text, MemoryContext({"a.c": _ANY.encode()}))
    assert isinstance(found, Rewritten)
    assert "\nFROM rockylinux:9-minimal\nCOPY --from=build /libraries/ /usr/lib64/\n" in found.after


@pytest.mark.parametrize("base", ["rockylinux:9", "fedora:40", f"{_UBI}:latest", "amazonlinux"])
@pytest.mark.parametrize("target", ["scratch", "busybox:glibc"])
def test_other_targets_are_what_they_were(base: str, target: str) -> None:
    """Asked for by name; what is known to be safe goes to the smallest by itself."""
    assert built("int main(void) { return 0; }\n", base=base, target=target).startswith(f"{target}\n")
    assert built("int main(void) { return 0; }\n", base=base).startswith("scratch\n")


@pytest.mark.parametrize(
    ("body", "install", "base", "line"),
    [
        (
            'system("jq . x");',
            "gcc jq",
            "rockylinux:9",
            "microdnf install -y jq && microdnf clean all && command -v jq",
        ),
        ('system("jq . x");', "gcc jq", "fedora:40", "dnf install -y jq && dnf clean all && command -v jq"),
        ('system("jq . x");', "gcc jq", "centos:7", "yum install -y jq && yum clean all && command -v jq"),
        (
            'system("jq . x");',
            "--setopt=install_weak_deps=False --nodocs gcc jq",
            "almalinux:9",
            "microdnf install -y --setopt=install_weak_deps=0 jq && microdnf clean all && command -v jq",
        ),
    ],
)
def test_programs_are_installed_again_by_the_images_own_manager(body: str, install: str, base: str, line: str) -> None:
    """Options that choose packages are said as every manager takes them; others are dropped."""
    found = outcome(calls(body), base=base, install=install, target=_small(base))
    assert isinstance(found, Rewritten), found
    assert f"RUN {line}\n" in found.after
    assumed = {a.reason for a in found.plan.assumptions}
    assert ("packages-unproven" in assumed) is (_small(base) != base)


def _small(base: str) -> str:
    return {"rockylinux:9": "rockylinux:9-minimal", "almalinux:9": "almalinux:9-minimal"}.get(base, base)


@pytest.mark.parametrize(
    ("install", "more"),
    [
        ("epel-release gcc jq", ""),
        ("gcc jq", "RUN dnf install -y oracle-instantclient-release-el8\n"),
        ("--enablerepo=crb gcc jq", ""),
        ("gcc jq", "RUN dnf module enable -y nodejs:20\n"),
        ("gcc jq", "RUN dnf -y module install jq:1\n"),
        ("gcc jq", "RUN curl -o /etc/yum.repos.d/x.repo http://example.org/x.repo\n"),
        ("gcc jq", "RUN rpm -Uvh http://example.org/x.rpm\n"),
        ("gcc jq https://example.org/x.rpm", ""),
        ("gcc jq", "RUN dnf config-manager --set-enabled crb\n"),
        ("gcc jq", "RUN subscription-manager repos --enable x\n"),
        ("gcc jq", "RUN dnf copr enable -y a/b\n"),
        ("-x jq-libs gcc jq", ""),
    ],
)
def test_packages_of_other_sources_are_not_installed_again(install: str, more: str) -> None:
    """Module streams, EPEL and repositories of others: what they hold the small image was not told of."""
    found = outcome(calls('system("jq . x");'), install=install, more=more, target="rockylinux:9-minimal")
    assert isinstance(found, Declined), found.after
    assert found.reason == "needs-command"
    twin = outcome(calls('system("jq . x");'), install="gcc jq", target="rockylinux:9-minimal")
    assert isinstance(twin, Rewritten)


@pytest.mark.parametrize("manager", ["dnf", "yum", "microdnf", "rpm"])
def test_a_program_that_asks_the_package_manager_is_refused(manager: str) -> None:
    """The small image has another one, or none of that name."""
    body = f'system("{manager} -qa");'
    assert built(calls(body), target="rockylinux:9-minimal") == "needs-command"


@pytest.mark.parametrize(
    ("body", "goes"), [('system("cat /x");', True), ('system("sleep 1");', True), ('system("find /x");', False)]
)
def test_what_every_such_image_has(body: str, goes: bool) -> None:  # noqa: FBT001  (a table's column)
    """Coreutils and bash, for its managers' own libraries ask for them; findutils is a package of its own."""
    found = outcome(calls(body), target="rockylinux:9-minimal")
    assert isinstance(found, Rewritten) is goes


@pytest.mark.parametrize(
    ("base", "steps", "open_end"),
    [
        ("rockylinux:9", "", False),
        ("rockylinux:9", "RUN dnf install -y ca-certificates\n", False),
        ("rockylinux:9", "COPY a.c /etc/pki/ca-trust/source/anchors/a.crt\nRUN update-ca-trust\n", True),
        ("fedora:40", "", False),
    ],
)
def test_the_trust_store_is_the_targets_own(base: str, steps: str, open_end: bool) -> None:  # noqa: FBT001
    """At its own place; what a step added to it is not there, and Debian's path never is."""
    text = (
        f"FROM {base}\nRUN dnf install -y gcc openssl-devel\n{steps}COPY a.c /\nRUN gcc -o /a /a.c -lssl -lcrypto\n"
        'CMD ["/a"]\n'
    )
    source = (
        b"#include <openssl/ssl.h>\nint main(void) { SSL_CTX_set_default_verify_paths(0); SSL_connect(0); return 0; }\n"
    )
    small = f"{base}-minimal" if base.startswith("rocky") else base
    found = slim(text, MemoryContext({"a.c": source}), Options(target=small))
    assert isinstance(found, Rewritten), found
    assert "/etc/ssl/certs" not in found.after
    assert ("certificates-unproven" in {a.reason for a in found.plan.assumptions}) is open_end


@pytest.mark.parametrize(("base", "laid"), [("rockylinux:9", True), ("fedora:40", False), ("centos:7", False)])
def test_locales_that_the_small_image_lacks(base: str, laid: bool) -> None:  # noqa: FBT001  (a table's column)
    """It has the C library's least language pack; the same image has what it had."""
    source = '#include <locale.h>\nint main(void) { setlocale(LC_ALL, "de_DE.UTF-8"); return 0; }\n'
    small = f"{base}-minimal" if base.startswith("rocky") else base
    assert ("/usr/lib/locale" in outcome(source, base=base, target=small).after) is laid  # type: ignore[union-attr]


@pytest.mark.parametrize(("base", "open_end"), [("rockylinux:9", True), ("fedora:40", False)])
def test_converters_that_the_small_image_may_lack(base: str, open_end: bool) -> None:  # noqa: FBT001
    """They are a package of their own there."""
    source = "#include <iconv.h>\nint main(int c, char **v) { iconv_open(v[1], v[2]); return 0; }\n"
    small = f"{base}-minimal" if base.startswith("rocky") else base
    found = outcome(source, base=base, target=small)
    assert isinstance(found, Rewritten), found
    assert ("gconv-unproven" in {a.reason for a in found.plan.assumptions}) is open_end


@pytest.mark.parametrize(("base", "asked"), [("rockylinux:9", "bash -c 'type -P"), ("debian:12", "which")])
def test_tools_for_an_empty_base_are_looked_for_by_what_the_builder_has(base: str, asked: str) -> None:
    """Which is no part of an RPM image: it would find nothing, and nobody would see that."""
    install = "apt-get install -y gcc curl" if base == "debian:12" else "dnf install -y gcc"
    text = f'FROM {base}\nRUN {install}\nCOPY a.c /\nRUN gcc -o /a /a.c\nCMD ["/a"]\n'
    source = calls('system("curl http://localhost");').encode()
    found = slim(text, MemoryContext({"a.c": source}), Options(target="scratch"))
    assert isinstance(found, Rewritten), found
    assert f"{asked} /bin/sh curl" in found.after


def test_a_safe_plan_on_the_same_image() -> None:
    """Nothing is open where the target is the builder's base and its packages are the distribution's."""
    found = outcome(calls('system("jq . x");'), base="fedora:40", install="gcc jq", target="fedora:40")
    assert isinstance(found, Rewritten)
    assert found.plan.applicability is Applicability.SAFE, found.plan.assumptions


@pytest.mark.parametrize(("base", "changes"), [("rockylinux:9", True), ("rockylinux:9-minimal", False)])
def test_a_last_stage_on_the_whole_image_can_move_to_the_small_one(base: str, changes: bool) -> None:  # noqa: FBT001
    """Both are of one repository and release: what tells them apart is the end of the tag."""
    text = (
        f"FROM rockylinux:9 AS b\nRUN dnf install -y gcc\nCOPY a.c /\nRUN gcc -o /a /a.c\nFROM {base}\n"
        'COPY --from=b /a /a\nCMD ["/a"]\n'
    )
    options = Options(target="rockylinux:9-minimal", last_stage=True)
    found = slim(text, MemoryContext({"a.c": b"int main(void) { return 0; }\n"}), options)
    assert isinstance(found, Rewritten if changes else Unchanged), found
