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
