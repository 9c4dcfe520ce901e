/** The extension's settings, read once for each use. */

import * as vscode from "vscode";

import type { Wanted } from "./discovery.ts";

/** When findings are shown. */
export type Run = "onType" | "onSave";
/** When an action shows a diff before anything changes. */
export type Preview = "onRequest" | "always";

/** Settings that take another server, or the same one started again. */
export const STARTING = ["imgslim.path", "imgslim.target", "imgslim.prefer", "imgslim.delay"] as const;

/** When findings are shown. */
export function run(): Run {
  return section().get<Run>("run", "onType");
}

/** When an action shows a diff before anything changes. */
export function preview(): Preview {
  return section().get<Preview>("preview", "onRequest");
}

/** Are the messages between editor and server logged? */
export function traces(): boolean {
  return section().get<string>("trace.server", "off") !== "off";
}

/** What the server is told when it starts; `delay` in milliseconds. */
export function initializationOptions(): { delay: number; target: string; prefer: string } {
  const found = section();
  return {
    delay: found.get("delay", 200),
    target: found.get("target", "").trim(),
    prefer: found.get("prefer", ""),
  };
}

/** What discovery asks of the editor, besides the interpreters. */
export function wanted(interpreters: readonly string[]): Wanted {
  return {
    // In an untrusted workspace the editor leaves out what the workspace sets: see package.json, restrictedConfigurations.
    path: section().get("path", "").trim(),
    folders: (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === "file").map((f) => f.uri.fsPath),
    trusted: vscode.workspace.isTrusted,
    interpreters,
  };
}

function section(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("imgslim");
}
