"""Which programs a cargo command builds, and where it leaves them (the Cargo Book, "cargo build", "cargo install")."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.rust.site import Unsettled
from imgslim.toolchains.tree import join
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.rust.invocation import Invocation
    from imgslim.toolchains.rust.settings import Settings
    from imgslim.toolchains.rust.workspace import Package, Program, Workspace

#: Folders of the built-in profiles ("Profiles"); a custom one has its own name.
_FOLDERS = {"dev": "debug", "test": "debug", "release": "release", "bench": "release"}


@dataclass(frozen=True, slots=True)
class Output:
    """One program that a command leaves behind."""

    package: Package
    program: Program
    path: str


def selected(call: Invocation, workspace: Workspace) -> tuple[Package, ...] | Unsettled:
    """The packages that the command line names ("Package Selection")."""
    if call.has("workspace", "all"):
        left = set(call.all("exclude"))
        return tuple(p for p in workspace.members.values() if p.name not in left)
    names = call.options.get("package", ())
    if not names:
        return workspace.default()
    found = []
    for name in names:
        if isinstance(name, Unknown):
            return Unsettled(f"the package is not settled: {name.why}")
        package = workspace.local.get(name.rpartition("/")[2].split("@")[0].split("#")[-1])
        if package is None:
            return Unsettled(f"no manifest of package {name} was found")
        found.append(package)
    return tuple(found)


def heeds_lock(call: Invocation) -> bool:
    """Tell whether cargo takes the versions of Cargo.lock ("cargo install", "Dealing with the Lockfile")."""
    return call.verb != "install" or call.has("locked", "frozen")


def profile_folder(call: Invocation) -> str | Unsettled:
    """The folder that the profile builds into."""
    if call.has("release"):
        return "release"
    profile = call.last("profile") or ("release" if call.verb == "install" and not call.has("debug") else "dev")
    if isinstance(profile, Unknown):
        return Unsettled(f"the profile is not settled: {profile.why}")
    return _FOLDERS.get(profile, profile)


def target_folder(call: Invocation, given: Settings, workspace: Workspace, cwd: str) -> str | Unsettled:
    """The folder of the programs of ``cargo build``."""
    profile = profile_folder(call)
    if isinstance(profile, Unsettled):
        return profile
    chosen = call.last("target-dir") or given.target_dir
    if isinstance(chosen, Unknown):
        return Unsettled(f"the target folder is not settled: {chosen.why}")
    folder = join(cwd, chosen) if chosen else join(workspace.root, "target")
    triple = call.last("target") or given.target
    if isinstance(triple, Unknown):
        return Unsettled(f"the target is not settled: {triple.why}")
    if len(call.options.get("target", ())) > 1:
        return Unsettled("it is built for several targets")
    if triple:
        # a target may be a file with its description
        folder = join(folder, posixpath.basename(triple).removesuffix(".json"))
    return join(folder, profile)


def install_folder(call: Invocation, given: Settings, cwd: str) -> str | Unsettled:
    """The folder of the programs of ``cargo install``."""
    root = call.last("root") or given.install_root
    if isinstance(root, Unknown):
        return Unsettled(f"the folder of cargo install is not settled: {root.why}")
    return join(join(cwd, root), "bin")


def outputs(call: Invocation, packages: tuple[Package, ...], folder: str) -> Iterator[Output]:
    """The programs of the packages that the command builds."""
    bins = call.all("bin")
    # without --bins these take nothing but what they name
    others = call.has("lib", "example", "examples", "test", "tests", "bench", "benches") and not call.has("bins")
    if others and not bins:
        return
    enabled = {f for text in call.all("features") for f in text.replace(",", " ").split()}
    for package in packages:
        for program in package.programs:
            if bins and program.name not in bins:
                continue
            if not bins and not set(program.required_features) <= enabled and not call.has("all-features"):
                continue
            yield Output(package, program, join(folder, program.name))
