/** The messages between editor and server, in the log where the setting asks for them. */

import * as vscode from "vscode";

import * as settings from "./settings.ts";

/**
 * The log as the client library wants it for its trace. The library traces at the log's level Trace alone, which
 * settings can't choose; here `imgslim.trace.server` says whether it does, and lines come out at the level Info.
 */
export class TraceChannel implements vscode.LogOutputChannel {
  readonly name: string;
  readonly onDidChangeLogLevel: vscode.Event<vscode.LogLevel>;
  readonly #log: vscode.LogOutputChannel;
  readonly #parts: { dispose(): unknown }[];

  constructor(log: vscode.LogOutputChannel) {
    const changed = new vscode.EventEmitter<vscode.LogLevel>();
    this.#log = log;
    this.name = log.name;
    this.onDidChangeLogLevel = changed.event;
    const configured = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("imgslim.trace.server")) {
        changed.fire(this.logLevel);
      }
    });
    this.#parts = [changed, configured];
  }

  get logLevel(): vscode.LogLevel {
    return settings.traces() ? vscode.LogLevel.Trace : this.#log.logLevel;
  }

  trace(message: string): void {
    this.#log.info(message);
  }

  debug(message: string): void {
    this.#log.debug(message);
  }

  info(message: string): void {
    this.#log.info(message);
  }

  warn(message: string): void {
    this.#log.warn(message);
  }

  error(error: string | Error): void {
    this.#log.error(error);
  }

  append(value: string): void {
    this.#log.append(value);
  }

  appendLine(value: string): void {
    this.#log.appendLine(value);
  }

  replace(value: string): void {
    this.#log.replace(value);
  }

  clear(): void {
    this.#log.clear();
  }

  show(): void {
    this.#log.show();
  }

  hide(): void {
    this.#log.hide();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#parts).dispose();
  }
}
