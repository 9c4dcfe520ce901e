"""Programs that a package brought: what a look into the image and a run of it make of an entry that nothing built."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Contents, Elf, EntryKind, Evidence, Packaged
from imgslim.model import Declined, Outcome, Rewritten, Unchanged
from imgslim.service import Options, slim
from tests.evidence_kit import LOADER, contents, elf, run

#: Instructions are FROM, RUN, COPY, CMD: the second layer is RUN's, the third COPY's.
TEXT = """FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends served curl && {more}
COPY own.conf /etc/served/own.conf
CMD {entry}
"""
FILES = {
    "/bin/sh": 0,
    LOADER: 0,
    "/etc/passwd": 0,
    "/usr/bin/env": 0,
    "/usr/bin/perl": 0,
    "/usr/bin/tr": 0,
    "/usr/sbin/service": 0,
    "/lib/x86_64-linux-gnu/libc.so.6": 0,
    "/var/tmp/": 0,  # noqa: S108
    "/usr/sbin/served": 1,
    "/usr/bin/curl": 1,
    "/usr/lib/served/mod_a.so": 1,
    "/usr/lib/served/mod_b.so": 1,
    "/etc/served/served.conf": 1,
    "/usr/share/served/errors/404.html": 1,
    "/usr/share/doc/served/README": 1,
    "/etc/init.d/served": 1,
    "/srv/data/one": 1,
    "/etc/served/own.conf": 2,
}
OWNERS = {
    "/bin/sh": "dash",
    "/usr/bin/env": "coreutils",
    "/usr/bin/tr": "coreutils",
    "/usr/bin/perl": "perl-base",
    "/usr/sbin/service": "init-system-helpers",
    "/lib/x86_64-linux-gnu/libc.so.6": "libc6",
    "/usr/sbin/served": "served",
    "/usr/bin/curl": "curl",
    "/etc/init.d/served": "served",
    "/usr/lib/served/mod_a.so": "served-mods",
    "/usr/lib/served/mod_b.so": "served-mods",
    "/etc/served/served.conf": "served-common",
    "/usr/share/served/errors/404.html": "served-common",
    "/usr/share/doc/served/README": "served-common",
}
SERVED = replace(elf("libc.so.6"), names=("/etc/served/served.conf", "/var/tmp"))  # noqa: S108
USED = {
    "/usr/sbin/served": Access.EXECUTED,
    "/etc/served/served.conf": Access.READ,
    "/etc/passwd": Access.READ,
}


def image(served: Elf = SERVED, files: dict[str, int] | None = None, scripts: dict[str, str] | None = None) -> Contents:
    """The image of TEXT: the daemon is one source in three packages."""
    all_files = {**FILES, **(files or {})}
    found = contents(
        all_files,
        instructions=(1, 2),
        elves={
            "/usr/sbin/served": served,
            "/bin/sh": elf("libc.so.6"),
            "/usr/bin/perl": elf("libc.so.6"),
            "/usr/bin/tr": elf("libc.so.6"),
            "/usr/bin/curl": elf("libc.so.6"),
            "/usr/lib/served/mod_a.so": elf(program=False),
            "/usr/lib/served/mod_b.so": elf(program=False),
        },
        scripts={"/etc/init.d/served": "/bin/sh", **(scripts or {})},
    )
    names = set(OWNERS.values())
    sources = {name: "served" if name.startswith("served") else name for name in names}
    depends = {"served": ("served-common", "served-mods", "libc6"), "curl": ("libc6",)}
    packages = Packaged("dpkg", OWNERS, dict.fromkeys(names, "1"), sources, depends)
    return replace(found, packages=packages)


def made(
    target: str = "scratch",
    *,
    entry: str = '["served", "-F"]',
    more: str = "rm -rf /var/lib/apt/lists/*",
    built: Contents | None = None,
    uses: dict[str, Access] | None = None,
    lasting: tuple[str, ...] = ("/usr/sbin/served",),
    context: dict[str, str] | None = None,
) -> Outcome:
    """What becomes of TEXT with a look into its image and a run."""
    seen = replace(run(USED | (uses or {}), ("/usr/sbin/served", "-F")), lasting=lasting)
    files = {"own.conf": b"", **{name: text.encode() for name, text in (context or {}).items()}}
    text = TEXT.format(entry=entry, more=more)
    evidence = Evidence(built or image(), seen)
    return slim(text, MemoryContext(files), Options(target=target, evidence=evidence))


def after(outcome: Outcome) -> str:
    """The runtime stage, and what lays it out."""
    assert isinstance(outcome, Rewritten), outcome
    return outcome.after.split("CMD", 1)[0].split("own.conf\n", 1)[1] + "CMD" + outcome.after.split("CMD", 1)[1]


def test_reading_says_that_a_run_may_show_more() -> None:
    """Nothing is guessed without an engine, and a file without packages has no such hint."""
    outcome = slim(TEXT.format(entry='["served"]', more="true"), MemoryContext({"own.conf": b""}))
    assert isinstance(outcome, Unchanged)
    assert outcome.reason == "nothing-built"
    assert "--verify" in outcome.hint
    copied = slim('FROM debian:bookworm\nCOPY a /a\nCMD ["served"]\n', MemoryContext({"a": b""}))
    assert isinstance(copied, Unchanged)
    assert copied.hint == ""


def test_an_empty_base_gets_what_its_packages_hold() -> None:
    """Modules and pages that no run asked for go along; what people and the system's management read does not."""
    text = after(made())
    assert "COPY --from=build /usr/sbin/served /usr/sbin/served" in text
    assert "COPY --from=build /etc/served /etc/served" in text
    assert "COPY --from=build /usr/lib/served /usr/lib/served" in text
    assert "COPY --from=build /usr/share/served /usr/share/served" in text
    assert "find /usr/lib/served -name '*.so*'" in text
    assert "COPY --from=build /srv/data /srv/data" in text
    assert "/var/tmp: served names /var/tmp" in text  # noqa: S108
    for absent in ("curl", "init.d", "/usr/share/doc", "perl"):
        assert absent not in text


