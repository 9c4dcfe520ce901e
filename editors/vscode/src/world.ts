/** The machine as it is. */

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter } from "node:path";

import type { Answer, Command, World } from "./discovery.ts";

/** Milliseconds for `imgslim --version`, which takes a tenth of a second on a machine at rest. */
const PATIENCE = 20_000;

/** Where a program is started that must not find anything of the workspace beside it. */
export const NEUTRAL = homedir();

/** This machine. */
export function machine(): World {
  return {
    windows: process.platform === "win32",
    home: homedir(),
    path: (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""),
    executable,
    real: async (path) => realpath(path).catch(() => path),
    run,
  };
}

async function executable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function run(command: Command): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { cwd: NEUTRAL, timeout: PATIENCE, windowsHide: true };
    execFile(command.program, command.args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ kind: "said", output: stdout });
      } else {
        const last = stderr.trimEnd().split("\n").at(-1) ?? "";
        resolve({ kind: "failed", why: last === "" ? error.message : last });
      }
    });
  });
}
