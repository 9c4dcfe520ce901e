"""Recipes: busybox, alpine, distroless; put together in a builder stage from Debian packages.

Layout after docker-library/busybox latest/glibc/Dockerfile.builder (libraries in /lib, to which /lib64 is a link) and
GoogleContainerTools/distroless base/ (users root, nobody, nonroot; CA bundle; zones; no shell).
"""

from __future__ import annotations

from tests.bases.recipe import BOOKWORM, PRIVATE, RELEASES, TRIXIE, Layers, Recipe, Release, install, numbered

_PATH = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
_SCRATCH = "FROM scratch\nCOPY --from=made /r/ /\n"

_ETC = r"""RUN mkdir -p /r/bin /r/dev /r/etc /r/home /r/lib /r/proc /r/root /r/run /r/sys /r/tmp /r/usr/bin \
      /r/usr/sbin /r/var/spool/mail /r/var/www \
 && chmod 1777 /r/tmp && chmod 700 /r/root && cp /usr/share/zoneinfo/UTC /r/etc/localtime
COPY <<passwd /r/etc/passwd
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
passwd
COPY <<group /r/etc/group
root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
tty:x:5:
mail:x:8:
wheel:x:10:root
www-data:x:33:
users:x:100:
nobody:x:65534:
group
COPY <<shadow /r/etc/shadow
root:*:::::::
nobody:*:::::::
shadow
COPY <<nsswitch.conf /r/etc/nsswitch.conf
hosts: files dns
nsswitch.conf
"""

#: Hard links, one per applet; /usr/bin/env for scripts that name it.
_APPLETS = (
    "RUN cp /bin/busybox /r/bin/busybox \\\n"
    " && for a in $(busybox --list); do [ $a = busybox ] || ln /r/bin/busybox /r/bin/$a || exit 1; done \\\n"
    " && ln -s ../../bin/env /r/usr/bin/env\n"
)


def _busybox_glibc(release: Release) -> Recipe:
    """Give busybox with the few libraries that the official glibc variant has."""
    libraries = "ld-linux*.so.* libc.so.6 libm.so.6 libpthread.so.0 libresolv.so.2 libnss_*.so.2"
    dockerfile = (
        f"FROM {PRIVATE}debian:{release.codename} AS made\n"
        + install("busybox")
        + _ETC
        + _APPLETS
        + "RUN ln -s lib /r/lib64 && cp /usr/bin/getconf /r/bin/ \\\n"
        f" && cd /lib/*-linux-gnu && for l in {libraries}; do cp -L $l /r/lib/ || exit 1; done \\\n"
        " && chroot /r /bin/getconf _NPROCESSORS_ONLN && chroot /r /usr/bin/env sh -c true\n"
        + _SCRATCH
        + _PATH
        + 'CMD ["sh"]\n'
    )
    # Today's official image is made on trixie; the older one exists to test libc skew.
    today = release is TRIXIE
    return Recipe(
        name=f"busybox:glibc-standin-{release.codename}",
        release=release,
        standin=f"busybox and glibc of {release} packages, not Docker's official image",
        make=Layers(dockerfile),
        tags=numbered("busybox", "glibc latest stable stable-glibc 1 1-glibc 1.37 1.36") if today else (),
        published=False,
    )


def _busybox_musl() -> Recipe:
    """Give one static program; Debian links it with glibc, but what matters here is that no loader is in the image."""
    dockerfile = (
        f"FROM {PRIVATE}debian:{BOOKWORM.codename} AS made\n"
        + install("busybox-static")
        + _ETC
        + _APPLETS
        + "RUN chroot /r /usr/bin/env sh -c true\n"
        + _SCRATCH
        + _PATH
        + 'CMD ["sh"]\n'
    )
    return Recipe(
        name=f"busybox:static-standin-{BOOKWORM.codename}",
        release=BOOKWORM,
        standin=f"busybox-static of {BOOKWORM} packages, linked with glibc, not musl or uclibc",
        make=Layers(dockerfile),
        tags=numbered("busybox", "musl uclibc stable-musl stable-uclibc 1-musl 1-uclibc"),
        published=False,
    )


