/** The interpreters that the Python extension has chosen for the workspace. */

import { PythonExtension } from "@vscode/python-extension";
import * as vscode from "vscode";

/** One for each folder, without repetition; none where the Python extension is not installed. */
export async function interpreters(log: (line: string) => void): Promise<readonly string[]> {
  const python = await api(log);
  if (python === undefined) {
    return [];
  }
  const found = new Set<string>();
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const environment = await python.environments.resolveEnvironment(
      python.environments.getActiveEnvironmentPath(folder.uri),
    );
    const path = environment?.executable.uri?.fsPath;
    if (path !== undefined) {
      found.add(path);
    }
  }
  return [...found];
}

/** Call `changed` whenever another interpreter is chosen. */
export async function follow(changed: () => void, log: (line: string) => void): Promise<vscode.Disposable | undefined> {
  return (await api(log))?.environments.onDidChangeActiveEnvironmentPath(changed);
}

async function api(log: (line: string) => void): Promise<PythonExtension | undefined> {
  if (vscode.extensions.getExtension("ms-python.python") === undefined) {
    return undefined;
  }
  try {
    return await PythonExtension.api();
  } catch (error) {
    log(`The Python extension does not answer: ${String(error)}`);
    return undefined;
  }
}
