"""What a program with computed paths may open: data goes along, what people and build tools read does not."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

COMPUTED = b'#include <stdio.h>\nint main(int c, char **v) { return fopen(v[c - 1], "r") == 0; }\n'
LITERAL = b'#include <stdio.h>\nint main(int c, char **v) { fopen("README.md", "r"); return fopen(v[1], "r") == 0; }\n'


def copied(source: bytes, *files: str) -> list[str]:
    """The context files and folders that go along beside the program."""
    text = 'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o /bin/app main.c\nCMD ["app"]\n'
    outcome = slim(text, MemoryContext({"main.c": source, **dict.fromkeys(files, b"x")}))
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == ["data-files-unproven"]
    lines = (line.split()[-1] for line in outcome.after.splitlines() if line.startswith("COPY --from"))
    return [path.removeprefix("/app/") for path in lines if path.startswith("/app/")]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("a.html",), ["a.html"]),
        (("pages/a.html", "pages/b.html"), ["pages"]),
        (("README.md", "LICENSE", "Makefile", "pages/a.html"), ["pages"]),
        (("docs/README.md", "CHANGELOG.md"), []),
        # Beside data it goes along with the folder.
        (("pages/a.html", "pages/README.md"), ["pages"]),
        # Twins: other names, and other files of the same kind.
        (("readme-en.md", "posts/first.md", "rules.mkv"), ["posts", "readme-en.md", "rules.mkv"]),
        (("tests/a.html", ".env", "cert.pem"), []),
        (("app.secret", "secrets/token", "credentials.json", "id_rsa"), []),
        (("secretary.html", "passwords.txt"), ["passwords.txt", "secretary.html"]),
    ],
)
def test_what_may_be_opened(files: tuple[str, ...], expected: list[str]) -> None:
    """Each at the highest folder that holds nothing else."""
    assert copied(COMPUTED, *files) == expected


def test_what_is_named_goes_along() -> None:
    """A literal that names the documentation is a program that shows it."""
    assert copied(LITERAL, "README.md", "LICENSE") == ["README.md"]


@pytest.mark.parametrize(
    ("steps", "files", "said"),
    [
        (
            "COPY . .",
            ("passwords.txt",),
            "# Files below /app that the program may open\n# passwords.txt looks like a secret",
        ),
        (
            "COPY main.c .\nCOPY id_rsa /keys/",
            ("id_rsa",),
            "# id_rsa looks like a secret; the original image holds it, too",
        ),
        ("COPY main.c .\nCOPY conf /conf", ("conf/a.txt", "conf/tls.key"), "# tls.key looks like a secret"),
        ("COPY main.c .\nCOPY conf /conf", ("conf/a.txt", "conf/keys.txt"), ""),
        ("COPY main.c .", ("id_rsa",), ""),
        ("COPY . .\nRUN echo x > /etc/token.secret", (), ""),
    ],
)
def test_what_looks_like_a_secret(steps: str, files: tuple[str, ...], said: str) -> None:
    """It goes along only where the author named it, or as data; the new file says so."""
    text = f'FROM gcc:12-bookworm\nWORKDIR /app\n{steps}\nRUN gcc -o /bin/app main.c\nCMD ["app"]\n'
    outcome = slim(text, MemoryContext({"main.c": COMPUTED, **dict.fromkeys(files, b"x")}))
    assert isinstance(outcome, Rewritten)
    assert ("looks like a secret" in outcome.after) is bool(said)
    assert said in outcome.after
    assert "COPY --from=build /etc/token.secret" not in outcome.after


@pytest.mark.parametrize("count", [3, 13, 40])
def test_many_files_beside_each_other(count: int) -> None:
    """Where any may be opened all go along, be they many."""
    source = '#include <stdio.h>\nint main(int n, char **a) { return fopen(a[1], "r") == 0; }\n'
    names = [f"page{n}.txt" for n in range(count)]
    text = 'FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN gcc -o x x.c\nCMD ["./x"]\n'
    outcome = slim(text, MemoryContext({"x.c": source, **dict.fromkeys(names, "")}), Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten)
    assert all(f"COPY --from=build /app/{name} " in outcome.after for name in names)


@pytest.mark.parametrize(("module", "taken"), [("example.com/sdk", True), ("github.com/spf13/cobra", False)])
def test_code_that_nobody_read(module: str, taken: bool) -> None:  # noqa: FBT001
    """What it is given may be a name of any file; a module that was read opens none."""
    source = f'package main\n\nimport sdk "{module}"\n\nfunc main() {{ sdk.Run() }}\n'
    context = {"main.go": source, "go.mod": f"module x\n\nrequire {module} v1.0.0\n", "go.sum": "", "rows/a.csv": ""}
    text = 'FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN go build -o x .\nCMD ["./x"]\n'
    outcome = slim(text, MemoryContext(dict(context)), Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten)
    assert ("COPY --from=build /app/rows " in outcome.after) is taken


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [(".gitkeep", "", True), (".keep", "", True), (".gitignore", "*\n", True), (".hidden", "x", False)],
)
def test_a_folder_that_is_kept_empty(name: str, content: str, taken: bool) -> None:  # noqa: FBT001
    """The program may write into it; a hidden file that holds something is none that only keeps the place."""
    source = '#include <stdio.h>\nint main(int n, char **a) { return fopen(a[1], "w") == 0; }\n'
    text = 'FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN gcc -o x x.c\nCMD ["./x"]\n'
    context = MemoryContext({"x.c": source, f"uploads/{name}": content})
    outcome = slim(text, context, Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten)
    assert ("COPY --from=build /app/uploads " in outcome.after) is taken
