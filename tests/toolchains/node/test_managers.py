"""Command lines of package managers."""

from __future__ import annotations

import pytest

from imgslim.toolchains.node.managers import read_call


@pytest.mark.parametrize(
    ("text", "manager", "verb", "operands"),
    [
        ("npm start", "npm", "run", "start"),
        ("npm run-script x -- --port 3", "npm", "run", "x --port 3"),
        ("npm run -s x --silent", "npm", "run", "x"),
        ("/usr/local/bin/npm i", "npm", "install", ""),
        ("npm clean-install --only production", "npm", "ci", ""),
        ("npm exec -- next start", "npm", "exec", "next start"),
        ("npx -y serve -s build", "npm", "exec", "serve -s build"),
        ("yarn", "yarn", "install", ""),
        ("yarn start --port 3", "yarn", "run", "start --port 3"),
        ("yarn next start", "yarn", "run", "next start"),
        ("yarn node x.js", "yarn", "node", "x.js"),
        ("yarn global add serve", "yarn", "global", "add serve"),
        ("pnpm start -- -p", "pnpm", "run", "start -p"),
        ("pnpm exec next", "pnpm", "exec", "next"),
        ("corepack pnpm start", "pnpm", "run", "start"),
        ("corepack enable", "corepack", "", ""),
    ],
)
def test_verbs(text: str, manager: str, verb: str, operands: str) -> None:
    """What a manager is told to do, and with what."""
    call = read_call(text.split())
    assert call is not None
    assert (call.manager, call.verb, " ".join(call.operands)) == (manager, verb, operands)


@pytest.mark.parametrize(
    ("text", "folder", "package"),
    [
        ("npm --prefix web run x", "web", ""),
        ("npm start --prefix=web", "web", ""),
        ("npm run x -w api", "", "api"),
        ("yarn --cwd web start", "web", ""),
        ("yarn workspace @a/b start", "", "@a/b"),
        ("pnpm --filter api start", "", "api"),
        ("pnpm -C web install", "web", ""),
    ],
)
def test_places(text: str, folder: str, package: str) -> None:
    """Where a manager works."""
    call = read_call(text.split())
    assert call is not None
    assert (call.folder, call.package) == (folder, package)


@pytest.mark.parametrize(
    ("text", "production", "everywhere"),
    [
        ("npm ci --omit=dev", True, False),
        ("npm ci --omit dev", True, False),
        ("npm install --production", True, False),
        ("pnpm i --prod", True, False),
        ("npm ci", False, False),
        ("npm i -g pm2", False, True),
        ("yarn global add serve", False, True),
    ],
)
def test_what_is_installed(text: str, production: bool, everywhere: bool) -> None:  # noqa: FBT001
    """Whether development's packages are left out, and whether it is for the machine."""
    call = read_call(text.split())
    assert call is not None
    assert (call.production, call.is_global) == (production, everywhere)


@pytest.mark.parametrize("text", ["node x.js", "npm run", "npx -c 'a b'", "yarn workspace a run", ""])
def test_others(text: str) -> None:
    """What starts nothing that is named, or is no manager."""
    assert read_call(text.split()) is None
