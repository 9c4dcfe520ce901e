/** What the user is told where there is no server. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { absent, failure, LABELS } from "../src/messages.ts";

describe("why a server ended", () => {
  test("the language server's package is missing", () => {
    const errors =
      "imgslim: error: The language server needs the pygls package. [not-installed]\n  help: pip install 'x[lsp]'\n";
    assert.deepEqual(failure("/usr/bin/imgslim", errors, 2), { kind: "no-server", program: "/usr/bin/imgslim" });
  });

  test("anything else is told in its own last words", () => {
    const errors = "Traceback (most recent call last):\n  File x\nImportError: no module\n";
    assert.deepEqual(failure("i", errors, 1), { kind: "failed", why: "ImportError: no module" });
    assert.deepEqual(failure("i", "", 3), { kind: "failed", why: "it ended with code 3." });
  });
});

describe("what to do", () => {
  test("an install button stands there only where a click could install", () => {
    assert.ok(absent({ kind: "not-found" }, true, true).deeds.includes("install"));
    for (const message of [
      absent({ kind: "not-found" }, true, false),
      absent({ kind: "not-found" }, false, false),
      absent({ kind: "no-server", program: "i" }, true, false),
      absent({ kind: "wrong-path", path: "/gone" }, true, true),
      absent({ kind: "failed", why: "x" }, true, true),
    ]) {
      assert.ok(!message.deeds.includes("install"), message.text);
    }
  });

  test("a restricted workspace is told that trust would help", () => {
    assert.ok(absent({ kind: "not-found" }, false, false).deeds.includes("trust"));
    assert.ok(!absent({ kind: "not-found" }, true, true).deeds.includes("trust"));
  });

  test("a wrong setting is named and can be opened", () => {
    const message = absent({ kind: "wrong-path", path: "/gone" }, true, true);
    assert.match(message.text, /imgslim\.path.*\/gone/);
    assert.ok(message.deeds.includes("setting"));
  });

  test("every button has words", () => {
    assert.equal(new Set(Object.values(LABELS)).size, Object.keys(LABELS).length);
  });
});
