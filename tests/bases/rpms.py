"""Recipes: fedora, as far as Debian's packages give it: dnf, bash as the shell, and a repository of RPM packages.

The packages are Debian's own, unpacked and packed again by rpmbuild; rpm's database lies where Fedora has it, and that
of dpkg is gone. There is no microdnf among Debian's packages, and so no small image.
"""

from __future__ import annotations

from tests.bases.recipe import BOOKWORM, PRIVATE, Layers, Recipe, install, numbered

#: What the repository holds, with all that the image itself lacks of it.
_OFFERED = "gcc jq make zlib1g-dev"

#: Each package as one of RPM: its files, what it asks for among the others, and Fedora's name where that is another.
_CONVERT = r"""COPY <<'script' /convert
set -eu
apt-get install -s --no-install-recommends -o Dir::State::status=/status OFFERED > /plan
names=$(sed -n 's/^Inst \([^ ]*\) .*/\1/p' /plan)
mkdir -p /debs /rpms
cd /debs
apt-get download -q $names
for deb in *.deb; do
  name=$(dpkg-deb -f $deb Package)
  version=$(dpkg-deb -f $deb Version | sed 's/^[0-9]*://; s/[-~+:]/./g; s/\.\.*/./g')
  rm -rf /root/tree && mkdir /root/tree && dpkg-deb -x $deb /root/tree && cd /root/tree
  for top in bin lib lib64 sbin; do
    if [ -d $top ]; then mkdir -p usr/$top && cp -a $top/. usr/$top/ && rm -r $top; fi
  done
  rm -rf usr/share/doc usr/share/man usr/share/lintian
  {
    printf 'Name: %s\nVersion: %s\nRelease: 1\nSummary: %s of Debian\nLicense: see Debian\nAutoReqProv: no\n' \
      $(echo $name | sed 's/^zlib1g-dev$/zlib-devel/') $version $name
    dpkg-deb -f /debs/$deb Depends | tr , '\n' | sed 's/[|(:].*//; s/ //g' | while read -r other; do
      case " $(echo $names) " in *" $other "*) [ -z "$other" ] || echo "Requires: $other";; esac
    done
    printf '%%description\n%s\n%%install\nmkdir -p %%{buildroot} && cp -a /root/tree/. %%{buildroot}/\n%%files\n' $name
    find . -mindepth 1 ! -type d | sed 's/^\.//; s/.*/"&"/'
  } > /root/spec
  rpmbuild -bb --quiet -D '_topdir /root/rpm' -D '_rpmdir /rpms' -D '__os_install_post %{nil}' \
    -D 'debug_package %{nil}' -D '_build_id_links none' -D '_binary_payload w1.gzdio' /root/spec
  cd /debs
done
createrepo_c -q /rpms
script
"""

#: One process takes the loader's folder away and puts the link there: in between nothing else could start.
_CLOTHED = r"""RUN python3 -c \
 "import os, shutil; p = '/usr/lib64'; shutil.rmtree(p); os.symlink('lib/' + os.uname().machine + '-linux-gnu', p)" \
 && ln -sf bash /usr/bin/sh && mkdir -p /etc/rpm /etc/yum.repos.d /var/lib/rpm \
 && echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros && echo '[main]' > /etc/dnf/dnf.conf \
 && printf '[fedora]\nname=stand-in\nbaseurl=file:///usr/share/rpms\ngpgcheck=0\n' > /etc/yum.repos.d/fedora.repo \
 && dnf -qy install zlib-devel && dnf -qy remove zlib-devel && dnf clean all \
 && rm -rf /etc/apt /usr/bin/apt* /usr/bin/dpkg* /usr/bin/find /usr/bin/which* /var/cache/apt /var/lib/apt /var/lib/dpkg
COPY <<os-release /etc/os-release
NAME="Stand-in for Fedora: RELEASE packages and dnf"
ID=fedora
os-release
"""


def _fedora() -> Recipe:
    """Give what a program is built on and installed again on by dnf."""
    dockerfile = (
        f"FROM {PRIVATE}debian:{BOOKWORM.codename} AS base\n"
        + install("ca-certificates dnf")
        + "FROM base AS made\nRUN cp /var/lib/dpkg/status /status\n"
        + install("createrepo-c rpm")
        + _CONVERT.replace("OFFERED", _OFFERED)
        + "RUN apt-get update -q && bash /convert && rm -rf /var/lib/apt/lists/*\n"
        "FROM base AS clothed\nCOPY --from=made /rpms /usr/share/rpms\n"
        + _CLOTHED.replace("RELEASE", str(BOOKWORM))
        + "FROM scratch\nCOPY --from=clothed / /\n"
        "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
        'CMD ["/bin/bash"]\n'
    )
    return Recipe(
        name=f"fedora:standin-{BOOKWORM.codename}",
        release=BOOKWORM,
        standin=f"{BOOKWORM} packages as RPM packages, with dnf, not Fedora",
        make=Layers(dockerfile),
        tags=numbered("fedora", "latest 42 41 40"),
        published=False,
    )


CORE = (_fedora(),)
