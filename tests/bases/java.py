"""Recipes: eclipse-temurin, openjdk, maven.

adoptium/containers (21/jdk/ubuntu/noble/Dockerfile): the JDK in /opt/java/openjdk, a generated en_US.UTF-8, an entry
point that may add certificates and then runs its arguments. docker-library/openjdk (21/slim-bookworm/Dockerfile): the
JDK in /usr/local/openjdk-N, C.UTF-8. carlossg/docker-maven (eclipse-temurin-21/Dockerfile): Maven in /usr/share/maven.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bases.recipe import BOOKWORM, PRIVATE, TRIXIE, Layers, Recipe, install, numbered

if TYPE_CHECKING:
    from tests.bases.recipe import Release

#: The Java of each release's packages.
_JAVA = {BOOKWORM.codename: 17, TRIXIE.codename: 21}

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#: What the packages have as links to /etc and /usr/share becomes one tree, as a JDK is unpacked.
_MOVE = (
    "RUN from=$(echo /usr/lib/jvm/java-{java}-openjdk-*) && mkdir -p $(dirname {home}) \\\n"
    " && rm -rf $from/docs $from/man && find $from -xtype l -delete && cp -rL $from {home} \\\n"
    " && rm -rf $from /usr/lib/jvm && {home}/bin/java -version && test -s {home}/lib/security/cacerts\n"
)

_CERTIFICATES = """COPY --chmod=755 <<'script' /__cacert_entrypoint.sh
#!/usr/bin/env sh
set -e
exec "$@"
script
ENTRYPOINT ["/__cacert_entrypoint.sh"]
"""


def _installed(release: Release, packages: str, home: str) -> str:
    """Give the instructions that install a JDK or JRE of a release into one folder, in one layer."""
    move = _MOVE.format(java=_JAVA[release.codename], home=home).removeprefix("RUN ")
    return install(packages).rstrip("\n") + f" \\\n && {move}"


def _temurin(release: Release, *, jre: bool) -> Recipe:
    """Give Debian's OpenJDK where Eclipse Temurin's image has its own."""
    java = _JAVA[release.codename]
    kind = "jre" if jre else "jdk"
    packages = f"ca-certificates-java openjdk-{java}-{kind}-headless fontconfig locales p11-kit tzdata"
    if not jre:
        packages += " binutils curl gnupg wget"
    dockerfile = (
        f"FROM {PRIVATE}ubuntu:standin-{release.codename}\n"
        f"ENV JAVA_HOME=/opt/java/openjdk\nENV PATH=$JAVA_HOME/bin:{_PATH}\n"
        "ENV LANG=en_US.UTF-8 LANGUAGE=en_US:en LC_ALL=en_US.UTF-8\n"
        + _installed(release, packages, "/opt/java/openjdk").rstrip("\n")
        + " \\\n && localedef -i en_US -c -f UTF-8 en_US.UTF-8\n"
        + f"ENV JAVA_VERSION=jdk-{java}\n"
        + _CERTIFICATES
        + ("" if jre else 'CMD ["jshell"]\n')
    )
    names = [f"{java}-{kind}", f"{java}-{kind}-noble", f"{java}-{kind}-jammy"]
    if not jre:
        names.append(f"{java}")
    if release is TRIXIE:
        names += ["jre"] if jre else ["latest"]
    return Recipe(
        name=f"eclipse-temurin:standin-{java}-{kind}-{release.codename}",
        release=release,
        standin=f"OpenJDK {java} of {release} packages, not Eclipse Temurin on Ubuntu",
        make=Layers(dockerfile),
        tags=numbered("eclipse-temurin", " ".join(names)),
        published=False,
    )


def _openjdk(release: Release) -> Recipe:
    """Give Debian's OpenJDK where the official image has a build of its own."""
    java = _JAVA[release.codename]
    home = f"/usr/local/openjdk-{java}"
    dockerfile = (
        f"FROM {PRIVATE}debian:{release.codename}-slim\n"
        f"ENV JAVA_HOME={home}\nENV PATH=$JAVA_HOME/bin:{_PATH}\nENV LANG=C.UTF-8\n"
        + _installed(release, f"ca-certificates-java openjdk-{java}-jdk-headless binutils p11-kit", home)
        + f'ENV JAVA_VERSION={java}\nCMD ["jshell"]\n'
    )
    names = f"{java}-slim {java}-jdk-slim {java} {java}-jdk {java}-slim-{release.codename} {java}-{release.codename}"
    return Recipe(
        name=f"openjdk:standin-{java}-{release.codename}",
        release=release,
        standin=f"OpenJDK {java} of {release} packages, not Docker's official image",
        make=Layers(dockerfile),
        tags=numbered("openjdk", names + (" latest" if release is TRIXIE else " 11 11-jdk-slim 11-slim")),
        published=False,
    )


def _maven(release: Release) -> Recipe:
    """Give Debian's Maven on the stand-in for Temurin; plugins come from Maven Central as they do in the real one."""
    java = _JAVA[release.codename]
    dockerfile = (
        f"FROM {PRIVATE}eclipse-temurin:standin-{java}-jdk-{release.codename}\n"
        + install("git openssh-client maven").rstrip("\n")
        + " \\\n && rm -rf /usr/lib/jvm && mvn -v\n"
        'ENV MAVEN_HOME=/usr/share/maven MAVEN_CONFIG="/root/.m2"\n'
        "COPY --chmod=755 <<'script' /usr/local/bin/mvn-entrypoint.sh\n#!/bin/sh\nset -e\nexec \"$@\"\nscript\n"
        'ENTRYPOINT ["/usr/local/bin/mvn-entrypoint.sh"]\nCMD ["mvn"]\n'
    )
    names = f"3-eclipse-temurin-{java} 3.9-eclipse-temurin-{java} 3.8-eclipse-temurin-{java} eclipse-temurin-{java}"
    names += " latest 3" if release is TRIXIE else f" 3-openjdk-{java} 3.8-openjdk-{java} 3.8-openjdk-{java}-slim"
    return Recipe(
        name=f"maven:standin-{java}-{release.codename}",
        release=release,
        standin=f"Maven and OpenJDK {java} of {release} packages, not Docker's official image",
        make=Layers(dockerfile),
        tags=numbered("maven", names),
        published=False,
    )


CORE = (*(_temurin(BOOKWORM, jre=jre) for jre in (False, True)), _openjdk(BOOKWORM), _maven(BOOKWORM))
ALL = (*(_temurin(TRIXIE, jre=jre) for jre in (False, True)), _openjdk(TRIXIE), _maven(TRIXIE))