def _alpine(release: Release) -> Recipe:
    """Give what a program linked with musl needs; there is no apk."""
    dockerfile = (
        f"FROM {PRIVATE}debian:{release.codename} AS made\n"
        + install("busybox-static ca-certificates musl")
        + _ETC
        + _APPLETS
        + "RUN mkdir -p /r/etc/ssl/certs /r/usr/lib /r/usr/local/bin /r/sbin \\\n"
        " && loader=$(basename /lib/ld-musl-*.so.1) && cp -L /lib/$loader /r/lib/ && chmod 755 /r/lib/$loader \\\n"
        " && ln -s $loader /r/lib/$(echo $loader | sed s/ld-musl/libc.musl/) \\\n"
        " && cp /etc/ssl/certs/ca-certificates.crt /r/etc/ssl/certs/ \\\n"
        " && ln -s certs/ca-certificates.crt /r/etc/ssl/cert.pem \\\n"
        " && chroot /r /usr/bin/env sh -c true\n"
        "COPY <<os-release /r/etc/os-release\n"
        f'NAME="Stand-in for Alpine Linux: musl and busybox of {release}"\nID=alpine\n'
        "os-release\n" + _SCRATCH + _PATH + 'CMD ["/bin/sh"]\n'
    )
    return Recipe(
        name=f"alpine:standin-{release.codename}-musl",
        release=release,
        standin=f"musl and busybox-static of {release} packages, without apk, not Alpine Linux",
        make=Layers(dockerfile),
        tags=numbered("alpine", "latest 3 3.23 3.22 3.21 3.20 3.19 3.18 edge"),
        published=False,
    )


_USERS = r"""COPY <<passwd /r/etc/passwd
root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
passwd
COPY <<group /r/etc/group
root:x:0:
nobody:x:65534:
tty:x:5:
staff:x:50:
nonroot:x:65532:
group
COPY <<nsswitch.conf /r/etc/nsswitch.conf
hosts: files dns
nsswitch.conf
"""


def _distroless(kind: str, packages: str, release: Release) -> tuple[Recipe, Recipe]:
    """Give one kind as root and as nonroot; the packages are unpacked, not installed."""
    dockerfile = (
        f"FROM {PRIVATE}debian:{release.codename} AS made\n" + install("ca-certificates") + "WORKDIR /debs\n"
        "RUN apt-get update -q && mkdir /r \\\n"
        f" && for p in base-files netbase tzdata {packages}; do apt-get download -q $p \\\n"
        " && dpkg-deb --fsys-tarfile ${p}_*.deb | tar -x --keep-directory-symlink -C /r || exit 1; done \\\n"
        " && rm -rf /r/usr/share/man /r/usr/share/lintian /r/usr/share/gcc /r/usr/share/gdb /r/usr/share/bug \\\n"
        " && find /r/usr/share/doc -type f ! -name copyright -delete \\\n"
        " && mkdir -p /r/etc/ssl/certs /r/home/nonroot /r/root /r/tmp && chmod 1777 /r/tmp && chmod 700 /r/root \\\n"
        " && chown 65532:65532 /r/home/nonroot && chmod 700 /r/home/nonroot \\\n"
        " && cp /etc/ssl/certs/ca-certificates.crt /r/etc/ssl/certs/\n"
        + _USERS
        + _SCRATCH
        + _PATH
        + "ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt\nWORKDIR /\n"
    )
    image = f"gcr.io/distroless/{kind}-debian{release.number}"
    # The unsuffixed name follows Debian 12 at the time of writing.
    plain = (f"gcr.io/distroless/{kind}",) if release is BOOKWORM else ()
    standin = f"unpacked {release} packages, not the official distroless image"
    root = Recipe(
        name=f"{image}:latest",
        release=release,
        standin=standin,
        make=Layers(dockerfile),
        tags=tuple(f"{name}:latest" for name in plain),
    )
    nonroot = Recipe(
        name=f"{image}:nonroot",
        release=release,
        standin=standin,
        make=Layers(f"FROM {root.private}\nUSER 65532\nWORKDIR /home/nonroot\n"),
        tags=tuple(f"{name}:nonroot" for name in plain),
    )
    return root, nonroot


CORE = (
    *map(_busybox_glibc, RELEASES),
    _busybox_musl(),
    _alpine(BOOKWORM),
    *(
        recipe
        for release in RELEASES
        for kind, packages in (
            ("static", ""),
            ("base", f"libc6 {release.libssl}"),
            ("cc", f"libc6 {release.libssl} libgcc-s1 libstdc++6 libgomp1"),
        )
        for recipe in _distroless(kind, packages, release)
    ),
)
