/** Findings that wait for the file to be saved. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Held } from "../src/held.ts";

test("what waits is shown once, at the save, and only the newest", () => {
  const held = new Held<string>();
  assert.equal(held.takes("a", "old", true), false);
  assert.equal(held.takes("a", "new", true), false);
  assert.equal(held.release("a"), "new");
  assert.equal(held.release("a"), undefined);
});

test("what does not wait is shown at once, and what waited before it is void", () => {
  const held = new Held<string>();
  held.takes("a", "old", true);
  assert.equal(held.takes("a", "new", false), true);
  assert.equal(held.release("a"), undefined);
});

test("documents don't mix, and a closed one leaves nothing", () => {
  const held = new Held<string>();
  held.takes("a", "of a", true);
  held.takes("b", "of b", true);
  held.forget("a");
  assert.equal(held.release("a"), undefined);
  assert.equal(held.release("b"), "of b");
});
