"""What a program with computed paths may open: data goes along, what people and build tools read does not."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim
from imgslim.syntax import read
from imgslim.syntax.instructions import words

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
        (("LICENSE-APACHE2.0", "LICENSE-MIT", "LICENCE.txt", "COPYING.LESSER", "UNLICENSE"), []),
        (("license-texts.html", "licenses.json", "copying.c3"), ["copying.c3", "license-texts.html", "licenses.json"]),
        (("Jenkinsfile", "Procfile", "skaffold.yaml", "fly.toml"), []),
        (("profile", "fly.yaml.tmpl", "pipelines.yml"), ["fly.yaml.tmpl", "pipelines.yml", "profile"]),
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


MANIFEST = b"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\n"


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("deployment.yaml", MANIFEST, False),
        ("k8s/deployment.yml", MANIFEST, False),
        # Twins: other settings, and another kind of file that holds the same words.
        ("deployment.yaml", b"kind: Deployment\nreplicas: 3\n", True),
        ("deployment.yaml", b"items:\n- apiVersion: v1\n  kind: Pod\n", True),
        ("deployment.tmpl", MANIFEST, True),
    ],
)
def test_what_says_how_to_run_the_image(name: str, content: bytes, taken: bool) -> None:  # noqa: FBT001
    """A manifest for Kubernetes is nothing that the program reads; what stays behind is named."""
    text = 'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o /bin/app main.c\nCMD ["app"]\n'
    outcome = slim(text, MemoryContext({"main.c": COMPUTED, name: content}))
    assert isinstance(outcome, Rewritten)
    assert ("COPY --from=build /app/" in outcome.after) is taken
    assert (f"/app/{name}" in outcome.plan.assumptions[0].message) is not taken


@pytest.mark.parametrize("count", [3, 4, 13, 40])
def test_many_files_beside_each_other(count: int) -> None:
    """Where any may be opened all go along, be they many: a few by themselves, more in one COPY."""
    source = '#include <stdio.h>\nint main(int n, char **a) { return fopen(a[1], "r") == 0; }\n'
    names = [f"page{n}.txt" for n in range(count)]
    text = 'FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN gcc -o x x.c\nCMD ["./x"]\n'
    outcome = slim(text, MemoryContext({"x.c": source, **dict.fromkeys(names, "")}), Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten)
    copies = _copies(outcome.after, "/app/page")
    assert sorted(path for *sources, _ in copies for path in sources) == sorted(f"/app/{name}" for name in names)
    assert len(copies) == (count if count < 4 else 1)
    assert all(len(line) < 120 for line in outcome.after.splitlines())


def _copies(text: str, start: str) -> list[list[str]]:
    """Sources and destination of each COPY from the build stage of which the first source begins so."""
    found = [[word.text for word in words(node)] for node in read(text).instructions if node.keyword == "COPY"]
    return [paths for paths in found if paths[0].startswith(start)]


def test_files_put_together() -> None:
    """All that is said of any stands above; a folder has a line of its own, and a blank in a name asks for JSON."""
    source = '#include <stdio.h>\nint main(int n, char **a) { return fopen(a[1], "r") == 0; }\n'
    names = ["a b.txt", "c.txt", "d.txt", "passwords.txt", "more/x.txt"]
    text = 'FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN gcc -o x x.c\nCMD ["./x"]\n'
    context = MemoryContext({"x.c": source, **dict.fromkeys(names, "")})
    outcome = slim(text, context, Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten)
    assert (
        "# Files below /app that the program may open\n# passwords.txt looks like a secret; the original image holds "
        'it, too\nCOPY --from=build ["/app/a b.txt", "/app/c.txt", "/app/d.txt", "/app/passwords.txt", "/app/"]\n'
    ) in outcome.after
    assert "COPY --from=build /app/more /app/more\n" in outcome.after


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
