/** A split from light bulb to undo. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, describe, test } from "node:test";

import { Editor } from "./editor.ts";
import { PATH, Project } from "./project.ts";

describe("a program whose split is safe", () => {
  let project: Project;
  let editor: Editor;

  before(async () => {
    project = new Project().environment();
    editor = await Editor.start(project.folder, PATH, { "security.workspace.trust.enabled": false });
    await editor.open("Dockerfile");
  });

  afterEach(async (test) => editor.keep(test));

  after(async () => {
    await editor.stop();
    project.remove();
  });

  const saved = async (text: string): Promise<void> => {
    await editor.page.keyboard.press("Control+S");
    await project.becomes(text);
  };

  const previewed = async (target: string): Promise<void> => {
    await editor.bulb();
    await editor.take("Preview a split as a diff…");
    await editor.pick(target).click();
    await editor.proposed().getByText(`FROM ${target}`).waitFor();
  };

  test("the light bulb offers the split for each target", async () => {
    await editor.page.locator(".squiggly-info").first().waitFor();
    await editor.bulb();
    await editor.action(/Split into builder \+ scratch$/).waitFor();
    await editor.action("Split into builder + busybox:glibc").waitFor();
    await editor.action("Preview a split as a diff…").waitFor();
    await editor.picture("light-bulb");
    await editor.page.keyboard.press("Escape");
  });

  test("an action changes the file to what the command line writes, and undo takes it back", async () => {
    const expected = project.rewritten("scratch");
    await editor.bulb();
    await editor.take(/Split into builder \+ scratch$/);
    await editor.text().getByText("FROM scratch").waitFor();
    await saved(expected);
    await editor.page.keyboard.press("Control+Z");
    await saved(project.original);
  });

  test("a preview changes nothing until it is applied; then it is the same change, and undo takes it back", async () => {
    const expected = project.rewritten("busybox:glibc");
    await previewed("busybox:glibc");
    await editor.picture("preview");
    assert.equal(readFileSync(project.file, "utf8"), project.original);
    await editor.apply();
    await editor.text().getByText("FROM busybox:glibc").waitFor();
    assert.equal(readFileSync(project.file, "utf8"), project.original, "it is for the user to save");
    await saved(expected);
    await editor.page.keyboard.press("Control+Z");
    await saved(project.original);
  });

  test("a preview follows the file", async () => {
    await previewed("scratch");
    await editor.open("Dockerfile");
    await editor.page.keyboard.press("Control+Home");
    await editor.page.keyboard.type("# typed meanwhile\n");
    await editor.page.locator(".tab", { hasText: "Split into builder" }).click();
    await editor.proposed().getByText("# typed meanwhile").waitFor();
    await editor.apply();
    await editor.text().getByText("FROM scratch").waitFor();
    const text = `# typed meanwhile\n${project.rewritten("scratch")}`;
    await saved(text);
  });
});
