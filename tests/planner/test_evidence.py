"""What the planner makes of a built image and of a run: both are given here, as an engine would have shown them."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Contents, Entry, EntryKind, Evidence, Observed
from imgslim.model import Applicability, Declined, Outcome, Rewritten
from imgslim.service import Options, slim
from tests.evidence_kit import contents, elf, run

#: FROM is instruction 0, RUN is instruction 3.
FILE = 'FROM gcc:12-bookworm\nWORKDIR /src\nCOPY . .\nRUN gcc -o /usr/local/bin/app app.c\nCMD ["app"]\n'
QUIET = b"int main(void) { return 0; }\n"
OPENS = b'#include <stdio.h>\nint main(int n, char **a) { return fopen(a[1], "r") == 0; }\n'
STARTS = b"#include <unistd.h>\nint main(int n, char **a) { return execv(a[1], a + 1); }\n"
LOADS = b"#include <dlfcn.h>\nint main(int n, char **a) { return dlopen(a[1], RTLD_NOW) == 0; }\n"
APP = "/usr/local/bin/app"
TMP = "/tmp"  # noqa: S108
ARCH = "/usr/lib/x86_64-linux-gnu"
LIBC = {f"{ARCH}/libc.so.6": 0}
READ, EXECUTED, LOADED, CREATED = Access.READ, Access.EXECUTED, Access.LOADED, Access.CREATED


def slimmed(
    source: bytes,
    built: Contents | None = None,
    seen: Observed | None = None,
    target: str = "scratch",
    text: str = FILE,
) -> Outcome:
    """Rewrite a project of one source with this evidence."""
    context = MemoryContext({"app.c": source, "Makefile": b"app:\n\t$(shell ./how)\n"})
    return slim(text, context, Options(target=target, evidence=Evidence(built, seen)))


def after(outcome: Outcome) -> str:
    """The new text."""
    assert isinstance(outcome, Rewritten), outcome
    return outcome.after


def reasons(outcome: Outcome) -> set[str]:
    """What the plan rests on."""
    assert isinstance(outcome, Rewritten), outcome
    return {a.reason for a in outcome.plan.assumptions}


def image(files: dict[str, int] | None = None, *needed: str, **more: object) -> Contents:
    """The image of :data:`FILE`, the program linked with ``needed``."""
    named = {"elves": {APP: elf(*(needed or ("libc.so.6",)))}, "instructions": (1, 2, 3), **more}
    named["elves"] = {**named["elves"], **dict.fromkeys(LIBC, elf(program=False))}  # type: ignore[dict-item]
    return contents({APP: 3, **LIBC, **(files or {})}, **named)  # type: ignore[arg-type]


class TestBuilt:
    """What an image shows that was only looked into."""

    TEXT = 'FROM {base}\nWORKDIR /src\nCOPY . .\nRUN {step}\nCMD ["app"]\n'

    def text(self, step: str, base: str = "debian:bookworm") -> str:
        """A file with one step."""
        return self.TEXT.format(step=step, base=base)

    def test_a_program_that_no_toolchain_knows(self) -> None:
        """It lies where the entry starts it, a RUN made it, and no package holds it."""
        text = self.text("ghc -o /usr/local/bin/app app.hs")
        assert isinstance(slimmed(QUIET, text=text), Declined)
        outcome = slimmed(QUIET, image(), text=text)
        assert f"COPY --from=build {APP} {APP}\n" in after(outcome)
        assert "sources-unread" in reasons(outcome)
        assert isinstance(outcome, Rewritten)
        assert outcome.plan.toolchain == "image"

    @pytest.mark.parametrize(
        ("files", "packages"),
        [({APP: 0}, {}), ({APP: 3}, {APP: "app"}), ({APP: 2}, {})],
        ids=["the base's", "a package's", "a copied one"],
    )
    def test_twins_that_no_step_made(self, files: dict[str, int], packages: dict[str, str]) -> None:
        """What the base image, a package or the context brought was not built here."""
        text = self.text("ghc -o /usr/local/bin/app app.hs")
        assert not isinstance(slimmed(QUIET, image(files, packages=packages), text=text), Rewritten)

    def test_how_a_program_is_linked(self) -> None:
        """Its own headers say what a makefile that can't be followed does not."""
        text = self.text("make && cp app /usr/local/bin/app", "gcc:12-bookworm")
        static = slimmed(QUIET, image(elves={APP: elf()}), text=text)
        assert "ldd" not in after(static)
        dynamic = slimmed(QUIET, image(), text=text)
        assert f"ldd {APP}" in after(dynamic)

    def test_symbol_versions_decide(self) -> None:
        """A newer builder fits an older base as long as it asks for no newer symbol."""
        text = FILE.replace("gcc:12-bookworm", "gcc:14-trixie")
        assert isinstance(slimmed(LOADS, target="debian:bookworm-slim", text=text), Declined)
        asks = {"2.34": True, "2.38": False}
        for version, fits in asks.items():
            one = elf("libc.so.6", versions={"libc.so.6": ("GLIBC_2.2.5", f"GLIBC_{version}")})
            outcome = slimmed(LOADS, image(elves={APP: one}), target="debian:bookworm-slim", text=text)
            assert isinstance(outcome, Rewritten) is fits, version
            if isinstance(outcome, Declined):
                assert outcome.reason == "newer-libc"
                assert "GLIBC_2.38" in outcome.message

    def test_what_a_step_leaves_is_known(self) -> None:
        """A command that nobody followed leaves nothing open where its layer holds nothing."""
        text = FILE.replace("CMD", "RUN ./prepare.sh\nCMD")
        assert "run-effects-unproven" in reasons(slimmed(OPENS, text=text))
        nothing = image(instructions=(1, 2, 3, 4))
        assert "run-effects-unproven" not in reasons(slimmed(OPENS, nothing, text=text))
        something = image({"/opt/words": 4}, instructions=(1, 2, 3, 4))
        assert "run-effects-unproven" in reasons(slimmed(OPENS, something, text=text))


