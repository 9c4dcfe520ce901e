/** Splits shown as a diff before they are made: the documents on the right-hand side, and what is done with them. */

import * as vscode from "vscode";
import {
  CodeActionKind,
  CodeActionRequest,
  CodeActionResolveRequest,
  type LanguageClient,
} from "vscode-languageclient/node";

import { offersOf, proposalOf, type Offer, type Offers, type Proposal } from "./proposal.ts";

/** The scheme of the documents on the right-hand side. */
export const SCHEME = "imgslim-preview";

/** Milliseconds without a change of the file after which its preview is made anew. */
const DELAY = 300;

/** One preview. */
interface Shown {
  readonly source: vscode.Uri;
  readonly target: string;
  readonly title: string;
  version: number;
  /** Undefined where the server offers this split no more. */
  proposal: Proposal | undefined;
}

/** All previews that are open. */
export class Previews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #shown = new Map<string, Shown>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #parts: { dispose(): unknown }[];
  readonly onDidChange = this.#changed.event;

  /** The client of the server that runs. */
  readonly #client: () => LanguageClient | undefined;

  constructor(client: () => LanguageClient | undefined) {
    this.#client = client;
    this.#parts = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.#follow(event.document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#shown.delete(document.uri.toString())),
    ];
  }

  dispose(): void {
    this.#timers.forEach((timer) => {
      clearTimeout(timer);
    });
    vscode.Disposable.from(...this.#parts).dispose();
  }

  /** The text on the right-hand side; the file's own where there is nothing to propose any more. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const shown = this.#shown.get(uri.toString());
    if (shown === undefined) {
      return "";
    }
    return shown.proposal?.text ?? (await vscode.workspace.openTextDocument(shown.source)).getText();
  }

  /** Show a split of a file as a diff; without a target the user is asked for one. */
  async open(source: vscode.Uri, target?: string): Promise<void> {
    const client = this.#client();
    if (client === undefined) {
      void vscode.window.showWarningMessage("The imgslim server is not running.");
      return;
    }
    const document = await vscode.workspace.openTextDocument(source);
    const offers = await listed(client, document);
    const offer = target === undefined ? await picked(offers) : offers.offers.find((o) => o.target === target);
    if (offer === undefined) {
      if (target !== undefined || offers.offers.length + offers.refusals.length === 0) {
        void vscode.window.showInformationMessage(`imgslim has no split to show for ${name(source)}.`);
      }
      return;
    }
    const shown: Shown = { source, target: offer.target, title: offer.title, version: -1, proposal: undefined };
    await this.#renew(shown, client, offer);
    const uri = source.with({ scheme: SCHEME, query: JSON.stringify({ source: source.toString(), target: offer.target }) });
    this.#shown.set(uri.toString(), shown);
    this.#changed.fire(uri);
    await vscode.commands.executeCommand("vscode.diff", source, uri, `${name(source)}: ${offer.title}`);
  }

  /** Make the split that the active diff shows. */
  async apply(): Promise<void> {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    const input = tab?.input;
    const uri = input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
    const shown = uri === undefined ? undefined : this.#shown.get(uri.toString());
    if (tab === undefined || uri === undefined || shown === undefined) {
      void vscode.window.showInformationMessage("Open the preview of a split first.");
      return;
    }
    const before = shown.proposal?.text;
    const document = await vscode.workspace.openTextDocument(shown.source);
    if (document.version !== shown.version) {
      await this.#renew(shown, this.#client());
      this.#changed.fire(uri);
    }
    const { proposal } = shown;
    if (proposal === undefined) {
      void vscode.window.showWarningMessage(`imgslim does not offer this split of ${name(shown.source)} any more.`);
    } else if (proposal.text !== before) {
      void vscode.window.showInformationMessage(`${name(shown.source)} has changed: look at the new preview first.`);
    } else if ((await agreed(proposal)) && document.version === shown.version) {
      await made(shown.source, proposal);
      await vscode.window.tabGroups.close(tab);
      await vscode.window.showTextDocument(document);
    }
  }

  /** Ask for the split of the file's text as it is now. */
  async #renew(shown: Shown, client: LanguageClient | undefined, known?: Offer): Promise<void> {
    const document = await vscode.workspace.openTextDocument(shown.source);
    shown.version = document.version;
    shown.proposal = undefined;
    if (client === undefined) {
      return;
    }
    const offer = known ?? (await listed(client, document)).offers.find((o) => o.target === shown.target);
    if (offer !== undefined) {
      const { version } = document;
      const text = document.getText();
      const action =
        offer.action.edit === undefined
          ? await client.sendRequest(CodeActionResolveRequest.type, offer.action)
          : offer.action;
      const uri = client.code2ProtocolConverter.asUri(document.uri);
      shown.proposal = action.edit === undefined ? undefined : proposalOf(action.edit, uri, version, text);
    }
  }

  /** A file has changed: make its previews anew once it is left alone. */
  #follow(document: vscode.TextDocument): void {
    for (const [key, shown] of this.#shown) {
      if (shown.source.toString() === document.uri.toString()) {
        clearTimeout(this.#timers.get(key));
        const again = setTimeout(() => {
          this.#timers.delete(key);
          // The file may change again meanwhile; then the next timer puts right what this one leaves.
          void this.#renew(shown, this.#client())
            .catch(() => undefined)
            .then(() => {
              this.#changed.fire(vscode.Uri.parse(key));
            });
        }, DELAY);
        this.#timers.set(key, again);
      }
    }
  }
}

/** Every split that the server offers or refuses for a document. */
async function listed(client: LanguageClient, document: vscode.TextDocument): Promise<Offers> {
  const start = { line: 0, character: 0 };
  const actions = await client.sendRequest(CodeActionRequest.type, {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(document),
    range: { start, end: start },
    context: { diagnostics: [], only: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite] },
  });
  return offersOf(actions);
}

/** Ask which split to show. */
async function picked(offers: Offers): Promise<Offer | undefined> {
  interface Item extends vscode.QuickPickItem {
    offer?: Offer;
  }
  const items: Item[] = offers.offers.map((offer) => ({
    label: offer.title,
    ...(offer.preferred ? { description: "preferred" } : {}),
    offer,
  }));
  if (offers.refusals.length > 0) {
    items.push({ label: "not possible", kind: vscode.QuickPickItemKind.Separator });
    items.push(...offers.refusals.map((refusal) => ({ label: refusal.title, detail: refusal.why })));
  }
  if (items.length === 0) {
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title: "Preview as a Diff", matchOnDetail: true }))?.offer;
}

/** Ask whether what a split rests on holds; a safe one asks nothing. */
async function agreed(proposal: Proposal): Promise<boolean> {
  if (proposal.rests === "") {
    return true;
  }
  const detail = { modal: true, detail: proposal.rests };
  return (await vscode.window.showWarningMessage("This split is not known to be safe.", detail, "Apply")) === "Apply";
}

/** Make the edits in the file's buffer; it is not saved. */
async function made(source: vscode.Uri, proposal: Proposal): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    source,
    proposal.edits.map(({ range, newText }) => {
      const { start, end } = range;
      return new vscode.TextEdit(new vscode.Range(start.line, start.character, end.line, end.character), newText);
    }),
  );
  if (!(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showErrorMessage(`${name(source)} could not be changed.`);
  }
}

function name(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf("/") + 1);
}
