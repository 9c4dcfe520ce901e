"""Files of the builder's system that a run read: as the highest thing that holds them."""

from __future__ import annotations

import pytest

from imgslim.evidence import Access
from imgslim.planner.held import package_of_node
from tests.evidence_kit import run
from tests.planner.test_evidence import OPENS, READ, after, image, slimmed

_MODULES = "/usr/local/lib/node_modules"


@pytest.mark.parametrize(
    ("path", "package"),
    [
        (f"{_MODULES}/npm/lib/cli.js", f"{_MODULES}/npm"),
        (f"{_MODULES}/npm/node_modules/semver/index.js", f"{_MODULES}/npm"),
        (f"{_MODULES}/@scope/x/index.js", f"{_MODULES}/@scope/x"),
        ("/node_modules/x/a/b.js", "/node_modules/x"),
        # a file of no package, a package or a scope by itself, and other folders
        (f"{_MODULES}/x.js", ""),
        (f"{_MODULES}/@scope/x", ""),
        (f"{_MODULES}/npm", ""),
        (_MODULES, ""),
        ("/usr/share/my_node_modules/x/a.js", ""),
    ],
)
def test_the_outermost_package_of_node(path: str, package: str) -> None:
    """A package within a package is that one's own."""
    assert package_of_node(path) == package


def test_a_package_of_node_comes_whole() -> None:
    """One run does not show which of its files another one loads; beside it each file is taken by itself."""
    files = [f"{_MODULES}/npm/lib/cli.js", f"{_MODULES}/npm/node_modules/semver/index.js", "/opt/x/lib/cli.js"]
    built = image({**dict.fromkeys(files, 0), f"{_MODULES}/npm/lib/other.js": 0, "/opt/x/lib/other.js": 0})
    text = after(slimmed(OPENS, built, run(dict.fromkeys(files, READ), ("/usr/local/bin/app",))))
    assert f"COPY --from=build {_MODULES}/npm {_MODULES}/npm\n" in text
    assert "COPY --from=build /opt/x/lib/cli.js /opt/x/lib/cli.js\n" in text
    assert "other.js" not in text
    assert "semver" not in text


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("/etc/dictionaries/words", True),
        ("../../../etc/dictionaries/words", True),
        # What stays within the folder comes along with it; what leads nowhere leads nowhere in the original, too.
        ("american", False),
        ("/etc/dictionaries/nothing", False),
    ],
)
def test_links_that_lead_out_of_a_folder(said: str, *, taken: bool) -> None:
    """The folder is copied as it stands: what its links say has to be there."""
    files = {"/usr/share/dict/american": 0, "/etc/dictionaries/words": 0, "/etc/dictionaries/other": 0}
    built = image(files, links={"/usr/share/dict/words": said})
    text = after(slimmed(OPENS, built, run({"/usr/share/dict": Access.LISTED}, ("/usr/local/bin/app",))))
    assert "/usr/share/dict" in text
    assert ("/etc/dictionaries/words" in text) is taken
    assert "/etc/dictionaries/other" not in text
