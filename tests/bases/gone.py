"""Package files that an archive's lists name and that it no longer has: the image is made of what is there now."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: ``E: Failed to fetch URL/pool/main/o/openssl/libssl3_3.0.15-1~deb12u1_amd64.deb  404  Not Found`` (apt-get): the
#: package and its version, without epoch, as the names of files have it (Debian Policy, 5.6.12).
_GONE = re.compile(r"Failed to fetch \S*/([^/_\s]+)_([^/_\s]+)_[^/_\s]+\.deb\s+404\b")
#: Where the preferences lie while packages are installed.
_PREFERENCES = "/etc/apt/preferences.d/gone"
#: Each try may find that other files are missing.
_TRIES = 5


def gone(printed: str) -> tuple[tuple[str, str], ...]:
    """Give the packages, with their versions, that apt-get asked for in vain."""
    found = ((name, version.replace("%7e", "~")) for name, version in _GONE.findall(printed))
    return tuple(dict.fromkeys(found))


def without(dockerfile: str, packages: tuple[tuple[str, str], ...]) -> str:
    """Give the Dockerfile that takes other versions of these packages wherever it installs some.

    A priority below zero keeps a version from being installed (apt_preferences(5)); an epoch may stand before it. The
    preferences are gone again where the lists are, at the end of the instruction.
    """
    text = "".join(f"Package: {name}\\nPin: version *{version}\\nPin-Priority: -1\\n\\n" for name, version in packages)
    written = dockerfile.replace("apt-get update -q ", f"printf '{text}' > {_PREFERENCES} && apt-get update -q ")
    return written.replace("rm -rf /var/lib/apt/lists/*", f"rm -rf /var/lib/apt/lists/* {_PREFERENCES}")


def build(dockerfile: str, make: Callable[[str], None]) -> None:
    """Build a Dockerfile by ``make``, and again without the packages that were listed and not there.

    Raises:
        subprocess.CalledProcessError: it failed for another reason, or again and again.
    """
    missing: tuple[tuple[str, str], ...] = ()
    for tries in range(_TRIES):
        try:
            make(without(dockerfile, missing) if missing else dockerfile)
        except subprocess.CalledProcessError as error:
            more = tuple(one for one in gone(f"{error.stdout}\n{error.stderr}") if one not in missing)
            if not more or tries + 1 == _TRIES:
                raise
            missing += more
        else:
            return
