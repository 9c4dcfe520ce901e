"""Programs that the kernel gives to node by their first line."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Application, NeedKind, Rewritten
from imgslim.service import Options, slim
from imgslim.toolchains.node import TOOLCHAIN
from tests.toolchains.node.support import BUILD, package, read

_ENV = (NeedKind.COMMAND, "/usr/bin/env")


def _started(text: str, *argv: str) -> Application | object | None:
    files = {"package.json": package(), "bin/run": text, "lib.js": "require('fs').readFileSync('/etc/mail.rc')"}
    return TOOLCHAIN.runs(argv, "/app", read(files, f'CMD ["{argv[0]}"]'))


@pytest.mark.parametrize(
    ("line", "interpreter", "by_env"),
    [
        ("#!/usr/bin/env node", "node", True),
        ("#! /usr/bin/env  node ", "node", True),
        ("#!/usr/bin/env -S node --no-warnings", "node", True),
        ("#!/usr/local/bin/node", "/usr/local/bin/node", False),
        ("#!/usr/bin/nodejs --enable-source-maps", "/usr/bin/nodejs", False),
    ],
)
@pytest.mark.parametrize("word", ["./bin/run", "/app/bin/run"])
def test_a_script_of_the_context(line: str, interpreter: str, word: str, *, by_env: bool) -> None:
    """It is read as what node starts, and env comes along where it looks for node."""
    app = _started(f"{line}\nrequire('../lib')\n", word, "--port", "80")
    assert isinstance(app, Application)
    assert (app.interpreter, [t.path for t in app.trees]) == (interpreter, ["/app"])
    needs = {(n.kind, n.value) for n in app.needs}
    assert (NeedKind.FILE, "/etc/mail.rc") in needs
    assert (_ENV in needs) is by_env


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\nnode lib.js\n",
        "#!/usr/bin/env nodemon\n",
        "#!/usr/bin/env node\r\nrequire('../lib')\r\n",
        "require('../lib')\n",
        "// #!/usr/bin/env node\n",
        "#!/usr/bin/env deno\n// not node\n",
        "\n#!/usr/bin/env node\n",
    ],
)
def test_what_the_kernel_gives_to_another(text: str) -> None:
    """Or to none: a shell's script, a line that ends in a carriage return, no first line at all."""
    assert _started(text, "./bin/run") is None


def test_the_entry_keeps_its_words() -> None:
    """The script stays the entry, on an image that has env."""
    files = MemoryContext({"package.json": package(), "cli.js": "#!/usr/bin/env node\nconsole.log(process.argv)\n"})
    outcome = slim(f'{BUILD}ENTRYPOINT ["/app/cli.js"]\n', files, Options())
    assert isinstance(outcome, Rewritten)
    assert "FROM node:20-slim\n" in outcome.after
    assert outcome.after.endswith('WORKDIR /app\nENTRYPOINT ["/app/cli.js"]\n')
