"""BuildKit's raw progress becomes lines, whatever its formatting."""

from __future__ import annotations

import base64
import json

import pytest

from imgslim.engine.progress import Progress


def log(vertex: str, text: str) -> dict[str, object]:
    """A status with one piece of a step's output."""
    return {"logs": [{"vertex": vertex, "data": base64.b64encode(text.encode()).decode()}]}


STATUSES: list[dict[str, object]] = [
    {"vertexes": [{"digest": "a", "name": "[1/2] FROM x"}]},
    {"vertexes": [{"digest": "a", "name": "[1/2] FROM x", "started": "now"}]},
    {"vertexes": [{"digest": "a", "name": "[1/2] FROM x", "started": "now", "completed": "now"}]},
    {"vertexes": [{"digest": "b", "name": "[2/2] RUN make", "started": "now"}], "statuses": [{"id": "x"}]},
    log("b", "cc -c a.c\nüü {not json}\n"),
    {"vertexes": [{"digest": "c", "name": "COPY", "error": "rpc: context canceled"}]},
    {"vertexes": [{"digest": "b", "name": "[2/2] RUN make", "started": "now", "error": "exit code: 2"}]},
]
LINES = ["  [1/2] FROM x", "  [2/2] RUN make", "    cc -c a.c", "    üü {not json}"]


@pytest.mark.parametrize("indent", [None, 4], ids=["one object a line", "pretty-printed"])
@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_objects_are_read_in_any_pieces(indent: int | None, size: int) -> None:
    """Both formats, cut anywhere, give the same lines, errors and plain text."""
    text = "WARNING: something\n" + "\n".join(json.dumps(one, indent=indent, ensure_ascii=False) for one in STATUSES)
    data = (text + "\nDockerfile:3\nERROR: failed to solve: it {failed}\n").encode()
    lines: list[str] = []
    progress = Progress(lines.append)
    for at in range(0, len(data), size):
        progress.feed(data[at : at + size])
    progress.close()
    assert lines == LINES
    assert progress.plain == ["WARNING: something", "Dockerfile:3", "ERROR: failed to solve: it {failed}"]
    assert progress.errors == [("[2/2] RUN make", "exit code: 2")]
    assert progress.failure == ("cc -c a.c", "üü {not json}")


def test_without_a_failing_step_the_plain_lines_are_the_failure() -> None:
    """A file that BuildKit refuses has no step that printed anything."""
    progress = Progress(None)
    progress.feed(b"ERROR: dockerfile parse error")
    progress.close()
    assert progress.failure == ("ERROR: dockerfile parse error",)


def test_a_brace_that_begins_no_object_is_plain_in_the_end() -> None:
    """What never becomes an object is not lost."""
    progress = Progress(None)
    progress.feed(b"{ this is no object\nand more\n")
    progress.close()
    assert progress.plain == ["{ this is no object", "and more"]


def test_log_data_that_is_not_base64_is_shown_as_it_is() -> None:
    """An unknown encoding is better shown raw than lost."""
    lines: list[str] = []
    progress = Progress(lines.append)
    progress.feed(b'{"logs":[{"vertex":"a","data":"plain words!"}]}\n')
    progress.close()
    assert lines == ["    plain words!"]


def test_a_line_that_comes_in_pieces() -> None:
    """Programs that don't buffer write word by word, and may end without a line end; a character may be cut, too."""
    lines: list[str] = []
    progress = Progress(lines.append)
    for piece in ("Using ", "Python", " ", "3.13\n", "one\r", "two\r\nthree\n\n", "y" * 9000, "z\n", "the end"):
        progress.feed(json.dumps(log("a", piece)).encode())
    for half in ("ü\n".encode()[:1], "ü\n".encode()[1:]):
        progress.feed(json.dumps({"logs": [{"vertex": "b", "data": base64.b64encode(half).decode()}]}).encode())
    said = ["Using Python 3.13", "one", "two", "three", "", "y" * 9000, "z", "ü"]
    assert lines == [f"    {line}" for line in said]
    progress.feed(b'{"vertexes":[{"digest":"a","name":"RUN","completed":"now"}]}')
    assert lines[-1] == "    the end"


def test_only_the_last_lines_are_kept() -> None:
    """A build that prints for ever stays within memory."""
    progress = Progress(None)
    for number in range(1000):
        progress.feed(json.dumps(log("b", f"line {number}\n")).encode())
    progress.feed(b'{"vertexes":[{"digest":"b","name":"RUN","error":"x"}]}')
    assert len(progress.failure) == 30
    assert progress.failure[-1] == "line 999"
