/** What is read out of the server's actions, and the text that the diff shows. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CodeAction, TextEdit, WorkspaceEdit } from "vscode-languageserver-protocol";

import { offersOf, proposalOf, targetOf } from "../src/proposal.ts";

const URI = "file:///shop/Dockerfile";
const TEXT = "FROM gcc\nRUN gcc -o a a.c\nCMD [\"./a\"]\n";

const insert = (line: number, character: number, newText: string): TextEdit => ({
  range: { start: { line, character }, end: { line, character } },
  newText,
});
const EDITS = [insert(0, 8, " AS build"), insert(2, 0, "\nFROM scratch\nCOPY --from=build /a /a\n")];
const AFTER = "FROM gcc AS build\nRUN gcc -o a a.c\n\nFROM scratch\nCOPY --from=build /a /a\nCMD [\"./a\"]\n";
const versioned = (version: number | null, uri = URI): WorkspaceEdit => ({
  documentChanges: [{ textDocument: { uri, version }, edits: EDITS }],
});

describe("actions", () => {
  const split: CodeAction = {
    title: "Split into builder + scratch",
    isPreferred: true,
    data: { uri: URI, version: 1, target: "scratch" },
  };
  const refused: CodeAction = { title: "Split into builder + alpine", disabled: { reason: "musl [newer-libc]" } };

  test("splits and refusals are told apart; others are left out", () => {
    const other: CodeAction = { title: "Remove the pragma", edit: {} };
    const { offers, refusals } = offersOf([other, split, refused, { title: "Run", command: "run" }]);
    assert.deepEqual(offers, [{ target: "scratch", title: split.title, preferred: true, action: split }]);
    assert.deepEqual(refusals, [{ title: refused.title, why: "musl [newer-libc]" }]);
  });

  test("an action that is refused is no offer, whatever it carries", () => {
    const { offers } = offersOf([{ ...split, disabled: { reason: "no" } }]);
    assert.deepEqual(offers, []);
  });

  test("no answer is no offer", () => {
    assert.deepEqual(offersOf(null), { offers: [], refusals: [] });
  });

  test("only a target that is a string is one", () => {
    assert.equal(targetOf(split), "scratch");
    for (const data of [undefined, null, "scratch", 3, {}, { target: 3 }]) {
      assert.equal(targetOf({ data }), undefined);
    }
  });
});

describe("the text that the diff shows", () => {
  test("is the document with the edits made", () => {
    assert.deepEqual(proposalOf(versioned(4), URI, 4, TEXT), { text: AFTER, edits: EDITS, rests: "" });
    assert.equal(proposalOf({ changes: { [URI]: EDITS } }, URI, 4, TEXT).text, AFTER);
    assert.equal(proposalOf(versioned(null), URI, 4, TEXT).text, AFTER);
  });

  test("keeps CRLF, and counts columns in UTF-16", () => {
    const crlf = "FROM gcc # 🐳\r\nRUN x\r\n";
    const edits = [insert(0, 13, "!"), insert(1, 0, "# y\r\n")];
    assert.equal(proposalOf({ changes: { [URI]: edits } }, URI, 1, crlf).text, "FROM gcc # 🐳!\r\n# y\r\nRUN x\r\n");
  });

  test("is refused for another version, another file, or what is no edit of text", () => {
    assert.throws(() => proposalOf(versioned(3), URI, 4, TEXT), /version 3/);
    assert.throws(() => proposalOf(versioned(4, "file:///other"), URI, 4, TEXT), /other/);
    assert.throws(() => proposalOf({ changes: { "file:///other": EDITS } }, URI, 4, TEXT), /other/);
    const moved: WorkspaceEdit = { documentChanges: [{ kind: "delete", uri: URI }] };
    assert.throws(() => proposalOf(moved, URI, 4, TEXT), /delete/);
  });

  test("what a split rests on is what must be agreed to; a safe one has nothing to agree to", () => {
    const annotated = (needsConfirmation: boolean, description?: string): WorkspaceEdit => ({
      documentChanges: [
        { textDocument: { uri: URI, version: 4 }, edits: EDITS.map((e) => ({ ...e, annotationId: "imgslim" })) },
      ],
      changeAnnotations: {
        imgslim: { label: "Split", needsConfirmation, ...(description === undefined ? {} : { description }) },
      },
    });
    assert.equal(proposalOf(annotated(true, "It rests on: x [y]"), URI, 4, TEXT).rests, "It rests on: x [y]");
    assert.equal(proposalOf(annotated(true), URI, 4, TEXT).rests, "Split");
    assert.equal(proposalOf(annotated(false, "nothing"), URI, 4, TEXT).rests, "");
  });
});