def test_the_slim_image_installs_it_again() -> None:
    """As the author wrote it, without what only the build started; removed files are removed again."""
    more = "curl -o /srv/data/one http://example.org/one && rm -f /etc/served/served.conf"
    text = after(made("debian-slim", more=more))
    assert "apt-get install -y --no-install-recommends served &&" in text
    assert "rm -rf /etc/served" in text
    assert "which /usr/sbin/served" in text
    assert "COPY --from=build /etc/served /etc/served" in text
    assert "/usr/lib/served" not in text


def test_what_no_step_started_stays() -> None:
    """The author may have installed it for another time."""
    assert "served curl" in after(made("debian-slim"))


def test_nothing_to_gain_on_the_slim_image_itself() -> None:
    """No package was dropped: another stage would be the same again."""
    text = TEXT.format(entry='["served"]', more="true").replace("bookworm\n", "bookworm-slim\n")
    evidence = Evidence(image(), replace(run(USED), lasting=("/usr/sbin/served",)))
    outcome = slim(text, MemoryContext({"own.conf": b""}), Options(target="debian-slim", evidence=evidence))
    assert isinstance(outcome, Unchanged)
    assert outcome.reason == "already-minimal"


def test_what_the_base_has_is_no_daemon() -> None:
    """A program of the base image is no installed one; where the base ends is not always settled."""
    built = image()
    for outcome in (
        made(entry='["perl", "-e", "sleep"]', lasting=()),
        made(built=replace(built, base_layers=0)),
    ):
        assert isinstance(outcome, Unchanged | Declined)
        assert outcome.reason in {"nothing-built", "unknown-toolchain"}


def test_an_upgrade_of_the_base_is_no_install() -> None:
    """The layer wrote a file again that the base had."""
    built = image()
    changed = (built.layers[0], replace(built.layers[1], changed=("/usr/sbin/served",)), built.layers[2])
    outcome = made(built=replace(built, layers=changed))
    assert isinstance(outcome, Unchanged)


@pytest.mark.parametrize(
    ("why", "given"),
    [
        ("PAM", {"built": image(replace(SERVED, needed=("libc.so.6", "libpam.so.0")))}),
        ("perl", {"uses": {"/usr/bin/perl": Access.EXECUTED}}),
        ("init.d/served", {"uses": {"/etc/init.d/served": Access.EXECUTED}}),
        ("perl", {"context": {"own.conf": "cgi = /usr/bin/perl\n"}}),
        ("perl", {"built": image(replace(SERVED, names=("/usr/bin/perl",)))}),
        ("scripts of the system", {"entry": '["service", "served"]'}),
        (
            "starts",
            {
                "built": image(files={"/etc/served/own.conf": 2}, scripts={"/etc/served/own.conf": "/bin/sh"}),
                "context": {"own.conf": '#!/bin/sh\n"$TOOL"\n'},
            },
        ),
    ],
)
def test_it_can_not_leave_its_distribution(why: str, given: dict[str, object]) -> None:
    """Each with what it does with the system; the slim image installs it."""
    outcome = made(**given)  # type: ignore[arg-type]
    assert isinstance(outcome, Declined), outcome
    assert outcome.reason == "needs-distribution"
    assert why in outcome.message
    assert "apt-get install" in after(made("debian-slim", **given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"context": {"own.conf": "# cgi = /usr/bin/perl\n"}},
        {"uses": {"/usr/bin/tr": Access.EXECUTED}},
        {"built": image(replace(SERVED, names=("/usr/bin/ruby", "/etc/hosts")))},
    ],
)
def test_it_can_leave(given: dict[str, object]) -> None:
    """A comment, a tool that needs its libraries alone, a path that the image does not have."""
    assert isinstance(made(**given), Rewritten)  # type: ignore[arg-type]


