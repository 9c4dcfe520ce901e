/** A workspace that is not trusted: nothing of it is run; the user is told what to do. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, before, describe, test } from "node:test";

import { Editor } from "./editor.ts";
import { PATH, Project } from "./project.ts";

describe("a workspace that is not trusted", () => {
  let project: Project;
  let editor: Editor;
  let trace: string;

  before(async () => {
    project = new Project();
    trace = project.trap();
    editor = await Editor.start(project.folder, PATH, { "security.workspace.trust.startupPrompt": "never" });
    await editor.open("Dockerfile");
  });

  afterEach(async (test) => editor.keep(test));

  after(async () => {
    await editor.stop();
    project.remove();
  });

  test("its imgslim is not run; the message says why and what would help", async () => {
    const message = editor.page.locator(".notifications-toasts", { hasText: "imgslim is not on PATH" });
    await message.waitFor();
    await message.getByText("How to Install").waitFor();
    assert.ok(!existsSync(trace));
  });

  test("it is run once the workspace is trusted", async () => {
    await editor.page.locator(".notifications-toasts").getByText("Manage Trust").click();
    await editor.page.locator(".workspace-trust-editor").getByText("Trust", { exact: true }).first().click();
    await editor.open("Dockerfile");
    await editor.page.locator(".squiggly-info").first().waitFor();
    assert.ok(existsSync(trace));
  });
});
