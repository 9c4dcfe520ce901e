/** What the user is told, and which buttons stand under it. */

/** What a button does. */
export type Deed = "install" | "help" | "log" | "setting" | "trust" | "restart";

/** A message with its buttons. */
export interface Message {
  readonly text: string;
  readonly deeds: readonly Deed[];
}

/** The words on the buttons. */
export const LABELS: Readonly<Record<Deed, string>> = {
  install: "Install into the Environment",
  help: "How to Install",
  log: "Show Log",
  setting: "Open Setting",
  trust: "Manage Trust",
  restart: "Restart",
};

/** Why there is no server. */
export type Absence =
  | { readonly kind: "not-found" }
  | { readonly kind: "wrong-path"; readonly path: string }
  | { readonly kind: "no-server"; readonly program: string }
  | { readonly kind: "failed"; readonly why: string };

/**
 * What to do where there is no server.
 *
 * @param installable whether there is an environment of the workspace that a click may install into.
 */
export function absent(absence: Absence, trusted: boolean, installable: boolean): Message {
  const install: Deed[] = installable ? ["install"] : [];
  switch (absence.kind) {
    case "wrong-path":
      return {
        text: `The setting imgslim.path names ${absence.path}, which is no imgslim that runs here.`,
        deeds: ["setting", "log"],
      };
    case "no-server":
      return {
        text: `imgslim is installed without its language server (${absence.program}).`,
        deeds: [...install, "help"],
      };
    case "failed":
      return { text: `The imgslim server does not start: ${absence.why}`, deeds: ["restart", "log"] };
    case "not-found":
      return trusted
        ? {
            text: "imgslim is neither in the workspace's Python environment nor on PATH.",
            deeds: [...install, "help", "setting"],
          }
        : {
            text:
              "imgslim is not on PATH. In a restricted workspace, programs that lie in the workspace are not run; " +
              "trust it, or install imgslim elsewhere.",
            deeds: ["trust", "help", "setting"],
          };
  }
}

/** Why a server that was found ended before it answered, from what it wrote to standard error. */
export function failure(program: string, errors: string, code: number | null): Absence {
  if (errors.includes("[not-installed]")) {
    return { kind: "no-server", program };
  }
  const last = errors.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return { kind: "failed", why: last === "" ? `it ended with code ${String(code)}.` : last };
}