def test_a_script_of_the_author_brings_its_tools() -> None:
    """No run started them; the shell's grammar shows them."""
    built = image(scripts={"/etc/served/own.conf": "/bin/sh"})
    text = after(made(built=built, context={"own.conf": "#!/bin/sh\ntr a b\n"}))
    assert "which /bin/sh /usr/bin/tr" in text


def test_settings_that_may_have_been_taken_away_replace_those_that_come_again() -> None:
    """What a command that nobody follows did with them is in the image alone."""
    text = after(made("debian-slim", more="disable-site default"))
    assert "rm -rf /etc/served && which" in text
    assert "COPY --from=build /etc/served /etc/served" in text


def test_package_sources_of_another_kind_are_not_installed_again() -> None:
    """Then the program goes along as on any other base."""
    text = after(made("debian-slim", more="echo x > /etc/apt/sources.list.d/x.list"))
    assert "apt-get install" not in text
    assert "COPY --from=build /usr/sbin/served" in text


def test_daemons_of_several_packages_are_refused() -> None:
    """Workers of the same program are one daemon."""
    outcome = made(lasting=("/usr/sbin/served", "/usr/bin/curl"))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "several-programs"
    assert "/usr/bin/curl" in outcome.message
    assert isinstance(made(lasting=("/usr/sbin/served", "/usr/sbin/served")), Rewritten)


def test_what_only_starts_the_daemon_is_none_itself() -> None:
    """An init that stays in front of its one child, such as tini, comes with a package of its own."""
    built = image(files={"/usr/bin/tini": 1})
    owners = {**OWNERS, "/usr/bin/tini": "tini"}
    assert built.packages is not None
    built = replace(
        built,
        elf={**built.elf, "/usr/bin/tini": elf("libc.so.6")},
        packages=replace(built.packages, owners={**built.packages.owners, **owners}),
    )
    outcome = made(built=built, lasting=("/usr/bin/tini", "/usr/sbin/served"))
    assert isinstance(outcome, Rewritten)


def test_links_to_the_engines_streams_go_along_as_links() -> None:
    """The folder of the log is all of the author's own: it goes along as it is."""
    built = image(files={"/var/log/lastlog": 0, "/var/log/served/": 1})
    link = replace(built.entries["/bin/sh"], kind=EntryKind.LINK, layer=1, target="/dev/stdout")
    entries = {**built.entries, "/var/log/served/access.log": link}
    text = after(made(built=replace(built, entries=entries), uses={"/var/log/served/access.log": Access.WRITTEN}))
    assert "COPY --from=build /var/log/served /var/log/served" in text


def test_a_link_that_leads_nowhere_yet_is_laid_out() -> None:
    """COPY takes what a link leads to, and /proc/1/fd/1 is there only when the image runs."""
    built = image(files={"/var/log/lastlog": 0, "/var/log/more.log": 0})
    link = replace(built.entries["/bin/sh"], kind=EntryKind.LINK, layer=1, target="/proc/1/fd/1")
    there = replace(link, target="/var/log/more.log")
    for target in ("scratch", "debian-slim"):
        entries = {**built.entries, "/var/log/served.log": link, "/var/log/same.log": there}
        text = after(made(target, built=replace(built, entries=entries)))
        assert "cp -a /var/log/served.log /runtime/var/log/" in text
        assert "COPY --from=build /var/log/served.log" not in text
        assert "COPY --from=build /var/log/same.log /var/log/same.log" in text


def test_a_link_of_the_authors_to_a_program_goes_along() -> None:
    """A venv has its python so; of the system's, alternatives and libraries' other names are made by packages."""
    built = image(files={"/srv/venv/bin/": 1, "/srv/venv/pyvenv.cfg": 1, "/usr/lib/x/": 1, "/usr/lib/x/y": 1})
    link = replace(built.entries["/bin/sh"], kind=EntryKind.LINK, layer=1, target="/usr/sbin/served")
    entries = {**built.entries, "/srv/venv/bin/python": link, "/usr/lib/x/served.so": link}
    text = after(made("debian-slim", built=replace(built, entries=entries)))
    assert "COPY --from=build /srv/venv /srv/venv" in text
    assert "served.so" not in text


