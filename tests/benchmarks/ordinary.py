"""Make Dockerfiles as people write them: the same ones for the same seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BASES = (
    "ubuntu:22.04", "ubuntu", "debian:bookworm", "debian:11-slim", "alpine:3.19", "alpine", "python:3.11",
    "python:3.9-slim", "node:20", "node:18-alpine", "golang:1.21", "golang", "gcc:13", "gcc", "centos:7", "nginx",
    "openjdk:17-jdk", "ruby:3.2", "registry.example.org/team/base:1.4",
)  # fmt: skip
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


_STEPS: tuple[Callable[[random.Random], Iterator[str]], ...] = (
    _package_step, _download_step, _copy_step, _copy_step, _env_step, _env_step, _file_step, _comment_step,
    _comment_step,
)  # fmt: skip


def _end(chance: random.Random, base: str) -> Iterator[str]:
    name = chance.choice(_NAMES)
    yield "WORKDIR /src"
    yield "COPY . ."
    if base.startswith("golang"):
        yield f"RUN CGO_ENABLED=0 go build -o /usr/local/bin/{name} ."
    elif base.startswith("gcc"):
        yield f"RUN gcc -O2 -o /usr/local/bin/{name} main.c"
    elif base.startswith("python"):
        yield "RUN pip install --no-cache-dir -r requirements.txt"
    elif base.startswith("node"):
        yield "RUN npm install"
    yield f"EXPOSE {chance.choice((80, 3000, 8000, 8080))}"
    yield chance.choice((f'CMD ["{name}"]', f"CMD {name} --port 80", f'ENTRYPOINT ["/usr/local/bin/{name}"]'))


def ordinary(seed: int, lines: int = 0, base: str = "") -> str:
    """One file.

    Args:
        seed: what it is made from.
        lines: how long it becomes, about; 0 for 10 to 50 lines.
        base: its base image; "" for any.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    base = base or chance.choice(_BASES)
    lines = lines or chance.randint(10, 50)
    found = [f"FROM {base}", "LABEL maintainer=someone@example.org"]
    end = list(_end(chance, base))
    while len(found) + len(end) < lines:
        found += chance.choice(_STEPS)(chance)
    return "\n".join([*found, *end]) + "\n"
