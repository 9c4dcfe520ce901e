/**
 * Where the server may be, in the order in which it is looked for, and whether what is there works.
 *
 * Nothing here knows the editor or the disk: a {@link World} answers, a real one or a test's.
 */

/** What the distribution is called for pip, with the extra that brings the server. */
export const REQUIREMENT = "dockerfile-imgslim[lsp]";

/** A program and the arguments that come before `lsp`. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** A place where the server may be. */
export interface Candidate extends Command {
  /** Where it comes from, for the log and for messages. */
  readonly origin: string;
}

/** A server that answered. */
export interface Found extends Candidate {
  readonly version: string;
}

/** What running `COMMAND --version` came to. */
export type Answer =
  | { readonly kind: "said"; readonly output: string }
  | { readonly kind: "failed"; readonly why: string };

/** What discovery asks of the machine. */
export interface World {
  readonly windows: boolean;
  readonly home: string;
  /** Folders of the PATH variable, in order. */
  readonly path: readonly string[];
  /** Is it a file that may be run? */
  executable(path: string): Promise<boolean>;
  /** The path with links followed; the path itself where it leads nowhere. */
  real(path: string): Promise<string>;
  /** Runs a command outside the workspace's folders and waits for it. */
  run(command: Command): Promise<Answer>;
}

/** What discovery asks of the editor. */
export interface Wanted {
  /** The setting `imgslim.path`; empty: not set. In an untrusted workspace it is the user's own. */
  readonly path: string;
  /** Folders of the workspace. */
  readonly folders: readonly string[];
  /** May programs that lie in the workspace be run? */
  readonly trusted: boolean;
  /** Interpreters that were chosen for the workspace's folders, as the Python extension names them. */
  readonly interpreters: readonly string[];
}

/** Names of folders in which a virtual environment lies by custom. */
const ENVIRONMENTS = [".venv", "venv"];
/** The same answer whether the version is that of an environment or of a whole system. */
const VERSION = /^imgslim (\d\S*)\s*$/m;

/**
 * The interpreter's arguments that start imgslim. `-P` keeps Python from importing a package called imgslim out of the
 * folder that it happens to be started in.
 */
export function withInterpreter(interpreter: string, origin: string): Candidate {
  return { program: interpreter, args: ["-P", "-m", "imgslim"], origin };
}

/** All places, the most wanted first. */
export async function* candidates(wanted: Wanted, world: World): AsyncGenerator<Candidate> {
  if (wanted.path !== "") {
    // A wrong setting is said to be wrong, never passed over for something else.
    yield { program: expanded(wanted, world), args: [], origin: "the setting imgslim.path" };
    return;
  }
  if (wanted.trusted) {
    for (const interpreter of wanted.interpreters) {
      yield withInterpreter(interpreter, "the workspace's Python environment");
    }
    for (const folder of wanted.folders) {
      yield* environments(folder, world);
    }
  }
  yield* onPath(wanted, world);
}

/** The first place where imgslim answers; what was tried and why it does not do goes to `log`. */
export async function find(wanted: Wanted, world: World, log: (line: string) => void): Promise<Found | undefined> {
  for await (const candidate of candidates(wanted, world)) {
    const answer = await world.run({ program: candidate.program, args: [...candidate.args, "--version"] });
    const version = answer.kind === "said" ? VERSION.exec(answer.output)?.[1] : undefined;
    if (version !== undefined) {
      return { ...candidate, version };
    }
    const why = answer.kind === "said" ? `it is no imgslim: ${answer.output.trim().slice(0, 200)}` : answer.why;
    log(`${[candidate.program, ...candidate.args].join(" ")} (${candidate.origin}): ${why}`);
  }
  return undefined;
}

/** The interpreter into which a click may install imgslim: the chosen one, else that of a folder's environment. */
export async function interpreter(wanted: Wanted, world: World): Promise<string | undefined> {
  if (!wanted.trusted) {
    return undefined;
  }
  const places = wanted.folders.flatMap((f) => ENVIRONMENTS.map((e) => inEnvironment(f, e, "python", world)));
  for (const place of [...wanted.interpreters, ...places]) {
    if (await world.executable(place)) {
      return place;
    }
  }
  return undefined;
}

/**
 * The path that the setting means: `~` and `${workspaceFolder}` stand for folders, a relative path begins in the first
 * folder of the workspace, a bare name is looked up on PATH.
 */
function expanded(wanted: Wanted, world: World): string {
  const folder = wanted.folders[0];
  const path = wanted.path.replace(/^~(?=$|[\\/])/, () => world.home);
  if (folder === undefined) {
    return path;
  }
  const full = path.replaceAll("${workspaceFolder}", () => folder);
  return absolute(full, world) || !/[\\/]/.test(full) ? full : joined(world, folder, full);
}

async function* environments(folder: string, world: World): AsyncGenerator<Candidate> {
  for (const name of ENVIRONMENTS) {
    const program = inEnvironment(folder, name, "imgslim", world);
    if (await world.executable(program)) {
      yield { program, args: [], origin: `the environment ${name}` };
    }
  }
}

async function* onPath(wanted: Wanted, world: World): AsyncGenerator<Candidate> {
  // A relative folder of PATH is one of wherever the editor was started; a folder inside the workspace is as trusted as
  // the workspace is.
  const folders: string[] = [];
  for (const folder of world.path.filter((f) => absolute(f, world))) {
    if (wanted.trusted || !(await inside(folder, wanted.folders, world))) {
      folders.push(folder);
    }
  }
  for (const name of ["imgslim", ...(world.windows ? ["py", "python"] : ["python3", "python"])]) {
    for (const folder of folders) {
      const program = joined(world, folder, world.windows ? `${name}.exe` : name);
      if (await world.executable(program)) {
        yield name === "imgslim" ? { program, args: [], origin: "PATH" } : withInterpreter(program, "PATH");
        break;
      }
    }
  }
}

function inEnvironment(folder: string, environment: string, name: string, world: World): string {
  return world.windows
    ? joined(world, folder, environment, "Scripts", `${name}.exe`)
    : joined(world, folder, environment, "bin", name);
}

function joined(world: World, ...parts: string[]): string {
  return parts.join(world.windows ? "\\" : "/");
}

function absolute(path: string, world: World): boolean {
  return world.windows ? /^([a-z]:)?[\\/]/i.test(path) : path.startsWith("/");
}

/** Does a path lie in one of the folders, or is it one, links followed? */
async function inside(path: string, folders: readonly string[], world: World): Promise<boolean> {
  const plain = async (p: string): Promise<string> => {
    const real = await world.real(p);
    return `${world.windows ? real.toLowerCase().replaceAll("\\", "/") : real}/`.replace(/\/+$/, "/");
  };
  const place = await plain(path);
  const roots = await Promise.all(folders.map(plain));
  return roots.some((root) => place.startsWith(root));
}
