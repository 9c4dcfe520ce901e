/** An editor in a browser: code-server with the packaged extension, and the handful of gestures that the tests make. */

import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium, type Browser, type Locator, type Page } from "playwright-core";

const HERE = import.meta.dirname;
const ENTRY = join(HERE, "node_modules/code-server/out/node/entry.js");
const PACKAGE = join(HERE, "../imgslim.vsix");
/** Milliseconds for anything to appear, on a machine that does much else. */
const PATIENCE = 30_000;

const SETTINGS = {
  "diffEditor.renderSideBySideInlineBreakpoint": 400,
  "editor.fontFamily": "'DejaVu Sans Mono'",
  "editor.minimap.enabled": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off", // in a browser it is on by default
  "telemetry.telemetryLevel": "off",
  "workbench.activityBar.location": "hidden",
  "workbench.editor.empty.hint": "hidden",
  "workbench.layoutControl.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** A running editor. */
export class Editor {
  readonly page: Page;
  readonly #home: string;
  readonly #server: ChildProcess;
  readonly #browser: Browser;

  private constructor(home: string, server: ChildProcess, browser: Browser, page: Page) {
    this.#home = home;
    this.#server = server;
    this.#browser = browser;
    this.page = page;
  }

  /** Start one on a folder; `path` is its PATH, `settings` are the user's. */
  static async start(folder: string, path: string, settings: Record<string, unknown> = {}): Promise<Editor> {
    const home = mkdtempSync(join(tmpdir(), "imgslim-editor-"));
    const data = join(home, "data");
    mkdirSync(join(data, "User"), { recursive: true });
    writeFileSync(join(data, "User/settings.json"), JSON.stringify({ ...SETTINGS, ...settings }));
    const places = ["--config", join(home, "config.yaml"), "--user-data-dir", data, "--extensions-dir", join(home, "ext")];
    const env = { ...process.env, HOME: home, PATH: path };
    execFileSync(process.execPath, [ENTRY, ...places, "--install-extension", PACKAGE], { env, stdio: "pipe" });
    const port = await free();
    const server = spawn(
      process.execPath,
      [ENTRY, ...places, "--auth", "none", "--bind-addr", `127.0.0.1:${String(port)}`, "--disable-telemetry",
        "--disable-update-check", "--disable-getting-started-override"],
      { env, stdio: ["ignore", "pipe", "pipe"] },
    );
    const url = `http://127.0.0.1:${String(port)}/?folder=${encodeURIComponent(folder)}`;
    try {
      await answers(url, server);
      const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
      const page = await browser.newPage({ viewport: { width: 1100, height: 560 } });
      page.setDefaultTimeout(PATIENCE);
      await page.goto(url);
      await page.locator(".monaco-workbench").waitFor();
      return new Editor(home, server, browser, page);
    } catch (error) {
      server.kill();
      throw error;
    }
  }

  /** End it and remove what it left. */
  async stop(): Promise<void> {
    await this.#browser.close();
    const ended = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#server.kill();
    await ended;
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Open a file that lies at the top of the folder. */
  async open(file: string): Promise<void> {
    await this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${file}"]`).dblclick();
    await this.text().first().waitFor();
  }

  /** Give a command by its name in the palette. */
  async command(name: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input").fill(`>${name}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().click();
  }

  /** The lines of the editor in front. */
  text(): Locator {
    return this.page.locator(".editor-instance > .monaco-editor .view-lines");
  }

  /** An entry of the light bulb's list. */
  action(name: string | RegExp): Locator {
    return this.page.locator(".action-widget .monaco-list-row", { hasText: name }).first();
  }

  /** Take an entry of the light bulb's list. */
  async take(name: string | RegExp): Promise<void> {
    const entry = this.action(name);
    await entry.waitFor();
    for (let i = 0; i < 20 && !/\bfocused\b/.test((await entry.getAttribute("class")) ?? ""); i++) {
      await this.page.keyboard.press("ArrowDown");
    }
    await this.page.keyboard.press("Enter"); // the list does not take a click while the mouse rests outside
  }

  /** An entry of the quick pick. */
  pick(name: string | RegExp): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first();
  }

  /** Open the light bulb's list in the first line. */
  async bulb(): Promise<void> {
    const bulb = this.page.locator("[class*=gutter-lightbulb]").first();
    const split = this.action("Split into builder");
    // The editor looks for it when the cursor has moved and rests, and closes the list again where an answer comes late:
    // a longer rest each time.
    for (let rest = 250; rest < PATIENCE; rest *= 2) {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("Control+End");
      await this.page.waitForTimeout(rest);
      await this.page.keyboard.press("Control+Home");
      await appears(bulb);
      await this.page.keyboard.press("Control+.");
      if (await appears(split)) {
        return;
      }
    }
    await split.waitFor();
  }

  /** Press the check mark above the diff. */
  async apply(): Promise<void> {
    await this.page.locator(".editor-actions [aria-label^='Apply the Split']").first().click();
  }

  /** The lines on the right-hand side of the diff in front. */
  proposed(): Locator {
    return this.page.locator(".monaco-diff-editor .editor.modified .view-lines");
  }

  /** Keep a picture of what a test that failed saw last. */
  async keep(test: { readonly name: string; readonly passed?: boolean }): Promise<void> {
    if (test.passed !== true) {
      await this.page.screenshot({ path: join(HERE, "node_modules/failed", `${test.name.replace(/\W+/g, "-")}.png`) });
    }
  }

  /** Take a picture where pictures are wanted. */
  async picture(name: string): Promise<void> {
    const folder = process.env["PICTURES"];
    if (folder !== undefined) {
      await this.page.waitForTimeout(500); // animations
      await this.page.screenshot({ path: join(folder, `${name}.png`) });
    }
  }
}

/** Does something come to be seen within a few seconds? */
async function appears(what: Locator): Promise<boolean> {
  return what.waitFor({ timeout: 3000 }).then(
    () => true,
    () => false,
  );
}

/** A port that nothing listens on. */
async function free(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Wait until the server answers. */
async function answers(url: string, server: ChildProcess): Promise<void> {
  let said = "";
  server.stdout?.on("data", (data: Buffer) => (said += data.toString()));
  server.stderr?.on("data", (data: Buffer) => (said += data.toString()));
  const end = Date.now() + PATIENCE;
  while (Date.now() < end && server.exitCode === null) {
    if (await fetch(url).then((answer) => answer.ok, () => false)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`code-server does not answer:\n${said}`);
}
