"""Make a monorepo of many Dockerfiles: the same one for the same seed.

``python -m tests.benchmarks.monorepo FOLDER [COUNT] [SEED]`` writes it.
"""

from __future__ import annotations

import random
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.syntax import parse
from imgslim.syntax.instructions import context_sources
from tests.benchmarks.ordinary import ordinary

if TYPE_CHECKING:
    from collections.abc import Callable

#: Services of one team: one compose file or bake file says how they are built.
TEAM = 20
_MAIN = "int main(void) { return 0; }\n"
_GO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'


def _c(chance: random.Random) -> dict[str, str]:
    flags = chance.choice(("", "-O2 ", "-Wall "))
    copied = chance.choice(("COPY main.c .", "COPY . .", "WORKDIR /src\nCOPY main.c ./"))
    return {
        "Dockerfile": f'FROM gcc:{chance.randint(11, 13)}\n{copied}\nRUN gcc {flags}-o /app main.c\nCMD ["/app"]\n',
        "main.c": _MAIN,
    }


def _go(chance: random.Random) -> dict[str, str]:
    version = chance.choice(("1.21", "1.22", "1.23"))
    return {
        "Dockerfile": f"FROM golang:{version}\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nCMD /app\n",
        "go.mod": f"module example.org/app\n\ngo {version}\n",
        "main.go": _GO,
    }


def _split(chance: random.Random) -> dict[str, str]:
    """Split by hand already, as many are."""
    files = _c(chance)
    files["Dockerfile"] += 'FROM scratch\nCOPY --from=0 /app /app\nCMD ["/app"]\n'
    return files


def _ordinary(chance: random.Random) -> dict[str, str]:
    text = ordinary(chance.randrange(1 << 30))
    names = {name for name in chain(*context_sources(parse(text))) if name not in (".", "./")}
    return {"Dockerfile": text, "main.c": _MAIN, **dict.fromkeys(sorted(names), "setting = 1\n")}


_KINDS: tuple[Callable[[random.Random], dict[str, str]], ...] = (_c, _go, _split, *(7 * (_ordinary,)))


def make(folder: Path, count: int, seed: int = 1) -> None:
    """Write a tree of ``count`` Dockerfiles."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    steps = ["name: images", "on: push", "jobs:", "  build:", "    steps:"]
    for first in range(0, count, TEAM):
        team = folder / f"team-{first // TEAM:04}"
        names = [f"service-{number:05}" for number in range(first, min(first + TEAM, count))]
        for name in names:
            for path, text in chance.choice(_KINDS)(chance).items():
                target = team / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
        match first // TEAM % 3:
            case 0:
                (team / "compose.yaml").write_text(_compose(chance, names))
            case 1:
                blocks = (f'target "{n}" {{\n  context = "{n}"\n  tags = ["example.org/{n}:1"]\n}}\n' for n in names)
                (team / "docker-bake.hcl").write_text("".join(blocks))
            case _:
                steps += [f"      - run: docker build -t example.org/{n} {team.name}/{n}" for n in names]
    workflow = folder / ".github" / "workflows" / "images.yaml"
    workflow.parent.mkdir(parents=True, exist_ok=True)
    workflow.write_text("\n".join(steps) + "\n")


def _compose(chance: random.Random, names: list[str]) -> str:
    lines = ["services:"]
    for name in names:
        lines += [f"  {name}:", f"    image: example.org/{name}:1", "    build:", f"      context: ./{name}"]
        if chance.random() < 0.3:
            lines.append("      args: {LEVEL: '2'}")
        if chance.random() < 0.2:
            lines.append("    healthcheck: {test: 'wget -q http://localhost/ || exit 1'}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    make(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:]))
