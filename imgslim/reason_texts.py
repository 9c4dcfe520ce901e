"""The long texts of the reasons: name, kind, one line, paragraphs."""

from __future__ import annotations

from imgslim.reasons import Kind

_E, _D, _U, _A, _V = Kind.ERROR, Kind.DECLINED, Kind.UNCHANGED, Kind.ASSUMPTION, Kind.VERDICT

TEXTS: tuple[tuple[str, Kind, str, str], ...] = (
    # --- declined ---
    ("shell-needed", _D, "The entry uses the shell's grammar and the target has no shell.",
     "Exec form runs one program with literal arguments. Variables, operators, globs, redirections, assignments and builtins "
     "are the shell's work: written in exec form they would reach the program as text.\n\n"
     "Choose a target with a shell, or write the entry so that it is one literal command."),
    ("base-entrypoint", _D, "The base image starts through an entry point of its own that does more than run its arguments.",
     "CMD is then an argument of that program. Leaving it out would skip what it does; taking it along needs what it needs."),
    ("unknown-base", _A, "What the base image configures is not known.",
     "The image is in no table of well-known images and no engine was asked. Its WORKDIR, ENV, USER, ENTRYPOINT and C library "
     "may all matter to the program. With --verify the engine is asked."),
    ("unknown-workdir", _D, "A step rests on a working directory that is not known.",
     "COPY, RUN and the entry with relative paths start in WORKDIR. Where that is a variable without a default or an unknown "
     "base image's own, no path that follows can be named. Set WORKDIR to an absolute path."),
    ("variable-in-from", _D, "FROM names its image by a variable without a default.",
     "Docker would refuse to build this without --build-arg. Give the ARG a default, or pass --build-arg."),
    ("onbuild", _D, "The file or its base image holds ONBUILD triggers.",
     "ONBUILD runs in images that are built from this one. After a split they would run in the small runtime stage, where the "
     "tools they expect may be missing."),
    ("entry-not-built", _D, "The entry starts something that no followed build command makes.",
     "imgslim moves what the build makes. Where the entry runs another program, the programs it knows of are listed, so that "
     "you can see what was followed and what was not."),
    ("build-not-followed", _D, "A build command is known, but what it makes could not be followed.",
     "The build system was recognised; its files compute something that reading does not settle (a generated rule, a variable "
     "from the environment, a missing file), so the path of the result is not known."),
    ("build-system-unknown", _D, "A build system is in use that no toolchain reads.",
     "The command is known to build something, and nothing is guessed about where the result lies."),
    ("unknown-toolchain", _D, "A command builds something and no toolchain knows it.",
     "The first command that was not understood is named. imgslim toolchains lists what is."),
    ("no-musl-way", _D, "--libc musl was asked for and the program can't be linked with musl.",
     "musl is another C library: C++ libraries, glibc extensions and libraries of the distribution are built for glibc."),
    ("newer-libc", _D, "The builder's C library is newer than the target's.",
     "A program linked against a newer glibc may ask for symbols that an older one lacks, and then does not start. Loader and "
     "C library come only as one set. Take a target of the builder's own release, a static program, or scratch, where the "
     "whole set comes along."),
    ("libc-mismatch", _D, "The program is linked with another C library than the target's.",
     "A glibc program does not start on musl and the other way round, unless it is static or brings its own loader."),
    ("needs-command", _D, "The program starts another program that the target does not have.",
     "execve, system and popen find nothing on an image without that program. Choose a target that has it, or scratch, where "
     "imgslim lays the tool out with its libraries."),
    ("readers-disagree", _D, "Two independent parsers read the file differently.",
     "imgslim's own parser follows BuildKit; dockerfile-parse is the second reader. Where they see different instructions the "
     "file is left alone, whichever is right."),
    ("rewrite-not-valid", _D, "The rewritten file did not parse: a fault of imgslim, caught before anything was written.",
     "Please report it with the file."),
    ("missing-in-context", _D, "A COPY source exists in no folder that could be the build context.",
     "imgslim looks in the file's folder, then upwards inside the repository. Give the folder with --context."),
    # --- unchanged ---
    ("already-multi-stage", _U, "The file has several stages already.", "Nothing is done to files that were split by hand."),
    ("already-minimal", _U, "The image starts from scratch already.", "There is nothing below scratch."),
    ("no-entry", _U, "The file sets no program to run.",
     "Without CMD or ENTRYPOINT nothing says what the image is for; such images are mostly bases or tool boxes."),
    ("nothing-built", _U, "No step builds a program from source.",
     "Where the image only installs packages or copies files there is no builder to leave behind."),
    # --- assumptions ---
    ("run-arguments", _A, "ENTRYPOINT changes from shell form to exec form.",
     "In shell form ENTRYPOINT ignores CMD and what follows the image's name in docker run. In exec form those words reach the "
     "program. Where nobody passes any, nothing changes."),
    ("entrypoint-left-out", _A, "The base image's entry point, which only runs its arguments, is left out.",
     "By the image's own source it ends in exec \"$@\" and does nothing else for such a command."),
    ("entry-computed", _A, "The entry starts a program whose name is computed.", "A variable names it; its default is unknown."),
    ("unknown-target", _A, "What the target image offers is not known.",
     "It is in no table of well-known images. That its C library fits and that it has what the program needs is assumed."),
    ("libc-version-unproven", _A, "Whether the target's C library is new enough is not settled by the tags.",
     "A floating tag is a range of releases. A verification settles it; so does a tag that names the release."),
    ("libraries-unproven", _A, "Which shared libraries the program is linked with was not followed.",
     "A verification shows whether one is missing."),
    ("plugins-unproven", _A, "The program opens a shared library whose name is computed.",
     "dlopen with a name that reading does not settle: the library may be one that is left behind."),
    ("commands-unproven", _A, "The program starts another program whose name is computed.",
     "Reading does not settle which. The builder's own family is the safest target."),
    ("command-differs", _A, "The target has the program that is started, of another origin.",
     "busybox applets and other distributions' tools take fewer options or print otherwise."),
    ("data-files-unproven", _A, "The program opens files whose names are computed, and files stay behind.",
     "Sources, tests and keys are never carried on a guess. The message lists what stays behind; COPY what is missing, or let "
     "a verification show that nothing is."),
    ("computed-paths", _A, "The program opens files by names that are computed at run time.",
     "From user input, configuration or a directory listing."),
    ("run-effects-unproven", _A, "A RUN command may leave files behind that the program reads.",
     "What it makes was not followed and stays in the build stage."),
    ("opaque-run", _A, "A part of a RUN was not understood.", "The shell grammar found an error there; nothing is concluded from it."),
    ("script-not-followed", _A, "The entry script may start more than was found.",
     "It computes what it runs, or it is written for an interpreter that imgslim does not read."),
    ("sources-unread", _A, "The program's sources were not there to be read.",
     "Without them nothing says which files, programs and services it uses. Give the build context with --context."),
    ("modules-unread", _A, "Modules that the program imports were not there to be read.",
     "They come from a registry during the build. Whether one of them needs cgo or a file is not known."),
    ("certificates-unproven", _A, "The program uses TLS, and whether the builder has CA certificates is not known.",
     "Install ca-certificates in the build stage, or let a verification show that none are needed."),
    ("time-zones-unproven", _A, "The program reads time zones, and whether the builder has them is not known.",
     "Install tzdata in the build stage."),
    ("locale-unproven", _A, "The program uses a locale, and the target's locale data may differ.", "Without it, C is used silently."),
    ("gconv-unproven", _A, "The program converts character sets, and the target may lack the converters.", "iconv then fails."),
    ("terminfo-unproven", _A, "The program drives a terminal, and the target may lack its description.", "ncurses then fails."),
    # --- errors ---
    ("bad-target", _E, "--target is neither a target's name nor an image reference.", "imgslim targets lists the names."),
    ("bad-option", _E, "An option has a value that it does not take.", "See --help."),
    ("contradiction", _E, "Two options exclude each other.", "See --help."),
    ("no-context", _E, "The build context is missing or no folder.", "Give it with --context."),
    ("no-dockerfile", _E, "The folder holds no Dockerfile.", "Give the path of the file itself."),
    ("not-a-file", _E, "The path is not a regular file.", "Give the path of a Dockerfile."),
    ("unreadable", _E, "The file can't be read.", "Check the path and its permissions."),
    ("unwritable", _E, "The file can't be written.", "The disk or its permissions refused; the file is as it was."),
    ("too-large", _E, "The file is too large to be a Dockerfile.", "The limit is 2 MiB."),
    ("no-such-reason", _E, "There is no reason of that name.", "imgslim explain lists them all."),
    ("bad-probes", _E, "The probe file can't be used.", "docs/explanation/verification.md shows its format."),
    ("no-engine", _E, "No container engine answers.", "Start Docker, or set DOCKER_HOST. Without an engine leave --verify out."),
    ("old-engine", _E, "The container engine is too old.", "Docker 23 or later is needed to verify."),
    ("no-docker-command", _E, "The docker command is not on PATH.", "Builds go through it: install the Docker CLI."),
    # --- verdicts ---
    ("differs", _V, "The rewritten image does not behave like the original.", "The probes that differ are listed."),
    ("before-does-not-build", _V, "The original does not build.", "The engine's last lines are shown; nothing can be compared."),
    ("before-does-not-run", _V, "The original does not start.", "Its own failure is shown; nothing can be compared."),
    ("after-does-not-build", _V, "The rewritten file does not build.", "The engine's last lines are shown."),
)  # fmt: skip