@pytest.mark.parametrize("more", ["echo root:x | chpasswd", "useradd own"])
def test_passwords_that_steps_set_go_along(more: str) -> None:
    """The package's own accounts come with it; what else a step did with them is in the image alone."""
    built = image(files={"/etc/shadow": 1, "/etc/passwd": 1})
    assert "/etc/shadow /etc/shadow" in after(made("debian-slim", more=more, built=built))
    assert "/etc/shadow" not in after(made("debian-slim", built=built))


def test_what_steps_write_by_name_goes_along_wherever_it_is() -> None:
    """A setting of the system that is no program's own."""
    built = image(files={"/etc/pam.d/served": 1})
    text = after(made("debian-slim", more="sed -i s/a/b/ /etc/pam.d/served", built=built))
    assert "COPY --from=build /etc/pam.d /etc/pam.d" in text


def test_a_script_that_a_step_wrote_is_the_entry() -> None:
    """It goes along, and what it starts is what was running."""
    built = image(files={"/start.sh": 1}, scripts={"/start.sh": "/bin/sh"})
    given = {"entry": '["/start.sh"]', "more": "echo 'exec served' > /start.sh", "built": built}
    assert "COPY --from=build /start.sh /start.sh" in after(made(**given))  # type: ignore[arg-type]
    text = after(made("debian-slim", **given))  # type: ignore[arg-type]
    assert "COPY --from=build /start.sh /start.sh" in text


def test_a_module_of_another_package_is_among_the_programs_own() -> None:
    """Without it the folder would be a list of files; what is made from the same as the module goes along as well."""
    built = image(files={"/usr/lib/served/mod_x.so": 1, "/usr/share/ext/data": 1})
    packages = built.packages
    assert packages is not None
    owners = {**OWNERS, "/usr/lib/served/mod_x.so": "ext-served", "/usr/share/ext/data": "ext-common"}
    sources = {**packages.sources, "ext-served": "ext", "ext-common": "ext"}
    text = after(made(built=replace(built, packages=replace(packages, owners=owners, sources=sources))))
    assert "COPY --from=build /usr/lib/served /usr/lib/served" in text
    assert "COPY --from=build /usr/share/ext /usr/share/ext" in text


def test_where_links_lead_goes_along() -> None:
    """A link of the author's to what another package holds."""
    built = image(files={"/usr/share/misc/table": 0})
    link = replace(built.entries["/bin/sh"], kind=EntryKind.LINK, layer=1, target="/usr/share/misc/table")
    entries = {**built.entries, "/etc/served/table": link}
    text = after(made(built=replace(built, entries=entries)))
    assert "/usr/share/misc/table: /etc/served/table leads there" in text


@pytest.mark.parametrize(
    ("job", "comes"),
    [
        ("import subprocess\nsubprocess.run(['tr', 'a', 'b'])\n", True),
        ("import subprocess\nsubprocess.run(['nothing-here', 'a'])\n", False),
        ("print('tr')\n", False),
    ],
)
def test_a_job_in_python_is_read_as_a_program_is(job: str, comes: bool) -> None:  # noqa: FBT001  (a table's column)
    """What it starts is the daemon's to have: cron starts jobs when nobody watches."""
    python = {"/usr/bin/python3": 1, "/usr/lib/python3/dist-packages/": 1, "/srv/own/job.py": 2}
    base = image(files=python)
    owners = {**OWNERS, "/usr/bin/python3": "python3"}
    packages = replace(base.packages, owners=owners) if base.packages is not None else None
    text = TEXT.replace("COPY own.conf /etc/served/own.conf", "COPY job.py /srv/own/").replace("curl", "curl python3")
    found = slim(
        text.format(entry='["served", "-F"]', more="true"),
        MemoryContext({"job.py": job.encode()}),
        Options(
            target="scratch", evidence=Evidence(replace(base, packages=packages), run(USED, ("/usr/sbin/served",)))
        ),
    )
    assert isinstance(found, Rewritten), found
    assert ("which tr > " in found.after) is comes


def test_what_an_interpreter_keeps_beside_its_modules_splits_no_folder() -> None:
    """A package of Python's goes along as one folder."""
    lib = "/opt/site/pack"
    files = {f"{lib}/__init__.py": 1, f"{lib}/a.py": 1, f"{lib}/__pycache__/a.cpython-311.pyc": 1}
    text = after(made(built=image(files=files), more="pip install pack"))
    assert f"{lib}/a.py" not in text
    assert "/opt/site" in text
