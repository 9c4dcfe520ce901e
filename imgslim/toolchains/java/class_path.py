"""The files that a class path names: what the build made, what the context brought, or nothing that is known."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, has_magic, inside
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Tree
from imgslim.values import known

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.toolchains.java.find import Made
    from imgslim.toolchains.java.outputs import Output
    from imgslim.values import Value

#: What they make below a folder is all of the program's.
_INSTALLERS = frozenset({"Maven", "Gradle"})
_PLACING = frozenset({"cp", "mv", "install"})


class Found:
    """The trees that a class path names, with the outputs that they are."""

    def __init__(self, project: Project, cwd: Value, made: Made) -> None:
        """Find nothing yet; ``cwd`` is where the program starts."""
        self.project = project
        self.cwd = cwd
        self.made = made
        self.trees: dict[str, Tree] = {}
        self.used: list[Output] = []
        #: Places where nothing is known to lie.
        self.missing: list[str] = []
        #: Folders on it that hold files of the context.
        self.folders: list[str] = []
        #: Archives of which reading knows no source.
        self.strange: list[str] = []

    def place(self, written: str, main: str = "") -> None:
        """Look at one element of a class path, or at an archive."""
        path = known(absolute(written, self.cwd))
        if path is None:
            self.missing.append(written)
            return
        if path.endswith("/*"):
            self._folder_of_archives(path.removesuffix("/*"))
            return
        if self.project.files.context_file(path) is not None:
            if self._from_context(path):
                return
        elif not has_magic(path) and any(True for _ in self.project.files.walk_context(path)):
            self.folders.append(path)
        matched = [(o, p) for o in self.made.outputs for p in self._now(o) if self._is(o, p, path, main)]
        matched = [m for m in matched if not m[0].is_folder] or matched
        if matched:
            self._outputs(matched, path, main)
            self._packages(path)
            self._libraries(path, [o for o, _ in matched])
        elif (moved := self._moved(path)) or any(p.path == path for p in self.project.files.placed()):
            self._tree(path, "the archive that the entry starts")
            self.used += moved or [o for o in self.made.outputs if o.runs]
            self._libraries(path, self.used)
        elif not self._from_context(path, f"{path}/{main.replace('.', '/')}.class" if main else ".class"):
            self.missing += [path] if path not in self.folders else []

    def _moved(self, path: str) -> list[Output]:
        """The outputs of which a pattern's only file was put at ``path``: ``mv target/*.jar /app.jar``."""
        found: list[Output] = []
        for _, _, command in self.project.trace.commands():
            inner = unwrap(command)
            if inner.name not in _PLACING or len(inner.words) < 3:  # noqa: PLR2004 (cp A B)
                continue
            if known(absolute(inner.words[-1].value, inner.cwd)) == path:
                patterns = [known(absolute(w.raw, inner.cwd)) or "" for w in inner.words[1:-1] if "*" in w.raw]
                found += [o for o in self.made.outputs if any(not o.is_folder and o.matches(p) for p in patterns)]
        return found

    def _now(self, output: Output) -> tuple[str, ...]:
        """Where an output lies after the last step."""
        if "*" in output.path:
            return (output.path,)
        return self.project.files.places(output.path, output.step, output.index)

    def _is(self, output: Output, now: str, path: str, main: str) -> bool:
        if has_magic(path):
            return output.matches(path) if now == output.path else False
        if output.is_folder:
            package = main.replace(".", "/").rpartition("/")[0]
            within = output.made_by in _INSTALLERS and inside(path, now)
            return path == now or within or (bool(package) and now == f"{path}/{package}")
        return now == path or ("*" in now and output.is_at(path))

    def _outputs(self, matched: list[tuple[Output, str]], path: str, main: str) -> None:
        self.used += [o for o, _ in matched]
        for output, now in matched:
            why = f"what {output.made_by} made"
            if output.is_folder and inside(now, path) and self._beside_sources(output, now):
                self._classes(output, path, main)
            else:
                self._tree(path if not output.is_folder else now if inside(path, now) else path, why)

    def _beside_sources(self, output: Output, folder: str) -> bool:
        return any(inside(s, folder) for s in output.sources)

    def _classes(self, output: Output, folder: str, main: str) -> None:
        """Classes that lie beside their sources: the file names where they have no package, else their top folder."""
        package = main.rpartition(".")[0].partition(".")[0]
        top = folder.rstrip("/")
        if package:
            self._tree(f"{top}/{package}", f"the classes that {output.made_by} made")
        else:
            self._tree(f"{top}/*.class", f"the classes that {output.made_by} made")

    def _libraries(self, archive: str, outputs: list[Output]) -> None:
        """The folder in which an archive's manifest has its libraries, where the build put some there."""
        for prefix in {prefix for o in outputs for prefix in o.libraries if "*" not in prefix}:
            folder = posixpath.normpath(posixpath.join(posixpath.dirname(archive), prefix))
            made = any(o.is_folder and folder in self._now(o) for o in self.made.outputs)
            if made or any(p.path == folder for p in self.project.files.placed()):
                self._tree(folder, "the libraries that the archive's manifest names")
            else:
                self._from_context(folder, ".jar")

    def _packages(self, path: str) -> None:
        """The other packages of classes that lie beside their sources: each in its top folder below the class path."""
        for output in self.made.outputs:
            for now in self._now(output) if output.is_folder and output.made_by == "javac" else ():
                if now == path or not inside(now, path) or not self._beside_sources(output, now):
                    continue
                if output not in self.used:
                    self.used.append(output)
                top = f"{path.rstrip('/')}/{now[len(path) :].strip('/').partition('/')[0]}"
                if not any(inside(top, one) for one in self.trees):
                    self._tree(top, f"the classes that {output.made_by} made")

    def _folder_of_archives(self, folder: str) -> None:
        inner = [
            (o, p)
            for o in self.made.outputs
            for p in self._now(o)
            if inside(posixpath.dirname(p), folder) or p == folder
        ]
        if inner:
            self.used += [o for o, _ in inner]
            self._tree(folder, "the archives of the class path")
        elif not self._from_context(folder, ".jar"):
            self.missing.append(folder)

    def _from_context(self, path: str, ending: str = ".class") -> bool:
        """What the context brought and no step built: an archive, or a folder that holds some."""
        files = [p for p, _ in self.project.files.walk_context(path)]
        if not any(p.endswith(ending) or (p == path and p.endswith((".jar", ".war"))) for p in files):
            return False
        self.strange.append(path)
        self._tree(path, "on the class path")
        return True

    def _tree(self, path: str, why: str) -> None:
        self.trees.setdefault(path, Tree(path, why))
