"""Make Dockerfiles as people write them: the same ones for the same seed.

The mixture follows a public collection of 88,866 single-stage Dockerfiles, of which 3,000 were counted. There a file
has 20 lines by median and 29 by mean (here 24 and 30), 8 and 10 instructions (9 and 11), 2 and 3.7 RUN (3 and 4.0) with
6 and 9.7 commands (8 and 10.5); by mean 1.5 ENV or ARG, 1.3 COPY or ADD, 0.5 CMD, 0.3 ENTRYPOINT, 0.4 WORKDIR, 0.4
EXPOSE. Bases stand by their share there, with more of gcc and golang, of which there is work to do.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BASES = {
    "ubuntu:22.04": 9, "ubuntu": 9, "debian:bookworm": 5, "debian:11-slim": 4, "alpine:3.19": 7, "alpine": 7,
    "python:3.11": 4, "python:3.9-slim": 4, "node:20": 4, "node:18-alpine": 4, "golang:1.21": 2, "golang": 2,
    "gcc:13": 2, "gcc": 2, "centos:7": 5, "nginx": 3, "openjdk:17-jdk": 7, "ruby:3.2": 4, "php:8-fpm": 5,
    "registry.example.org/team/base:1.4": 15,
}  # fmt: skip
#: Lines of a file, each of these as often: the deciles' middles of the collection above.
_LENGTHS = (3, 8, 11, 15, 18, 23, 29, 37, 50, 81)
_PACKAGES = (
    "curl", "git", "build-essential", "ca-certificates", "libssl-dev", "python3-pip", "wget", "cmake", "zlib1g-dev",
    "libpq-dev", "unzip", "pkg-config", "vim", "sudo",
)  # fmt: skip
_NAMES = ("app", "server", "api", "worker", "tool", "site", "proxy", "agent")


def _package_step(chance: random.Random) -> Iterator[str]:
    packages = chance.sample(_PACKAGES, chance.randint(2, 6))
    if chance.random() < 0.5:
        yield "RUN apt-get update && apt-get install -y --no-install-recommends \\"
        yield from (f"    {name} \\" for name in packages)
        yield "    && rm -rf /var/lib/apt/lists/*"
    else:
        yield f"RUN apt-get update && apt-get install -y {' '.join(packages)}"


def _download_step(chance: random.Random) -> Iterator[str]:
    name = chance.choice(_NAMES)
    yield f"ENV {name.upper()}_VERSION={chance.randint(0, 9)}.{chance.randint(0, 30)}"
    yield f"RUN curl -fsSL https://example.org/{name}-${{{name.upper()}_VERSION}}.tar.gz | tar xz -C /opt \\"
    yield f"    && cd /opt/{name}-${{{name.upper()}_VERSION}} && ./configure --prefix=/usr/local && make -j$(nproc) \\"
    yield "    && make install"


def _copy_step(chance: random.Random) -> Iterator[str]:
    name = chance.choice(_NAMES)
    yield chance.choice(
        (f"COPY {name} /opt/{name}", f"ADD {name}.conf /etc/{name}/", f'COPY ["{name}", "/srv/{name}"]')
    )


def _env_step(chance: random.Random) -> Iterator[str]:
    yield chance.choice(("ENV LANG=C.UTF-8", "ENV PATH /opt/bin:$PATH", 'ENV MODE="production" LEVEL=2', "ARG DEBUG=0"))


def _file_step(chance: random.Random) -> Iterator[str]:
    name = chance.choice(_NAMES)
    yield chance.choice(
        (
            f"RUN mkdir -p /var/{name} && chown -R www-data:www-data /var/{name}",
            f"RUN chmod +x /opt/{name}",
            f"RUN useradd -m {name}",
            f'RUN echo "export LEVEL=1" >> /etc/{name}.sh',
            f"RUN sed -i 's/80/8080/' /etc/{name}",
        )
    )


def _comment_step(chance: random.Random) -> Iterator[str]:
    yield ""
    yield f"# Install what the {chance.choice(_NAMES)} asks for."


def _blank_step(_: random.Random) -> Iterator[str]:
    yield ""


_STEPS: tuple[Callable[[random.Random], Iterator[str]], ...] = (
    _package_step, _package_step, _download_step, _copy_step, _copy_step, _env_step, _file_step, _comment_step,
    _comment_step, _comment_step, _comment_step, _blank_step, _blank_step, _blank_step, _blank_step, _blank_step,
)  # fmt: skip


def _end(chance: random.Random, base: str) -> Iterator[str]:
    name = chance.choice(_NAMES)
    builds = base.startswith(("golang", "gcc"))
    if builds or chance.random() < 0.4:
        yield "WORKDIR /src"
    if builds or chance.random() < 0.3:
        yield "COPY . ."
    if base.startswith("golang"):
        yield f"RUN CGO_ENABLED=0 go build -o /usr/local/bin/{name} ."
    elif base.startswith("gcc"):
        yield f"RUN gcc -O2 -o /usr/local/bin/{name} main.c"
    elif base.startswith("python"):
        yield "RUN pip install --no-cache-dir -r requirements.txt"
    elif base.startswith("node"):
        yield "RUN npm install"
    if chance.random() < 0.4:
        yield f"EXPOSE {chance.choice((80, 3000, 8000, 8080))}"
    if builds or chance.random() < 0.65:
        yield chance.choice((f'CMD ["{name}"]', f"CMD {name} --port 80", f'ENTRYPOINT ["/usr/local/bin/{name}"]'))


def ordinary(seed: int, lines: int = 0, base: str = "") -> str:
    """One file.

    Args:
        seed: what it is made from.
        lines: how long it becomes, about; 0 for a length of the collection.
        base: its base image; "" for any.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    base = base or chance.choices(tuple(_BASES), tuple(_BASES.values()))[0]
    lines = lines or chance.choice(_LENGTHS)
    found = [f"FROM {base}", *(["LABEL maintainer=someone@example.org"] if chance.random() < 0.5 else [])]
    end = list(_end(chance, base))
    while len(found) + len(end) < lines:
        found += chance.choice(_STEPS)(chance)
    return "\n".join([*found, *end]) + "\n"
