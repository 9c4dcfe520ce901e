/** The entry in the status of the language, beside a Dockerfile. */

import * as vscode from "vscode";

import type { Found } from "./discovery.ts";

/** Documents that the server looks at. */
export const SELECTOR = [
  { scheme: "file", language: "dockerfile" },
  { scheme: "untitled", language: "dockerfile" },
];

/** What the server is at. */
export class Status implements vscode.Disposable {
  readonly #item = vscode.languages.createLanguageStatusItem("imgslim", SELECTOR);

  constructor() {
    this.#item.name = "imgslim";
    this.starting();
  }

  starting(): void {
    this.#item.text = "imgslim";
    this.#item.detail = "starting";
    this.#item.busy = true;
    this.#item.severity = vscode.LanguageStatusSeverity.Information;
    this.#item.command = { command: "imgslim.showLog", title: "Show Log" };
  }

  running(found: Found): void {
    this.#item.busy = false;
    this.#item.text = `imgslim ${found.version}`;
    this.#item.detail = `from ${found.origin}`;
    this.#item.command = { command: "imgslim.restart", title: "Restart" };
  }

  stopped(why: string): void {
    this.#item.busy = false;
    this.#item.text = "imgslim: no server";
    this.#item.detail = why;
    this.#item.severity = vscode.LanguageStatusSeverity.Warning;
    this.#item.command = { command: "imgslim.restart", title: "Look Again" };
  }

  dispose(): void {
    this.#item.dispose();
  }
}
