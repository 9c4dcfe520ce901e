/** A split that rests on assumptions, with a preview before each action and findings at the save. */

import { after, afterEach, before, describe, test } from "node:test";

import { Editor } from "./editor.ts";
import { PATH, Project } from "./project.ts";

/** What it opens can't be told from its sources. */
const SOURCE = `#include <stdio.h>
int main(int argc, char **argv) {
    FILE *words = fopen(argc > 1 ? argv[1] : "words.txt", "r");
    return words == NULL ? 1 : fgetc(words) == EOF;
}
`;

describe("a program whose split rests on assumptions", () => {
  let project: Project;
  let editor: Editor;

  before(async () => {
    project = new Project(SOURCE).environment();
    editor = await Editor.start(project.folder, PATH, {
      "security.workspace.trust.enabled": false,
      "imgslim.preview": "always",
      "imgslim.run": "onSave",
    });
    await editor.open("Dockerfile");
  });

  afterEach(async (test) => editor.keep(test));

  after(async () => {
    await editor.stop();
    project.remove();
  });

  test("findings wait for the save", async () => {
    const { page } = editor;
    await page.locator(".squiggly-info").first().waitFor();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("BROKEN\n");
    await page.waitForTimeout(2000); // ten times as long as the server waits
    if ((await page.locator(".squiggly-error").count()) > 0) {
      throw new Error("unsaved text is reported on");
    }
    await page.keyboard.press("Control+S");
    await page.locator(".squiggly-error").first().waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(project.original);
    await page.keyboard.press("Control+S");
    await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
    await project.becomes(project.original);
  });

  test("the action shows the diff, and applying it asks, with every assumption named", async () => {
    const { page } = editor;
    const expected = project.rewritten("scratch");
    await editor.bulb();
    await editor.take(/Split into builder \+ scratch \(unsafe/);
    await editor.proposed().getByText("FROM scratch").waitFor();
    await editor.apply();
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.getByText("not known to be safe").waitFor();
    await dialog.getByText(/\[[a-z-]+\]/).first().waitFor();
    await editor.picture("assumptions");
    await dialog.getByText("Cancel").click();
    await editor.apply();
    await dialog.getByText("Apply", { exact: true }).click();
    await editor.text().getByText("FROM scratch").waitFor();
    await page.keyboard.press("Control+S");
    await project.becomes(expected);
  });
});
