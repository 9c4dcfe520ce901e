/** Where the parts are put together. */

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";

import { withPreview } from "./actions.ts";
import { REQUIREMENT } from "./discovery.ts";
import { Held } from "./held.ts";
import { LABELS, type Deed, type Message } from "./messages.ts";
import { targetOf } from "./proposal.ts";
import { Previews } from "./previews.ts";
import { Server } from "./server.ts";
import * as settings from "./settings.ts";
import { Status } from "./status.ts";

/** Called by the editor when a Dockerfile is opened or a command is given. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("imgslim", { log: true });
  const status = new Status();
  const held = new Held<() => void>();
  const tell = (message: Message): void => void told(message, context, server);
  const server = new Server(log, status, middleware(held), tell);
  const previews = new Previews(() => server.client);
  const restart = async (): Promise<void> => server.restart();

  context.subscriptions.push(
    log,
    status,
    server,
    previews,
    vscode.commands.registerCommand("imgslim.restart", restart),
    vscode.commands.registerCommand("imgslim.showLog", () => {
      log.show();
    }),
    vscode.commands.registerCommand("imgslim.install", async () => install(server)),
    vscode.commands.registerCommand("imgslim.preview", async (uri?: vscode.Uri, target?: string) => {
      const source = uri ?? vscode.window.activeTextEditor?.document.uri;
      if (source !== undefined) {
        await previews.open(source, target);
      }
    }),
    vscode.commands.registerCommand("imgslim.applyPreview", async () => previews.apply()),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      if (server.client === undefined) {
        void restart(); // a new folder may bring an environment; a server that runs is told by the client
      }
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (settings.STARTING.some((name) => event.affectsConfiguration(name))) {
        void restart();
      }
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      held.release(document.uri.toString())?.();
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      held.forget(document.uri.toString());
    }),
  );
  void restart();
  void server.follow().then((following) => following !== undefined && context.subscriptions.push(following));
}

function middleware(held: Held<() => void>): Middleware {
  return {
    provideCodeActions: async (document, range, context, token, next) => {
      const actions = await next(document, range, context, token);
      return withPreview(document, actions ?? [], settings.preview());
    },
    // What the server did not list it can't resolve.
    resolveCodeAction: (item, token, next) => (targetOf(item) === undefined ? item : next(item, token)),
    handleDiagnostics: (uri, diagnostics, next) => {
      const key = uri.toString();
      const show = (): void => {
        next(uri, diagnostics);
      };
      const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === key);
      if (held.takes(key, show, settings.run() === "onSave" && document?.isDirty === true)) {
        show();
      }
    },
  };
}

/** Show a message and do what its button says. */
async function told(message: Message, context: vscode.ExtensionContext, server: Server): Promise<void> {
  const buttons = message.deeds.map((deed) => ({ title: LABELS[deed], deed }));
  const chosen = await vscode.window.showWarningMessage(message.text, ...buttons);
  const deeds: Record<Deed, () => Thenable<unknown>> = {
    install: async () => install(server),
    help: async () => vscode.commands.executeCommand("markdown.showPreview", help(context)),
    log: async () => vscode.commands.executeCommand("imgslim.showLog"),
    setting: async () => vscode.commands.executeCommand("workbench.action.openSettings", "imgslim.path"),
    trust: async () => vscode.commands.executeCommand("workbench.trust.manage"),
    restart: async () => server.restart(),
  };
  if (chosen !== undefined) {
    await deeds[chosen.deed]();
  }
}

/** The chapter of the extension's own README: it is there without a network. */
function help(context: vscode.ExtensionContext): vscode.Uri {
  return vscode.Uri.joinPath(context.extensionUri, "README.md").with({ fragment: "install-the-server" });
}

/** Install imgslim into the workspace's environment, where the user can watch, and start it. */
async function install(server: Server): Promise<void> {
  const python = await server.interpreter();
  if (python === undefined) {
    void vscode.window.showWarningMessage("There is no Python environment in this workspace that is trusted.");
    return;
  }
  const execution = new vscode.ProcessExecution(python, ["-m", "pip", "install", REQUIREMENT]);
  const definition = { type: "process", imgslim: "install" };
  const task = new vscode.Task(definition, vscode.TaskScope.Workspace, "install imgslim", "imgslim", execution);
  const ended = vscode.tasks.onDidEndTaskProcess((event) => {
    if (event.execution.task.name === task.name && event.execution.task.source === task.source) {
      ended.dispose();
      if (event.exitCode === 0) {
        void server.restart();
      }
    }
  });
  await vscode.tasks.executeTask(task);
}
