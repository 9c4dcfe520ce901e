/** What the light bulb shows beside, or in place of, the server's own actions. */

import * as vscode from "vscode";

import { targetOf } from "./proposal.ts";
import type { Preview } from "./settings.ts";

/** Add the preview to the actions for a document, or put it before each of them. */
export function withPreview(
  document: vscode.TextDocument,
  actions: readonly (vscode.Command | vscode.CodeAction)[],
  preview: Preview,
): (vscode.Command | vscode.CodeAction)[] {
  const splits = actions.filter((a): a is vscode.CodeAction => targetOf(a) !== undefined && !("disabled" in a && a.disabled));
  const first = splits[0];
  if (first === undefined) {
    return [...actions];
  }
  if (preview === "always") {
    return actions.map((action) => {
      const target = targetOf(action);
      return target !== undefined && splits.includes(action as vscode.CodeAction)
        ? shows(document, action as vscode.CodeAction, action.title, target)
        : action;
    });
  }
  return [...actions, shows(document, first, "Preview a split as a diff…")];
}

/** An action that shows the diff: of the split that it stands for, else of the one that the user chooses. */
function shows(document: vscode.TextDocument, like: vscode.CodeAction, title: string, target?: string): vscode.CodeAction {
  const action = new vscode.CodeAction(title, like.kind);
  const chosen = target === undefined ? [] : [target];
  action.command = { command: "imgslim.preview", title, arguments: [document.uri, ...chosen] };
  action.isPreferred = target !== undefined && like.isPreferred === true;
  if (like.diagnostics !== undefined) {
    action.diagnostics = like.diagnostics;
  }
  return action;
}
