/** Projects that the editor is opened on, and what is expected of their files. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");
const IMGSLIM = join(ROOT, ".venv/bin/imgslim");

/** A PATH without imgslim. */
export const PATH = [dirname(process.execPath), "/usr/bin", "/bin"].join(":");

/** A C program's folder, in a place of its own. */
export class Project {
  readonly folder = join(mkdtempSync(join(tmpdir(), "imgslim-")), "hello");
  readonly file = join(this.folder, "Dockerfile");
  readonly original: string;

  /** With another source where one is given. */
  constructor(source?: string) {
    cpSync(join(ROOT, "fixtures/c/hello/before"), this.folder, { recursive: true });
    if (source !== undefined) {
      writeFileSync(join(this.folder, "hello.c"), source);
    }
    this.original = readFileSync(this.file, "utf8");
  }

  /** Give it a virtual environment with imgslim in it. */
  environment(): this {
    symlinkSync(join(ROOT, ".venv"), join(this.folder, ".venv"));
    return this;
  }

  /** Give it an environment whose imgslim leaves a trace when it is run; the trace's path. */
  trap(): string {
    const trace = join(dirname(this.folder), "was-run");
    const program = join(this.folder, ".venv/bin/imgslim");
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, `#!/bin/sh\ntouch '${trace}'\nexec '${IMGSLIM}' "$@"\n`);
    chmodSync(program, 0o755);
    return trace;
  }

  /** What the command line writes for the file as it is on disk. */
  rewritten(target: string): string {
    const args = ["rewrite", this.folder, "--target", target, "-o", "-"];
    const text = execFileSync(IMGSLIM, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    assert.notEqual(text, this.original);
    return text;
  }

  /** Wait until the file on disk has a text. */
  async becomes(text: string): Promise<void> {
    const end = Date.now() + 20_000;
    while (readFileSync(this.file, "utf8") !== text && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(readFileSync(this.file, "utf8"), text);
  }

  remove(): void {
    rmSync(dirname(this.folder), { recursive: true });
  }
}
