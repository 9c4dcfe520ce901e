"""Write the reference pages from the code: ``python docs/generate.py``; ``--check`` only says which are stale."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from imgslim.commands.app import app
from imgslim.config.keys import KEYS, schema
from imgslim.reasons import Kind, all_reasons
from imgslim.render.human import size
from imgslim.targets import NAMES, size_of
from imgslim.toolchains import all_toolchains

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

FOLDER = Path(__file__).parent / "reference"
HEADINGS = {
    Kind.DECLINED: ("Declined", "Understood, and refused. The file is left alone; exit code 1."),
    Kind.UNCHANGED: ("Unchanged", "Nothing to gain. Exit code 0."),
    Kind.ASSUMPTION: ("Assumptions", "What a rewrite rests on where reading does not settle it."),
    Kind.FINDING: ("Findings", "What `imgslim check` reports. Exit code 1."),
    Kind.VERDICT: ("Verdicts", "What an engine found that built and ran both. Exit code 1."),
    Kind.ERROR: ("Errors", "The file, its use, or something around it. Exit code 2; nothing is written."),
}
SERVICES = "\n## A service of each toolchain\n"
PAGES_BY_HAND = {
    "benchmarks": "how fast it is, and how that was measured",
    "images": "the base images whose facts are known, with sources",
    "trials": "public projects that were rewritten, built and run",
    "humans": "public projects whose authors split the file themselves, and their sizes beside ours",
    "sizes": "the project's own fixtures beside files by hand and a tracing minifier",
}


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    made = {
        "reasons.md": "\n".join(_reasons()),
        "cli.md": "\n".join(_commands()),
        "targets.md": "\n".join(_targets()),
        "toolchains.md": "\n".join(_toolchains()),
        "configuration.md": "\n".join(_configuration()),
        "configuration.schema.json": json.dumps(schema(), indent=2) + "\n",
    }
    return {"index.md": "\n".join(_index()), **made}


def _index() -> Iterator[str]:
    yield from ("# Reference", "", "| page | what it holds |", "|---|---|")
    yield "| [cli](cli.md) | commands, options, exit codes |"
    yield "| [targets](targets.md) | the images that a program can be moved onto |"
    yield "| [toolchains](toolchains.md) | what is understood of builds |"
    yield "| [reasons](reasons.md) | every name in brackets: refusals, assumptions, verdicts, errors |"
    yield "| [configuration](configuration.md) | keys of `.imgslim.toml` and `[tool.imgslim]`; comments that ignore |"
    yield "| [configuration.schema.json](configuration.schema.json) | their JSON schema, for editors |"
    yield "| [outcome.schema.json](outcome.schema.json) | the JSON of `--format json` |"
    yield "| [migrate.schema.json](migrate.schema.json) | the JSON of `migrate --format json` |"
    for name, text in PAGES_BY_HAND.items():
        if (FOLDER / f"{name}.md").exists():
            yield f"| [{name}]({name}.md) | {text} |"
    yield ""


def _reasons() -> Iterator[str]:
    yield from (
        "# Reasons",
        "",
        "The names in brackets are stable: match on them. `imgslim explain NAME` prints its text.",
        "",
    )
    for kind, (title, sentence) in HEADINGS.items():
        yield from (f"## {title}", "", sentence, "")
        for reason in all_reasons().values():
            if kind not in reason.kinds:
                continue
            yield from (f"### {reason.code}", "", reason.summary, "")
            if kind is reason.kinds[0]:
                for paragraph in reason.text.split("\n\n"):
                    yield from (textwrap.fill(paragraph, 120), "")
            else:
                yield from (f"See [above](#{reason.code}).", "")


def _commands() -> Iterator[str]:
    yield from ("# Command line", "", "| exit code | meaning |", "|---|---|")
    yield "| 0 | rewritten or unchanged, nothing found, the verdict holds |"
    yield "| 1 | declined, findings, or a verdict against the rewrite |"
    yield "| 2 | bad input, usage or environment |"
    yield from ("", "130 after Ctrl-C and 141 when the reader of a pipe has left, as a shell says it.", "")
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        words = " ".join(
            f"[{p.make_metavar(None).strip('[]')}]" if not p.required else p.name.upper() for p in arguments
        )
        yield from (f"## imgslim {name}", "", f"`imgslim {name} [OPTIONS] {words}`".replace(" `", "`"), "")
        yield from (" ".join(command.help.split()), "")
        rows = [(p.name.upper(), p.help) for p in arguments]
        rows += [(", ".join(p.opts), p.help) for p in command.params if p.param_type_name == "option"]
        if rows:
            yield from ("| | |", "|---|---|")
            yield from (f"| `{what}` | {_default(what, command)}{text} |" for what, text in rows)
            yield ""


def _default(what: str, command: Any) -> str:  # noqa: ANN401  (typer's own classes are private)
    found = next((p for p in command.params if what in (", ".join(p.opts), (p.name or "").upper())), None)
    value = found.default if found is not None else None
    return f"(default `{value}`) " if value not in (None, "", False) else ""


def _targets() -> Iterator[str]:
    yield from ("# Targets", "", "`--target` takes one of these names, any image reference, or `auto`.", "")
    yield from ("| name | size, about | holds |", "|---|---|---|")
    for name, text in NAMES.items():
        known = size_of(name)
        yield f"| `{name}` | {size(known) if known is not None else ''} | {text} |"
    yield "| `auto` | | the smallest whose plan has no open assumption, else the builder's own slim family |"
    yield from (
        "",
        "Sizes are those of the images alone, as the tables of known images have them; a program comes on top.",
        "",
    )


def _toolchains() -> Iterator[str]:
    yield from ("# Toolchains", "", "| name | understood |", "|---|---|")
    yield from (f"| `{one.name}` | {one.summary} |" for one in all_toolchains())
    # What was measured stands in one place, and is written there by ``python -m tests.sizes``.
    yield "".join((FOLDER / "sizes.md").read_text(encoding="utf-8").partition(SERVICES)[1:])


_FILES = """\
# Configuration

