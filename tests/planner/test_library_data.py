"""What libraries of packages read by themselves comes along; the image is given here, as an engine would show it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imgslim.model import Need, NeedKind, Rewritten
from imgslim.planner.library_data import read_by_libraries
from tests.evidence_kit import contents, elf
from tests.planner.test_evidence import APP, ARCH, after, image, slimmed

if TYPE_CHECKING:
    from imgslim.evidence import Contents

QUIET = b"int main(void) { return 0; }\n"
MAGIC = f"{ARCH}/libmagic.so.1"
OWNERS = {
    MAGIC: "libmagic1",
    f"{MAGIC}.0.0": "libmagic1",
    "/etc/magic": "libmagic1",
    "/usr/share/doc/libmagic1/copyright": "libmagic1",
    "/usr/lib/file/magic.mgc": "libmagic-mgc",
    "/usr/share/misc/magic.mgc": "libmagic-mgc",
}
DEPENDS = {"libmagic1": ("libc6", "libmagic-mgc", "debconf", "libother")}


def magical(needed: str = "libmagic.so.1") -> Contents:
    """An image with libmagic, which the program is linked with."""
    files = dict.fromkeys([p for p in OWNERS if p not in {MAGIC, "/usr/share/misc/magic.mgc"}], 2)
    others = {"/usr/bin/debconf": "debconf", f"{ARCH}/libother.so.1": "libother", "/usr/share/other/data": "libother"}
    built = image(
        files | dict.fromkeys([*others, "/usr/share/misc/"], 2),
        needed,
        "libc.so.6",
        elves={APP: elf(needed, "libc.so.6")}
        | dict.fromkeys([f"{MAGIC}.0.0", f"{ARCH}/libother.so.1"], elf(program=False)),
        links={MAGIC: "libmagic.so.1.0.0", "/usr/share/misc/magic.mgc": "../../lib/file/magic.mgc"},
        packages=OWNERS | others,
    )
    assert built.packages is not None
    return replace(built, packages=replace(built.packages, depends=DEPENDS))


def test_a_library_with_its_packages_data() -> None:
    """Its own and that of packages made for it: no library, no text for people, nothing of tools; links stay links."""
    text = after(slimmed(QUIET, magical()))
    runtime = text.split("FROM scratch")[1]
    assert "# /usr/lib/file: libmagic.so.1 reads what the package libmagic-mgc holds\nCOPY --from=build" in runtime
    assert "COPY --from=build /etc/magic /etc/magic\n" in runtime
    assert "mkdir -p /runtime/usr/share/misc; cp -a /usr/share/misc/magic.mgc /runtime/usr/share/misc/" in text
    for other in ("copyright", "debconf", "/usr/share/other", "libmagic.so.1 /", "cp -rL"):
        assert other not in text
    assert "apt-get install -y --no-install-recommends libmagic-mgc &&" in after(
        slimmed(QUIET, magical(), target="debian:bookworm-slim")
    )


@pytest.mark.parametrize("needed", ["libz.so.1", "libm.so.6", "ld-linux-x86-64.so.2"])
def test_libraries_that_read_nothing(needed: str) -> None:
    """Nothing comes along for those that are known for it, nor for those that are there and not linked."""
    outcome = slimmed(QUIET, magical(needed))
    assert isinstance(outcome, Rewritten)
    assert "magic" not in outcome.after


def test_plug_ins_of_a_library() -> None:
    """They come with libraries of their own, which the loader is asked for by name; a library opened by name alike."""
    plug = f"{ARCH}/pictures/coders/png.so"
    built = contents(
        {APP: 3, f"{ARCH}/libpictures.so.6": 2, f"{ARCH}/libpng16.so.16": 2, plug: 2, f"{ARCH}/libc.so.6": 0},
        elves={
            APP: elf("libpictures.so.6", "libc.so.6"),
            f"{ARCH}/libpictures.so.6": elf("libc.so.6", program=False),
            f"{ARCH}/libpng16.so.16": elf(program=False),
            f"{ARCH}/libc.so.6": elf(program=False),
            plug: elf("libpng16.so.16", "libc.so.6", program=False),
        },
        packages={f"{ARCH}/libpictures.so.6": "libpictures", plug: "libpictures", f"{ARCH}/libpng16.so.16": "libpng16"},
        instructions=(1, 2, 3),
    )
    opened = Need(NeedKind.PLUGIN, "libpictures.so.6", "app.c:1 calls dlopen")
    built = replace(built, library_cache={"libpictures.so.6": (f"{ARCH}/libpictures.so.6",)})
    found = list(read_by_libraries(built, (), (opened,)))
    assert [(n.kind, n.value) for n in found] == [(NeedKind.FILE, plug), (NeedKind.PLUGIN, "libpng16.so.16")]
    assert found[0].why == "libpictures.so.6 reads what the package libpictures holds"
    bare = replace(built, packages=None)
    assert list(read_by_libraries(bare, (), (opened,))) == []
