"""The commands and their options, as typer shows and reads them. What they do is imported when it is asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from imgslim.commands import completion as complete
from imgslim.commands.parameters import ContextDir, Format, LastStage, Prefer, Target, verification, verifies

app = typer.Typer(
    name="imgslim",
    help="Split a single-stage Dockerfile into a builder and a small runtime stage, and prove that it still works.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:  # noqa: FBT001  (typer calls it so)
    if value:
        from importlib.metadata import version  # noqa: PLC0415

        sys.stdout.write(f"imgslim {version('dockerfile-imgslim')}\n")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
@verifies
def rewrite(
    path: Annotated[str, typer.Argument(help="A Dockerfile, a folder that holds one, or - for standard input.")] = ".",
    *,
    context: ContextDir = None,
    target: Target = "",
    libc: Annotated[str, typer.Option("--libc", help="musl or glibc: link with that C library.")] = "",
    prefer: Prefer = "",
    output: Annotated[
        str, typer.Option("-o", "--output", help="Write the new Dockerfile there; - is standard output.")
    ] = "",
    in_place: Annotated[
        bool, typer.Option("-i", "--in-place", help="Replace the file, unless it ignores can-be-split.")
    ] = False,
    form: Format = "text",
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Write also what rests on assumptions.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Build and run both with a container engine, and compare.")
    ] = False,
    evidence: Annotated[
        str,
        typer.Option(
            "--evidence",
            help="read (default): the texts alone; built: look into the built original, too; run: watch it run as "
            "well. --verify looks in any case, and watches where that settles something.",
        ),
    ] = "read",
    explain: Annotated[bool, typer.Option("--explain", help="Say why, decision by decision.")] = False,
    strip: Annotated[
        bool,
        typer.Option("--strip", help="Strip compiled programs: smaller, but without names in traces and debuggers."),
    ] = False,
    last_stage: LastStage = False,
    **options: Any,  # noqa: ANN401
) -> None:
    """Print the diff of the best rewrite of a Dockerfile (or write it, with -o or -i)."""
    from imgslim.commands.options import verify_options  # noqa: PLC0415
    from imgslim.commands.rewrite import Request, run  # noqa: PLC0415

    wanted = verification(**options)
    request = Request(
        path=path, context=context, target=target, libc=libc, prefer=prefer, output=output, in_place=in_place,
        form=form, unsafe=unsafe, verify=verify, evidence=evidence, explain=explain, strip=strip,
        last_stage=last_stage, build_args=tuple(wanted["build_args"]),
    )  # fmt: skip
    request.check()
    raise typer.Exit(run(request, verify_options(**wanted) if request.asks_engine else None))


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Dockerfiles or folders; the current one by default.")
    ] = None,
    *,
    form: Annotated[str, typer.Option("--format", help="text, json, github (annotations) or sarif.")] = "text",
    target: Target = "",
    prefer: Prefer = "",
    last_stage: LastStage = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Only count: outcomes by reason and by language, and time.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Apply what is safe, in place, and report what is left.")] = False,
    fix_only: Annotated[
        bool, typer.Option("--fix-only", help="Apply what is safe, in place; report and fail on nothing that is left.")
    ] = False,
) -> None:
    """Say which Dockerfiles could be smaller, for CI: exit code 1 where one could."""
    from imgslim.commands.check import Request, run  # noqa: PLC0415

    request = Request(tuple(paths or (Path(),)), target, prefer, form, statistics, fix, fix_only, last_stage)
    request.check()
    raise typer.Exit(run(request))


@app.command()
@verifies
def verify(
    before: Annotated[str, typer.Argument(help="The original Dockerfile.")],
    after: Annotated[str, typer.Argument(help="The rewritten Dockerfile, or - for standard input.")],
    *,
    context: ContextDir = None,
    form: Format = "text",
    **options: Any,  # noqa: ANN401
) -> None:
    """Build and run two Dockerfiles with a container engine, and compare what they do."""
    from imgslim.commands.inputs import one_of  # noqa: PLC0415
    from imgslim.commands.options import verify_options  # noqa: PLC0415
    from imgslim.commands.verify import run  # noqa: PLC0415

    one_of("--format", form, ("text", "json"))
    wanted = verify_options(**verification(**options))
    raise typer.Exit(run(before, after, context, wanted, as_json=form == "json"))


@app.command()
@verifies
def migrate(
    root: Annotated[Path, typer.Argument(help="The folder whose Dockerfiles are migrated; the current one.")] = Path(),
    *,
    include: Annotated[
        list[str] | None, typer.Option("--include", help="Only these Dockerfiles: patterns as in .dockerignore.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option("--exclude", help="None of these.")] = None,
    since: Annotated[
        str, typer.Option("--since", help="Only those that changed since a revision of git's, or whose context did.")
    ] = "",
    target: Target = "",
    libc: Annotated[str, typer.Option("--libc", help="musl or glibc: link with that C library.")] = "",
    prefer: Prefer = "",
    last_stage: LastStage = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", help="Processes that plan; 0: as many as there are processors.")
    ] = 0,
    form: Annotated[str, typer.Option("--format", help="The summary: text, json, markdown or html.")] = "text",
    report: Annotated[
        list[Path] | None, typer.Option("--report", help="Write the summary there, too: .txt, .json, .md or .html.")
    ] = None,
    patch_dir: Annotated[
        Path | None, typer.Option("--patch-dir", help="Write one patch for each rewritten file there.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Replace the files, but those that ignore can-be-split.")
    ] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Write also what rests on assumptions.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write also over changes that no commit holds.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Build and run both with a container engine, one file after the other.")
    ] = False,
    journal: Annotated[
        Path | None, typer.Option("--journal", help="Keep plans there until the run is finished, not in the cache.")
    ] = None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Plan every Dockerfile of a tree; print a summary, and with --patch-dir or --write more than that."""
    from imgslim.commands.inputs import pairs  # noqa: PLC0415
    from imgslim.commands.migrate import Request, run  # noqa: PLC0415
    from imgslim.commands.options import verify_options  # noqa: PLC0415
    from imgslim.migrate.planning import Choice  # noqa: PLC0415
    from imgslim.migrate.survey import Selection  # noqa: PLC0415

    wanted = verification(**options)
    request = Request(
        root, Selection(tuple(include or ()), tuple(exclude or ()), since),
        Choice(target, libc, prefer, tuple(pairs(tuple(wanted["build_args"])).items()), last_stage),
        jobs=jobs, form=form, reports=tuple(report or ()), patches=patch_dir, write=write, unsafe=unsafe, force=force,
        journal=journal,
    )  # fmt: skip
    request.check()
    raise typer.Exit(run(request, verify_options(**wanted) if verify else None))


