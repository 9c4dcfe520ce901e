/** What the server proposes for a document, read out of its code actions; nothing here knows the editor. */

import type { CodeAction, Command, TextEdit, WorkspaceEdit } from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";

/** A split that the server offers, its edit not asked for yet. */
export interface Offer {
  /** As `--target` takes it. */
  readonly target: string;
  readonly title: string;
  readonly preferred: boolean;
  readonly action: CodeAction;
}

/** A split that the server refuses, with the reason. */
export interface Refusal {
  readonly title: string;
  readonly why: string;
}

/** What the server answers for a document. */
export interface Offers {
  readonly offers: readonly Offer[];
  readonly refusals: readonly Refusal[];
}

/** A document as it would be. */
export interface Proposal {
  readonly text: string;
  readonly edits: readonly TextEdit[];
  /** What the user has to agree to; empty where the split is safe. */
  readonly rests: string;
}

/** The target of an action that splits a file; undefined for any other action. */
export function targetOf(action: object): string | undefined {
  const data: unknown = "data" in action ? action.data : undefined;
  if (typeof data === "object" && data !== null && "target" in data && typeof data.target === "string") {
    return data.target;
  }
  return undefined;
}

/** Sort the server's actions; those that have nothing to do with a split are left out. */
export function offersOf(actions: readonly (CodeAction | Command)[] | null): Offers {
  const offers: Offer[] = [];
  const refusals: Refusal[] = [];
  for (const action of actions ?? []) {
    if (typeof action.command === "string") {
      continue; // a bare command
    }
    const found = action as CodeAction;
    const target = targetOf(found);
    if (found.disabled !== undefined) {
      refusals.push({ title: found.title, why: found.disabled.reason });
    } else if (target !== undefined) {
      offers.push({ target, title: found.title, preferred: found.isPreferred === true, action: found });
    }
  }
  return { offers, refusals };
}

/**
 * The document that an edit makes of a text.
 *
 * @throws Error where the edit is for another document or another version of it, or creates or moves files: the server
 * never makes such an edit, and what it would do could not be shown.
 */
export function proposalOf(edit: WorkspaceEdit, uri: string, version: number, text: string): Proposal {
  const edits: TextEdit[] = [];
  let rests = "";
  for (const [where, some] of Object.entries(edit.documentChanges === undefined ? (edit.changes ?? {}) : {})) {
    if (where !== uri) {
      throw new Error(`The server would edit ${where}.`);
    }
    edits.push(...some);
  }
  for (const change of edit.documentChanges ?? []) {
    if (!("textDocument" in change)) {
      throw new Error(`The server would ${change.kind} a file.`);
    }
    const { textDocument } = change;
    if (textDocument.uri !== uri || (textDocument.version !== null && textDocument.version !== version)) {
      throw new Error(`The server would edit version ${String(textDocument.version)} of ${textDocument.uri}.`);
    }
    for (const one of change.edits) {
      if (!("newText" in one)) {
        throw new Error("The server would insert a snippet.");
      }
      const annotation = "annotationId" in one ? edit.changeAnnotations?.[one.annotationId] : undefined;
      if (annotation?.needsConfirmation === true) {
        rests = annotation.description ?? annotation.label;
      }
      edits.push({ range: one.range, newText: one.newText });
    }
  }
  const document = TextDocument.create(uri, "dockerfile", version, text);
  return { text: TextDocument.applyEdits(document, edits), edits, rests };
}