A file `.imgslim.toml`, or the table `[tool.imgslim]` of a `pyproject.toml`; where a folder has both, the former. The
nearest one upwards from the Dockerfile holds, alone: nothing of another is mixed in. The search ends at the root of the
repository, outside of one at the root of the file system; for standard input it begins in the current folder. What the
command line says wins.

A key or a value that is not in this table ends the command with `bad-config` and exit code 2.
[JSON schema](configuration.schema.json).

| key | takes | |
|---|---|---|"""

_COMMENTS = """
Patterns are those of `.dockerignore`, read from the folder of the configuration file: a name without `**/` is one of
that folder, a folder's name holds for all below it, and of several patterns the last that matches decides, `!` in front
meaning the opposite. Folders of `context` are relative to the same folder.

## Comments in a Dockerfile

| comment | effect |
|---|---|
| `# imgslim: ignore[reason, reason] why` | what it names on the next instruction is not reported or fixed |
| `# imgslim: ignore-file why` | no command rewrites the file or reports anything on it, readable or not |

* What is planned stays the same, and an assumption stays one: the comment does not vouch for it.
* Where `can-be-split` is ignored, here or by `ignore` in the configuration, the file is not split: `check --fix`
  applies no fix, `migrate` has it as `unchanged: ignored`, with no patch and nothing written, and `rewrite -i` refuses.
  `rewrite` without `-i` still prints the diff, and `-o` writes it elsewhere. To keep every command away there is
  `ignore-file`.
* A finding without a place of its own counts as that of the first FROM.
* Without the finding `can-be-split`, what the rewrite rests on is not reported either.
* `ignore-file` stands above the first instruction; parser directives come before any comment, as BuildKit has it.
* Comments inside an instruction, between its lines or in a here-document, are not read.
* A comment that ignores nothing is `unused-pragma`, one that is not understood `unknown-pragma`: findings, too.
  `check --fix` takes out what is unused. Neither they nor errors can be ignored by a comment; `ignore` in the
  configuration silences any finding, and no error.
"""


def _configuration() -> Iterator[str]:
    yield _FILES
    for key in KEYS:
        takes = " or ".join(f"`{word}`" for word in key.allowed) or key.takes.value
        yield f"| `{key.name}` | {takes} | {key.help} Such as `{key.example}`. |"
    yield _COMMENTS


def main() -> int:
    """Write the pages that differ, or only name them."""
    stale = [n for n, t in pages().items() if not (FOLDER / n).exists() or (FOLDER / n).read_text("utf-8") != t]
    for name in stale:
        sys.stdout.write(f"docs/reference/{name}\n")
        if "--check" not in sys.argv[1:]:
            (FOLDER / name).write_text(pages()[name], "utf-8")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
