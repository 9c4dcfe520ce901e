"""Programs that COPY takes from other images, and that the program starts."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Evidence
from imgslim.model import Declined, Outcome, Rewritten
from imgslim.service import Options, slim
from tests.evidence_kit import contents, elf, run

GO = 'package main\n\nimport "os/exec"\n\nfunc main() {{ exec.Command("{word}", "-version").Run() }}\n'
FROM_ANOTHER = "COPY --from=example.com/media:6 /ffmpeg /ffprobe /usr/local/bin/\n"


def slimmed(word: str, step: str, target: str, evidence: Evidence | None = None) -> Outcome:
    """A program in Go that starts ``word``."""
    text = f'FROM golang:1.22-bookworm\n{step}WORKDIR /src\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n'
    context = MemoryContext({"main.go": GO.format(word=word), "go.mod": "module x\n\ngo 1.22\n"})
    return slim(text, context, Options(target=target, evidence=evidence or Evidence()))


@pytest.mark.parametrize(
    ("word", "step", "taken"),
    [
        ("ffmpeg", FROM_ANOTHER, True),
        ("/usr/local/bin/ffmpeg", FROM_ANOTHER, True),
        ("/opt/ffmpeg", "COPY --from=example.com/media:6 /ffmpeg /opt/ffmpeg\n", True),
        # Twins: one that another folder has, one that is not started, one of the context.
        ("ffmpeg", "COPY --from=example.com/media:6 /ffmpeg /opt/ffmpeg\n", False),
        ("/opt/ffplay", FROM_ANOTHER, False),
    ],
)
def test_what_the_program_starts(word: str, step: str, taken: bool) -> None:  # noqa: FBT001
    """It goes along by itself to the builder's own family; what it is linked with nobody read."""
    outcome = slimmed(word, step, "debian-slim")
    path = word if word.startswith("/") else f"/usr/local/bin/{word}"
    if not taken:
        assert isinstance(outcome, Declined) or f"{path} {path}" not in outcome.after  # type: ignore[union-attr]
        return
    assert isinstance(outcome, Rewritten), outcome
    assert f"COPY --from=build {path} {path}\n" in outcome.after
    assert "ffprobe /usr" not in outcome.after.partition("AS build")[2].partition("FROM debian")[2]
    (said,) = [a.message for a in outcome.plan.assumptions if a.reason == "libraries-unproven"]
    assert f"what {path} of example.com/media:6 is linked with and opens was not read" in said


@pytest.mark.parametrize("target", ["scratch", "alpine", "busybox"])
def test_another_family(target: str) -> None:
    """What it is linked with is not there."""
    outcome = slimmed("ffmpeg", FROM_ANOTHER, target)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "needs-command"
    assert "of example.com/media:6" in outcome.message


def test_where_the_image_was_looked_into() -> None:
    """Then that is known."""
    path, app = "/usr/local/bin/ffmpeg", "/app"
    built = contents({path: 1, app: 2}, instructions=(1, 4), elves={path: elf(), app: elf()})
    seen = run({app: Access.EXECUTED, path: Access.EXECUTED}, (app,), (path, "-version"))
    outcome = slimmed("ffmpeg", FROM_ANOTHER, "scratch", Evidence(built, seen))
    assert isinstance(outcome, Rewritten), outcome
    assert f"COPY --from=build {path} {path}\n" in outcome.after
    assert not outcome.plan.assumptions


UV = "FROM python:3.12-bookworm\n{how}WORKDIR /app\nCOPY . .\nRUN uv sync\n{start}\n"
FROM_IMAGE = "COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /uvx /bin/\n"


@pytest.mark.parametrize(
    ("how", "start", "expected"),
    [
        (FROM_IMAGE, 'CMD ["uv", "run", "main.py"]', "COPY --from=build /bin/uv /bin/uv\n"),
        (FROM_IMAGE, "CMD uv run --no-sync main.py", "COPY --from=build /bin/uv /bin/uv\n"),
        (FROM_IMAGE, 'ENTRYPOINT ["uv", "run"]\nCMD ["python", "main.py"]', "COPY --from=build /bin/uv /bin/uv\n"),
        ("RUN pip install uv\n", 'CMD ["uv", "run", "main.py"]', "COPY --from=build /usr/local/bin /usr/local/bin\n"),
        # Where nothing says where it is, the target is not known to have it.
        ("RUN curl -LsSf https://astral.sh/uv/install.sh | sh\n", 'CMD ["uv", "run", "main.py"]', ""),
        # A twin that does not need it when it runs.
        (FROM_IMAGE, 'CMD ["/app/.venv/bin/python", "main.py"]', "COPY --from=build /app /app\n"),
    ],
)
def test_what_starts_the_program_and_stays(how: str, start: str, expected: str) -> None:
    """``uv run`` brings the environment up to date at each start: it is needed where the program runs."""
    context = {"main.py": "print(1)\n", "pyproject.toml": '[project]\nname = "x"\nversion = "1"\n', "uv.lock": ""}
    outcome = slim(UV.format(how=how, start=start), MemoryContext(dict(context)), Options(target="auto"))
    if not expected:
        assert isinstance(outcome, Declined)
        assert outcome.reason == "needs-command"
        return
    assert isinstance(outcome, Rewritten), outcome
    assert expected in outcome.after
    assert ("COPY --from=build /bin/uv " in outcome.after) is ("/bin/uv" in expected)


@pytest.mark.parametrize(
    ("base", "start", "target"),
    [
        (
            "ghcr.io/astral-sh/uv:python3.12-bookworm",
            'CMD ["uv", "run", "main.py"]',
            "ghcr.io/astral-sh/uv:python3.12-bookworm-slim",
        ),
        (
            "ghcr.io/astral-sh/uv:0.8-python3.12-bookworm",
            'CMD ["/app/.venv/bin/python", "main.py"]',
            "ghcr.io/astral-sh/uv:0.8-python3.12-bookworm-slim",
        ),
        # It is small already, or it is not known where its Python is.
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", 'CMD ["uv", "run", "main.py"]', ""),
        ("ghcr.io/astral-sh/uv:debian", 'CMD ["uv", "run", "main.py"]', ""),
    ],
)
def test_a_base_that_holds_it(base: str, start: str, target: str) -> None:
    """The small member of the same family has it, too."""
    context = {"main.py": "print(1)\n", "pyproject.toml": '[project]\nname = "x"\nversion = "1"\n', "uv.lock": ""}
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\nRUN uv sync\n{start}\n"
    outcome = slim(text, MemoryContext(dict(context)))
    assert isinstance(outcome, Rewritten) is bool(target), outcome
    assert not target or f"\nFROM {target}\n" in outcome.after  # type: ignore[union-attr]


def test_a_base_that_was_looked_into() -> None:
    """What starts the program is the base image's own there."""
    base, uv = "ghcr.io/astral-sh/uv:python3.12-bookworm", "/usr/local/bin/uv"
    context = {"main.py": "print(1)\n", "pyproject.toml": '[project]\nname = "x"\nversion = "1"\n', "uv.lock": ""}
    text = f'FROM {base}\nWORKDIR /app\nCOPY . .\nRUN uv sync\nCMD ["uv", "run", "main.py"]\n'
    files = {uv: 0, "/usr/local/bin/python3.12": 0, "/app/main.py": 2}
    built = contents(files, instructions=(2, 3), elves={uv: elf()}, links={"/usr/local/bin/python3": "python3.12"})
    outcome = slim(text, MemoryContext(dict(context)), Options(target=f"{base}-slim", evidence=Evidence(built)))
    assert isinstance(outcome, Rewritten), outcome