@app.command()
def explain(
    reason: Annotated[
        str,
        typer.Argument(
            help="A reason's name, as it stands in brackets; none lists them all.", autocompletion=complete.reasons
        ),
    ] = "",
) -> None:
    """Explain a reason: what it means, why it matters, what to do."""
    from imgslim.commands.show import explain_reason  # noqa: PLC0415

    raise typer.Exit(explain_reason(reason))


@app.command()
def targets() -> None:
    """List the targets with what each one holds."""
    from imgslim.commands.show import list_targets  # noqa: PLC0415

    list_targets()


@app.command()
def toolchains() -> None:
    """List the toolchains that are understood."""
    from imgslim.commands.show import list_toolchains  # noqa: PLC0415

    list_toolchains()


@app.command()
def cache(
    action: Annotated[str, typer.Argument(help="show, or clear to remove everything.")] = "show",
    *,
    form: Format = "text",
) -> None:
    """Show what verifications keep to be faster the next time, here and on the engine, or remove it."""
    from imgslim.commands.cache import run  # noqa: PLC0415

    raise typer.Exit(run(action, form))


@app.command()
def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish.", autocompletion=complete.shells)],
) -> None:
    """Print the script that lets a shell complete the words of imgslim's command lines."""
    complete.print_script(shell)


@app.command()
def lsp(
    *,
    stdio: Annotated[  # noqa: ARG001  (the only way there is; many editors say so all the same)
        bool, typer.Option("--stdio", help="Speak over standard input and output, as it does in any case.")
    ] = False,
) -> None:
    """Serve an editor over the Language Server Protocol: diagnostics, code actions, hovers."""
    from imgslim.commands.lsp import run  # noqa: PLC0415

    raise typer.Exit(run())
