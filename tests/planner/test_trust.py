"""What lies in the folders of the trust store: the store goes along by rules, all else like any other file."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_KEY = "/etc/ssl/private/server.key"
_MADE = f"RUN openssl req -x509 -nodes -newkey rsa:2048 -keyout {_KEY} -out /etc/ssl/certs/server.crt -subj /CN=x\n"
_BUNDLE = "COPY --from=build /etc/ssl/certs/ca-certificates.crt"
#: By language: base, build, sources that open a path, and the entry.
_PROGRAMS = {
    "c": (
        "gcc:12-bookworm",
        "RUN gcc -o app main.c\n",
        {"main.c": '#include <stdio.h>\nint main(void) { return fopen("PATH", "r") == 0; }\n'},
        '["./app"]',
    ),
    "go": (
        "golang:1.24-bookworm",
        "RUN go build -o /app/app .\n",
        {"main.go": 'package main\n\nimport "os"\n\nfunc main() { os.ReadFile("PATH") }\n', "go.mod": "module x\n"},
        '["./app"]',
    ),
    "node": (
        "node:20-bookworm",
        "RUN npm --version\n",
        {"main.js": 'require("fs").readFileSync("PATH");\n', "package.json": "{}\n"},
        '["node", "main.js"]',
    ),
}


def rewritten(language: str, steps: str, path: str) -> Rewritten:
    """A program that opens one path, on the smallest target that reading alone takes."""
    base, build, files, entry = _PROGRAMS[language]
    text = f"FROM {base}\n{steps}WORKDIR /app\nCOPY . .\n{build}CMD {entry}\n"
    context = {name: content.replace("PATH", path) for name, content in files.items()} | {"server.key": "key\n"}
    outcome = slim(text, MemoryContext(context), Options())
    assert isinstance(outcome, Rewritten), outcome
    return outcome


@pytest.mark.parametrize("language", _PROGRAMS)
@pytest.mark.parametrize("steps", [_MADE, f"COPY server.key {_KEY}\n"], ids=["made", "copied"])
def test_a_key_beside_the_trust_store(language: str, steps: str) -> None:
    """It goes along, and nothing is asked of the trust store."""
    outcome = rewritten(language, steps, _KEY)
    assert f"COPY --from=build {_KEY} {_KEY}\n" in outcome.after
    assert _BUNDLE not in outcome.after


@pytest.mark.parametrize("language", _PROGRAMS)
def test_the_trust_store_in_one_file(language: str) -> None:
    """It goes along by the rule, and settles all."""
    outcome = rewritten(language, _MADE, "/etc/ssl/certs/ca-certificates.crt")
    assert _BUNDLE in outcome.after
    assert not outcome.plan.assumptions


@pytest.mark.parametrize("path", ["/etc/ssl/certs", "/etc/ssl/certs/", "/etc/ssl/certs/Team_Root.pem"])
def test_a_folder_of_certificates(path: str) -> None:
    """What it holds beside the one file is not known."""
    outcome = rewritten("c", "", path)
    assert {a.reason for a in outcome.plan.assumptions} == {"file-unproven"}
    assert (_BUNDLE in outcome.after) is not path.endswith(".pem")


@pytest.mark.parametrize(("command", "is_open"), [("ls /etc/ssl/certs", True), ("ls /app", False)])
def test_a_script_that_lists_the_folder(command: str, is_open: bool) -> None:  # noqa: FBT001
    """So it is where a script names the folder."""
    base, build, files, _ = _PROGRAMS["c"]
    text = f'FROM {base}\nWORKDIR /app\nCOPY . .\n{build}CMD ["/app/go.sh"]\n'
    script = {"go.sh": f"#!/bin/sh\n{command}\nexec ./app\n", "main.c": files["main.c"].replace("PATH", "/dev/null")}
    outcome = slim(text, MemoryContext(script), Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten), outcome
    assert ("file-unproven" in {a.reason for a in outcome.plan.assumptions}) is is_open
