/** The server's process and the client that talks to it. */

import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";

import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, State, type Middleware } from "vscode-languageclient/node";

import { find, interpreter, type Found } from "./discovery.ts";
import { absent, failure, type Absence, type Message } from "./messages.ts";
import { follow, interpreters } from "./python.ts";
import * as settings from "./settings.ts";
import { SELECTOR, type Status } from "./status.ts";
import { TraceChannel } from "./trace.ts";
import { machine, NEUTRAL } from "./world.ts";

/** Characters of standard error that are kept to tell why a server ended. */
const KEPT = 4096;

/** One server at a time, looked for anew at each start. */
export class Server implements vscode.Disposable {
  #client: LanguageClient | undefined;
  /** Starts and stops wait for each other. */
  #turn: Promise<void> = Promise.resolve();
  /** What standard error ended with, and the code that the process ended with. */
  #end = { errors: "", code: null as number | null };

  readonly #log: vscode.LogOutputChannel;
  readonly #trace: TraceChannel;
  readonly #status: Status;
  readonly #middleware: Middleware;
  readonly #tell: (message: Message) => void;

  constructor(
    log: vscode.LogOutputChannel,
    status: Status,
    middleware: Middleware,
    tell: (message: Message) => void,
  ) {
    this.#log = log;
    this.#trace = new TraceChannel(log);
    this.#status = status;
    this.#middleware = middleware;
    this.#tell = tell;
  }

  /** The client of the server that runs; undefined where there is none. */
  get client(): LanguageClient | undefined {
    return this.#client?.state === State.Running ? this.#client : undefined;
  }

  /** Look for the server and start it; one that runs is stopped first. */
  async restart(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      await this.#stop();
      await this.#start();
    });
    return this.#turn;
  }

  /** The interpreter that a click may install imgslim into. */
  async interpreter(): Promise<string | undefined> {
    return interpreter(settings.wanted(await this.#interpreters()), machine());
  }

  /** Start anew whenever another interpreter is chosen. */
  async follow(): Promise<vscode.Disposable | undefined> {
    return follow(() => void this.restart(), this.#line);
  }

  dispose(): void {
    this.#trace.dispose();
    void this.#stop();
  }

  readonly #line = (line: string): void => {
    this.#log.info(line);
  };

  async #interpreters(): Promise<readonly string[]> {
    // Asking for them may start programs of the workspace.
    return vscode.workspace.isTrusted ? interpreters(this.#line) : [];
  }

  async #start(): Promise<void> {
    this.#status.starting();
    const wanted = settings.wanted(await this.#interpreters());
    const found = await find(wanted, machine(), this.#line);
    if (found === undefined) {
      await this.#fail(wanted.path === "" ? { kind: "not-found" } : { kind: "wrong-path", path: wanted.path });
      return;
    }
    const words = [found.program, ...found.args, "lsp"];
    this.#log.info(`imgslim ${found.version} from ${found.origin}: ${words.join(" ")}`);
    const client = this.#made(found);
    this.#client = client;
    try {
      await client.start();
      this.#status.running(found);
    } catch (error) {
      this.#log.error(String(error));
      this.#client = undefined;
      await this.#fail(failure(found.program, this.#end.errors, this.#end.code));
    }
  }

  #made(found: Found): LanguageClient {
    return new LanguageClient("imgslim", "imgslim", async () => Promise.resolve(this.#spawned(found)), {
      documentSelector: SELECTOR,
      outputChannel: this.#log,
      traceOutputChannel: this.#trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: settings.initializationOptions(),
      // What went wrong is told once, by this extension, with what to do about it.
      initializationFailedHandler: () => false,
      middleware: this.#middleware,
    });
  }

  #spawned(found: Found): ChildProcessWithoutNullStreams {
    const end = { errors: "", code: null as number | null };
    this.#end = end;
    const child = spawn(found.program, [...found.args, "lsp"], { cwd: NEUTRAL, windowsHide: true });
    child.stderr.on("data", (data: Buffer) => {
      end.errors = (end.errors + data.toString()).slice(-KEPT);
    });
    child.on("error", (error) => {
      end.errors += `${error.message}\n`; // the program has gone since it answered
    });
    child.on("exit", (code) => {
      end.code = code;
    });
    return child;
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.#log.warn(`The server did not stop by itself: ${String(error)}`);
    }
  }

  async #fail(absence: Absence): Promise<void> {
    const message = absent(absence, vscode.workspace.isTrusted, (await this.interpreter()) !== undefined);
    this.#status.stopped(message.text);
    this.#log.warn(message.text);
    this.#tell(message);
  }
}
