"""Each used path is told apart by where it comes from."""

from __future__ import annotations

from imgslim.evidence import Access, Contents, Elf, Entry, EntryKind, LayerFacts, Observed, Packaged
from imgslim.evidence.attribution import Origin, attribute

READ = Access.READ


def entry(layer: int, kind: EntryKind = EntryKind.FILE, target: str = "") -> Entry:
    """One path of the image."""
    return Entry(kind, 1, 0o755, 0, 0, layer, target)


FOLDER, LINK = EntryKind.FOLDER, EntryKind.LINK
LOADER = "/lib64/ld-linux-x86-64.so.2"
IMAGE = Contents(
    architecture="amd64",
    layers=(
        LayerFacts("/bin/sh -c #(nop) ADD file:1 in /", None),
        LayerFacts("RUN /bin/sh -c apt-get install x # buildkit", 1),
        LayerFacts("COPY . /srv # buildkit", 2),
        LayerFacts("RUN /bin/sh -c make # buildkit", 3),
        LayerFacts("COPY --chmod=755 --from=busybox /x /busy # buildkit", 4),
        LayerFacts("/bin/sh -c #(nop) COPY dir:1 in /old ", 5),
    ),
    entries={
        "/bin": entry(0, LINK, "usr/bin"),
        "/usr": entry(0, FOLDER),
        "/usr/bin": entry(0, FOLDER),
        "/usr/bin/sh": entry(0),
        "/usr/bin/x": entry(1),
        "/lib64": entry(0, FOLDER),
        LOADER: entry(0),
        "/etc": entry(0, FOLDER),
        "/etc/hosts": entry(0),
        "/etc/own": entry(0),
        "/srv": entry(2, FOLDER),
        "/srv/start": entry(2),
        "/srv/made": entry(3),
        "/busy": entry(4),
        "/old": entry(5),
    },
    elf={"/usr/bin/sh": Elf("x86_64", LOADER, ())},
    interpreters={"/srv/start": "/bin/sh -e"},
    packages=Packaged("dpkg", {"/usr/bin/x": "x", "/usr/bin/sh": "dash"}, {"x": "1", "dash": "2"}),
    library_folders=(),
    base_layers=1,
)


def origins(uses: dict[str, Access]) -> dict[str, tuple[Origin, str, int | None]]:
    """Origin, package and instruction by path."""
    found = attribute(Observed(uses, (), ()), IMAGE)
    return {one.path: (one.origin, one.package, one.instruction) for one in found}


def test_origins() -> None:
    """Kernel, engine, base, package, context, step, run, nothing."""
    made = Access.WRITTEN | Access.MISSING
    paths = ["/proc/1/stat", "/dev/null", "/etc/hosts", "/etc/own", "/bin/x", "/srv/made", "/busy", "/old", "/"]
    assert origins(
        {**dict.fromkeys(paths, READ), "/srv/x.db": made, "/no": Access.MISSING, "/devil": Access.MISSING}
    ) == {
        "/proc/1/stat": (Origin.KERNEL, "", None),
        "/dev/null": (Origin.KERNEL, "", None),
        "/etc/hosts": (Origin.ENGINE, "", None),
        "/etc/own": (Origin.BASE, "", None),
        "/bin/x": (Origin.PACKAGE, "x", 1),
        "/srv/made": (Origin.STEP, "", 3),
        "/busy": (Origin.STEP, "", 4),
        "/old": (Origin.CONTEXT, "", 5),
        "/": (Origin.BASE, "", None),
        "/srv/x.db": (Origin.RUN, "", None),
        "/no": (Origin.MISSING, "", None),
        "/devil": (Origin.MISSING, "", None),
    }


def test_what_the_kernel_opens_by_itself() -> None:
    """A script brings its interpreter, and that its loader; each once, and only for what was started."""
    rows = list(attribute(Observed({"/srv/start": Access.EXECUTED, "/bin/sh": Access.EXECUTED}, (), ()), IMAGE))
    assert [(one.path, one.opened_for, one.origin, one.real) for one in rows] == [
        ("/srv/start", "", Origin.CONTEXT, "/srv/start"),
        ("/bin/sh", "/srv/start", Origin.PACKAGE, "/usr/bin/sh"),
        (LOADER, "/bin/sh", Origin.BASE, LOADER),
        ("/bin/sh", "", Origin.PACKAGE, "/usr/bin/sh"),
    ]
    assert [one.path for one in attribute(Observed({"/srv/start": READ}, (), ()), IMAGE)] == ["/srv/start"]