class TestRun:
    """What a run showed."""

    def test_a_program_whose_name_is_computed(self) -> None:
        """It comes along with loader and libraries; without the run there is none to take."""
        assert isinstance(slimmed(STARTS), Declined)
        built = image({"/usr/bin/fortune": 0})
        seen = run({APP: EXECUTED, "/usr/bin/fortune": EXECUTED}, (APP,), ("/usr/bin/fortune",))
        text = after(slimmed(STARTS, built, seen))
        assert "which /usr/bin/fortune > /tmp/tools" in text
        assert "/usr/bin/fortune: started by the program" in text
        quiet = slimmed(STARTS, built, run({APP: EXECUTED}, (APP,)))
        assert isinstance(quiet, Declined)
        assert quiet.message.endswith("which program that is was not followed, and the watched run started none.")
        wrapped = run({"/bin/sh": EXECUTED, APP: EXECUTED}, ("/bin/sh", "-c", "app"), (APP,))
        links = image({"/usr/bin/dash": 0, "/usr/bin/sh": 0}, links={"/bin": "usr/bin"})
        assert isinstance(slimmed(STARTS, links, wrapped), Declined)
        there = image({"/usr/bin/sort": 0})
        sorts = run({APP: EXECUTED, "/usr/bin/sort": EXECUTED}, (APP,), ("/usr/bin/sort",))
        for started, shown in ((run({APP: EXECUTED}, (APP,)), False), (sorts, True)):
            same = slimmed(STARTS, there, started, "debian:bookworm-slim")
            assert isinstance(same, Rewritten)
            # What it starts may be given any file of the context.
            expected = [("commands-unproven", shown), ("data-files-unproven", True)]
            assert [(a.reason, a.shown_by_run) for a in same.plan.assumptions] == expected

    @pytest.mark.parametrize(("access", "zones"), [(READ, True), (Access.ASKED, False)])
    def test_who_reads_the_local_zone_finds_the_others(self, access: Access, zones: bool) -> None:  # noqa: FBT001
        """Where no TZ is set it is /etc/localtime; who starts the image may set one."""
        built = image(
            {"/usr/share/zoneinfo/Etc/UTC": 0, "/etc/passwd": 0},
            links={"/etc/localtime": "/usr/share/zoneinfo/Etc/UTC"},
        )
        text = after(slimmed(QUIET, built, run({APP: EXECUTED, "/etc/localtime": access}, (APP,))))
        assert ("COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo\n" in text) is zones

    def test_programs_are_told_apart_by_where_they_lie(self) -> None:
        """Another one of the same name is another one; one that has two paths is needed at the path that was used."""
        source = STARTS.replace(b"int main", b'int sub(void) { return execlp("fortune", "fortune", 0); }\nint main')
        files = {"/usr/bin/fortune": 0, "/usr/games/fortune": 0}
        here = run({APP: EXECUTED, "/usr/bin/fortune": EXECUTED}, (APP,))
        assert "which fortune > /tmp/tools" in after(slimmed(source, image(files), here))
        elsewhere = run({APP: EXECUTED, "/usr/games/fortune": EXECUTED}, (APP,))
        refused = slimmed(source, image(files), elsewhere)
        assert isinstance(refused, Declined)
        assert refused.reason == "needs-command"
        linked = image({"/usr/games/fortune": 0, "/usr/bin/env": 0}, links={"/usr/bin/fortune": "../games/fortune"})
        assert "which fortune /usr/games/fortune > /tmp/tools" in after(slimmed(source, linked, elsewhere))

    def test_the_family_installs_its_package(self) -> None:
        """Where the target has the builder's own packages, the one that owns the program."""
        built = image({"/usr/games/fortune": 0}, packages={"/usr/games/fortune": "fortune-mod"})
        seen = run({APP: EXECUTED, "/usr/games/fortune": EXECUTED}, (APP,))
        text = after(slimmed(STARTS, built, seen, "debian:bookworm-slim"))
        assert "apt-get install -y --no-install-recommends fortune-mod && rm" in text
        assert "which /usr/games/fortune" in text

    def test_the_family_where_the_tag_leaves_the_release_open(self) -> None:
        """The image says which release it is of; of another distribution, or of none, nothing is installed."""
        seen = run({APP: EXECUTED, "/usr/games/fortune": EXECUTED}, (APP,))

        def on_slim(os_release: str) -> Outcome:
            built = image({"/usr/games/fortune": 0}, packages={"/usr/games/fortune": "fortune-mod"})
            built = replace(built, texts={"/etc/os-release": os_release})
            return slimmed(STARTS, built, seen, "debian-slim", FILE.replace("gcc:12-bookworm", "gcc:12"))

        text = after(on_slim("ID=debian\nVERSION_CODENAME=bookworm\n"))
        assert "FROM debian:bookworm-slim\n" in text
        assert "apt-get install -y --no-install-recommends fortune-mod && rm" in text
        for other in ("", "ID=ubuntu\nVERSION_CODENAME=bookworm\n"):
            refused = on_slim(other)
            assert isinstance(refused, Declined)
            assert refused.reason == "needs-command"

    def test_the_shell_that_starts_the_entry_is_none_of_its_needs(self) -> None:
        """Shell form becomes exec form; a shell that is started once more is needed."""
        text = FILE.replace('["app"]', "app")
        links = {"/bin": "usr/bin"}
        built = image({"/usr/bin/dash": 0}, links=links | {"/usr/bin/sh": "dash"})
        uses = {"/bin/sh": EXECUTED, APP: EXECUTED}
        once = slimmed(OPENS, built, run(uses, ("/bin/sh", "-c", "app"), (APP,)), text=text)
        assert "sh" not in after(once).split('CMD ["app"]')[0].split("FROM scratch")[1]
        twice = slimmed(OPENS, built, run(uses, ("/bin/sh", "-c", "app"), (APP,), ("/bin/sh", "-c", "x")), text=text)
        assert "which /bin/sh" in after(twice)

    def test_a_file_of_a_package_as_its_folder(self) -> None:
        """The highest folder that is all of one package; on the family the package."""
        magic = {"/usr/share/file/magic.mgc": 0, "/usr/share/file/more": 0}
        built = image(magic, packages=dict.fromkeys(magic, "libmagic-mgc"))
        seen = run({APP: EXECUTED, "/usr/share/file/magic.mgc": READ}, (APP,))
        assert "COPY --from=build /usr/share/file /usr/share/file\n" in after(slimmed(OPENS, built, seen))
        text = after(slimmed(OPENS, built, seen, "debian:bookworm-slim"))
        assert "install -y --no-install-recommends libmagic-mgc" in text
        assert "/usr/share/file " not in text
        shared = image(magic, packages={"/usr/share/file/magic.mgc": "a", "/usr/share/file/more": "b"})
        assert "COPY --from=build /usr/share/file/magic.mgc /usr" in after(slimmed(OPENS, shared, seen))

    def test_settings_of_a_package_are_not_the_package(self) -> None:
        """Who reads only those gets only those; who reads more of it gets it."""
        conf, words = "/etc/opensslrc", "/usr/share/openssl/words"
        built = image({conf: 0, words: 0}, packages={conf: "openssl", words: "openssl"})
        text = after(slimmed(OPENS, built, run({APP: EXECUTED, conf: READ}, (APP,)), "debian:bookworm-slim"))
        assert f"COPY --from=build {conf} {conf}\n" in text
        assert "recommends openssl" not in text
        both = run({APP: EXECUTED, conf: READ, words: READ}, (APP,))
        assert "recommends openssl" in after(slimmed(OPENS, built, both, "debian:bookworm-slim"))

    def test_what_npm_keeps_is_not_the_programs(self) -> None:
        """It is made again; what else lies in the home folder goes along."""
        logs, model = "/root/.npm/_logs/a.log", "/root/.cache/model.bin"
        built = image({logs: 3, model: 3})
        text = after(slimmed(OPENS, built, run({APP: EXECUTED, logs: READ, model: READ}, (APP,))))
        assert ".npm" not in text
        assert model in text

    def test_what_java_machines_of_the_build_said_of_themselves_is_not_the_programs(self) -> None:
        """The next one that starts takes it away; a file of that name in another folder is none of these."""
        old, kept = "/tmp/hsperfdata_root/80", "/opt/hsperfdata_root/80"  # noqa: S108
        built = image({old: 3, kept: 3})
        text = after(slimmed(OPENS, built, run({APP: EXECUTED, old: READ, kept: READ}, (APP,))))
        assert old not in text
        assert "COPY --from=build /opt/hsperfdata_root/80 " in text

    @pytest.mark.parametrize(
        ("path", "size", "access", "taken"),
        [
            ("/tmp/a.lock", 0, READ | Access.WRITTEN, False),  # noqa: S108
            # Twins: it holds something, it is only read, it lies elsewhere.
            ("/tmp/a.lock", 3, READ | Access.WRITTEN, True),  # noqa: S108
            ("/tmp/a.lock", 0, READ, True),  # noqa: S108
            ("/opt/a.lock", 0, READ | Access.WRITTEN, True),
        ],
    )
    def test_a_lock_that_the_build_left_behind(self, path: str, size: int, access: Access, *, taken: bool) -> None:
        """Empty and written to, it is made again."""
        built = image({"/tmp/": 0, path: 3})  # noqa: S108
        cast("dict[str, Entry]", built.entries)[path] = replace(built.entries[path], size=size)
        text = after(slimmed(OPENS, built, run({APP: EXECUTED, path: access}, (APP,))))
        assert (f"COPY --from=build {path} " in text) is taken

    def test_terminals_go_along_whole(self) -> None:
        """Who starts the container says which terminal it has; none is described where none was read."""
        one = "/lib/terminfo/v/vt220"
        built = image({one: 0}, packages={one: "ncurses-base"})
        assert 'then cp -r --parents "$d"' in after(slimmed(OPENS, built, run({APP: EXECUTED, one: READ}, (APP,))))
        assert "terminfo" not in after(slimmed(OPENS, built, run({APP: EXECUTED}, (APP,))))

    def test_a_folder_to_write_into_is_laid_out_once(self) -> None:
        """It is one that every distribution has; what the builder keeps in it stays there."""
        source = b'#include <stdio.h>\nint main(void) { return fopen("/var/log/app.log", "w") == 0; }\n'
        text = after(slimmed(source, image({"/var/log/dpkg.log": 0}), run({APP: EXECUTED}, (APP,))))
        assert text.count("/runtime/var/log") == 1
        assert "COPY --from=build /var/log" not in text

    def test_a_file_that_is_not_there_may_be_made(self) -> None:
        """Its folder has to be there, if the original has it; nothing is laid out for a folder that it lacks, too."""
        source = b'#include <stdio.h>\nint main(void) { return fopen("/opt/state/x", mode()) == 0; }\n'
        seen = run({APP: EXECUTED}, (APP,))
        assert "/runtime/opt/state" in after(slimmed(source, image({"/opt/state/": 0}), seen))
        assert "/opt/state" not in after(slimmed(source, image({"/opt/x/": 0}), seen))

    def test_no_path_of_an_architecture(self) -> None:
        """What lies in a multiarch folder is laid out by a pattern."""
        module = f"{ARCH}/gconv/UTF-7.so"
        built = image(
            {module: 0, f"{ARCH}/gconv/gconv-modules": 0},
            packages={module: "libc6", f"{ARCH}/gconv/gconv-modules": "libc6"},
        )
        seen = run({APP: EXECUTED, f"{ARCH}/gconv/gconv-modules": READ, module: LOADED}, (APP,))
        text = after(slimmed(OPENS, built, seen))
        assert "for d in /usr/lib/*/gconv; do" in text
        assert "x86_64" not in text
        # Twin: onto a target with a C library of its own, as the folder that the run showed.
        text = after(slimmed(OPENS, built, seen, "busybox:glibc"))
        assert "cp -r --parents /usr/lib/*/gconv /runtime" in text
        assert "for d in /usr/lib/*/gconv" not in text

    def test_many_files_of_one_folder(self) -> None:
        """Nobody lists three hundred."""
        names = [f"/usr/local/share/words/{n}" for n in range(300)]
        built = image(dict.fromkeys(names, 0))
        text = after(slimmed(OPENS, built, run({APP: EXECUTED, **dict.fromkeys(names, READ)}, (APP,))))
        assert "COPY --from=build /usr/local/share/words /usr/local/share/words\n" in text
        assert "/words/7" not in text

    def test_a_library_that_is_opened_by_a_computed_name(self) -> None:
        """It is found as the loader finds it; one that the program is linked with anyway adds nothing."""
        plugin = f"{ARCH}/libz.so.1"
        built = image(
            {plugin: 0},
            elves={APP: elf("libc.so.6"), plugin: replace(elf("libc.so.6", program=False), soname="libz.so.1")},
        )
        seen = run({APP: EXECUTED, f"{ARCH}/libc.so.6": LOADED, plugin: LOADED}, (APP,))
        assert "'%s\\n' libz.so.1 > /tmp/names" in after(slimmed(LOADS, built, seen))
        alone = run({APP: EXECUTED, f"{ARCH}/libc.so.6": LOADED}, (APP,))
        assert "%s" not in after(slimmed(LOADS, built, alone))

    def test_a_library_that_is_opened_by_its_path(self) -> None:
        """It stands at that very path, where the loader would have taken another; and what it needs comes along."""
        real, asked = f"{ARCH}/libz.so.1.2", f"{ARCH}/libz.so.1"
        plugin = replace(elf("libc.so.6", program=False), soname="libz.so.1")
        built = image({real: 0}, elves={APP: elf("libc.so.6"), real: plugin}, links={asked: real}, packages={real: "z"})
        seen = run({APP: EXECUTED, asked: LOADED}, (APP,))
        cached = replace(built, library_cache={"libz.so.1": (asked,)})
        assert "cp -rL" not in after(slimmed(LOADS, cached, seen)).replace("cp -rL --parents /etc", "")
        elsewhere = replace(built, library_cache={"libz.so.1": ("/lib/x86_64-linux-gnu/libz.so.1",)})
        text = after(slimmed(LOADS, elsewhere, seen))
        assert "cp -rL --parents /usr/lib/*/libz.so.1 /runtime" in text
        assert "libz.so.1 > /tmp/names" in text

    def test_a_list_of_converters_alone(self) -> None:
        """The C library reads it for every character set; without one that is loaded nothing of it was needed."""
        cache, module = f"{ARCH}/gconv/gconv-modules.cache", f"{ARCH}/gconv/UTF-7.so"
        built = image({cache: 0, module: 0}, packages={cache: "libc6", module: "libc6"})
        assert "gconv" not in after(slimmed(OPENS, built, run({APP: EXECUTED, cache: READ}, (APP,))))
        assert "gconv" in after(slimmed(OPENS, built, run({APP: EXECUTED, cache: READ, module: LOADED}, (APP,))))

    @pytest.mark.parametrize(
        ("files", "packages", "along"),
        [
            ({"/srv/t/a": 4, "/srv/t/b": 4}, {}, {"/srv/t"}),
            ({"/srv/t/a": 4, "/srv/t/b": 3}, {}, {"/srv/t"}),
            ({"/srv/t/a": 4, "/srv/t/b.o": 4, "/srv/t/c": 4}, {}, {"/srv/t/a", "/srv/t/c"}),
            ({"/srv/t/a": 4, "/srv/t/b": 0}, {}, {"/srv/t/a"}),
            ({"/srv/t/a": 4, "/srv/t/b": 4}, {"/srv/t/b": "p"}, {"/srv/t/a"}),
            ({"/srv/t/a": 4, "/srv/t/b.key": 4}, {}, {"/srv/t/a"}),
            ({"/etc/a": 4, "/etc/b": 4, "/etc/c": 0}, {}, {"/etc/a"}),
            ({"/srv/a": 4, "/srv/b": 4}, {}, {"/srv/a", "/srv/b"}),
            ({"/src/a": 4, "/src/b": 4, "/src/c": 3}, {}, {"/src/a", "/src/b"}),
        ],
        ids=[
            "whole",
            "of two steps",
            "an object",
            "the base's",
            "a package's",
            "a key",
            "of the system",
            "the author's alone",
            "of the build",
        ],
    )
    def test_what_lies_beside(self, files: dict[str, int], packages: dict[str, str], along: set[str]) -> None:
        """Which file of a folder is read depends on what is asked; the author's other files there go along."""
        built = image(files, packages=packages or None, instructions=(1, 2, 3, 4))
        first = next(iter(files))
        text = FILE.replace("CMD", "RUN ./prepare.sh\nCMD")
        new = after(slimmed(OPENS, built, run({APP: EXECUTED, first: READ}, (APP,)), text=text))
        copied = {
            line.split()[2] for line in new.split("FROM scratch")[1].split("\n") if line.startswith("COPY --from")
        }
        assert copied - {"/runtime/", APP} == along
        alone = after(slimmed(OPENS, built, run({APP: EXECUTED}, (APP,)), text=text))
        assert first not in alone.split("FROM scratch")[1]

    def test_what_is_another_users(self) -> None:
        """COPY makes all that it brings root's: what was not is laid out as it is, a single file, too."""
        built = image({"/srv/t/a": 4}, instructions=(1, 2, 3, 4))
        mine = replace(built.entries["/srv/t/a"], uid=33)
        seen, text = run({APP: EXECUTED, "/srv/t/a": READ}, (APP,)), FILE.replace("CMD", "RUN ./prepare.sh\nCMD")
        assert "COPY --from=build /srv/t/a /srv/t/a" in after(slimmed(OPENS, built, seen, text=text))
        built = replace(built, entries={**built.entries, "/srv/t/a": mine})
        assert "cp -a /srv/t/a /runtime/srv/t/" in after(slimmed(OPENS, built, seen, text=text))

    def test_what_the_system_has_rules_for(self) -> None:
        """Certificates, zones, users and name look-ups go by the rules that sources trigger as well."""
        bundle = "/etc/ssl/certs/ca-certificates.crt"
        built = image({bundle: 0, "/usr/share/zoneinfo/Europe/Oslo": 0, "/etc/passwd": 0, "/etc/group": 0})
        uses = {bundle: READ, "/usr/share/zoneinfo/Europe/Oslo": READ, "/etc/passwd": READ}
        text = after(slimmed(OPENS, built, run({APP: EXECUTED, **uses}, (APP,))))
        assert f"COPY --from=build {bundle} {bundle}\n" in text
        assert "COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo\n" in text
        assert "COPY --from=build /etc/passwd /etc/passwd\n" in text
        bare = after(slimmed(OPENS, built, run({APP: EXECUTED}, (APP,))))
        assert not any(word in bare for word in (bundle, "zoneinfo", "passwd"))

    def test_a_certificate_among_those_that_are_trusted(self) -> None:
        """One of the trust store is a link there, and goes with the store; a file of its own goes along itself."""
        bundle, root = "/etc/ssl/certs/ca-certificates.crt", "/usr/share/ca-certificates/mozilla/Root.crt"
        own, link = "/etc/ssl/certs/server.crt", "/etc/ssl/certs/Root.pem"
        built = image({bundle: 0, root: 0, own: 3}, links={link: root})
        text = FILE.replace("CMD", "RUN ./prepare.sh\nCMD")
        for path, store, itself in (
            *((one, True, False) for one in (bundle, link, root, "/etc/ssl/certs")),
            (own, False, True),
        ):
            new = after(slimmed(OPENS, built, run({APP: EXECUTED, path: READ}, (APP,)), text=text))
            assert (f"COPY --from=build {bundle} {bundle}\n" in new) is store
            assert (f"COPY --from=build {own} {own}\n" in new) is itself

    def test_a_folder_that_files_are_made_in(self) -> None:
        """It is there with its owner and mode."""
        built = image({"/var/spool/app/": 3, TMP + "/": 0})
        folder = Entry(EntryKind.FOLDER, 0, 0o2770, 1000, 1000, 3)
        built = replace(built, entries={**built.entries, "/var/spool/app": folder})
        uses = {"/var/spool/app/job": CREATED, f"{TMP}/x": CREATED, "/proc/self/maps": READ}
        text = after(slimmed(OPENS, built, run({APP: EXECUTED, **uses}, (APP,))))
        assert "mkdir -p /runtime/var/spool; cp -a /var/spool/app /runtime/var/spool/" in text
        assert "chmod 1777 /runtime/tmp" in text
        assert "/proc" not in text

    def test_a_folder_of_the_base_that_files_are_made_in(self) -> None:
        """It is there with its owner and mode, and not for what it holds; the family's own image has it."""
        built = image({"/var/mail/": 0})
        built = replace(built, entries={**built.entries, "/var/mail": Entry(EntryKind.FOLDER, 0, 0o2775, 0, 8, 0)})
        seen = run({APP: EXECUTED, "/var/mail/me": CREATED}, (APP,))
        laid = "mkdir -p /runtime/var/mail; chown 0:8 /runtime/var/mail; chmod 2775 /runtime/var/mail"
        assert laid in after(slimmed(OPENS, built, seen))
        assert "/var/mail" not in after(slimmed(OPENS, built, seen, "debian:bookworm-slim"))

    @pytest.mark.parametrize(
        ("folders", "access", "along"),
        [
            (("/", "/usr", "/usr/share", "/usr/share/words"), Access.ASKED, False),
            (("/", "/usr", "/usr/share", "/usr/share/words"), Access.ASKED | READ, True),
            (("/usr/share/words",), Access.ASKED, True),
            ((), Access.ASKED, True),
        ],
        ids=["came by", "read", "asked for the folder", "asked for the file"],
    )
    def test_what_a_program_comes_by_as_it_goes_through_folders(
        self,
        folders: tuple[str, ...],
        access: Access,
        along: bool,  # noqa: FBT001
    ) -> None:
        """The names that a listing gives are those that are there: a program that read none of them misses none."""
        real, link = "/usr/share/words/a", "/usr/share/other"
        built = image({real: 0}, packages={real: "words"}, links={link: real})
        used = {**dict.fromkeys(folders, Access.LISTED | READ), link: Access.ASKED, real: access}
        new = after(slimmed(OPENS, built, run({APP: EXECUTED, **used}, (APP,))))
        assert ("words" in new) is along
        # The folder is not listed itself, and the file is asked for as what a link there leads to.
        used.pop("/usr/share/words", None)
        new = after(slimmed(OPENS, built, run({APP: EXECUTED, **used}, (APP,))))
        assert ("words" in new) is along

    def test_sources_never_go_along(self) -> None:
        """A program that looks at its working directory gets the folder, not what it was built from."""
        built = image({"/src/app.c": 2, "/src/Makefile": 2})
        seen = run({APP: EXECUTED, "/src": Access.LISTED | Access.ENTERED}, (APP,))
        assert "app.c" not in after(slimmed(OPENS, built, seen)).split("FROM scratch")[1]

    def test_the_same_answer_with_the_evidence_gone(self) -> None:
        """A watched run that used nothing leaves the assumptions of the sources as they are."""
        plain, watched = slimmed(OPENS), slimmed(OPENS, image(), run({APP: EXECUTED}, (APP,)))
        assert reasons(plain) == reasons(watched)
        assert isinstance(watched, Rewritten)
        assert watched.plan.applicability is Applicability.UNSAFE
        assert watched.plan.dispositions == (plain.plan.dispositions if isinstance(plain, Rewritten) else ())
