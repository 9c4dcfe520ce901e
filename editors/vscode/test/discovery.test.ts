/** Where the server is looked for, in which order, and what is never run. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { find, interpreter, type Answer, type Command, type Wanted, type World } from "../src/discovery.ts";

const SAID: Answer = { kind: "said", output: "imgslim 1.2.3\n" };

/** A machine whose disk and programs are what the test says; notes what was run. */
class Machine implements World {
  readonly ran: string[] = [];
  windows = false;
  home = "/home/me";
  path: readonly string[] = ["/usr/bin"];
  links: Record<string, string> = {};
  programs: Record<string, Answer>;

  constructor(programs: Record<string, Answer>, rest: Partial<Pick<Machine, "windows" | "path" | "links">> = {}) {
    this.programs = programs;
    Object.assign(this, rest);
  }

  executable = async (path: string): Promise<boolean> => Promise.resolve(path in this.programs);

  real = async (path: string): Promise<string> => Promise.resolve(this.links[path] ?? path);

  run = async ({ program, args }: Command): Promise<Answer> => {
    this.ran.push([program, ...args].join(" "));
    return Promise.resolve(this.programs[program] ?? { kind: "failed", why: "no such file" });
  };
}

const wanted = (rest: Partial<Wanted> = {}): Wanted => ({
  path: "",
  folders: ["/srv/shop"],
  trusted: true,
  interpreters: [],
  ...rest,
});
const silent = (): void => undefined;

describe("the order", () => {
  const everywhere = {
    "/opt/imgslim": SAID,
    "/envs/shop/bin/python": SAID,
    "/srv/shop/.venv/bin/imgslim": SAID,
    "/usr/bin/imgslim": SAID,
    "/usr/bin/python3": SAID,
  };

  test("the setting wins over all", async () => {
    const machine = new Machine(everywhere);
    const found = await find(wanted({ path: "/opt/imgslim", interpreters: ["/envs/shop/bin/python"] }), machine, silent);
    assert.deepEqual(found, {
      program: "/opt/imgslim",
      args: [],
      origin: "the setting imgslim.path",
      version: "1.2.3",
    });
    assert.deepEqual(machine.ran, ["/opt/imgslim --version"]);
  });

  test("then the interpreter that was chosen, kept from importing what lies around it", async () => {
    const machine = new Machine(everywhere);
    const found = await find(wanted({ interpreters: ["/envs/shop/bin/python"] }), machine, silent);
    assert.equal(found?.program, "/envs/shop/bin/python");
    assert.deepEqual(machine.ran, ["/envs/shop/bin/python -P -m imgslim --version"]);
  });

  test("then the environment in a folder of the workspace", async () => {
    const found = await find(wanted(), new Machine(everywhere), silent);
    assert.equal(found?.program, "/srv/shop/.venv/bin/imgslim");
  });

  test("then PATH: the program before an interpreter that can import it", async () => {
    const found = await find(wanted({ folders: ["/srv/other"] }), new Machine(everywhere), silent);
    assert.equal(found?.program, "/usr/bin/imgslim");
    const bare = await find(wanted(), new Machine({ "/usr/bin/python3": SAID }), silent);
    assert.deepEqual([bare?.program, bare?.args], ["/usr/bin/python3", ["-P", "-m", "imgslim"]]);
  });

  test("what does not answer as imgslim does is passed over, and the log says why", async () => {
    const machine = new Machine({
      "/envs/shop/bin/python": { kind: "failed", why: "No module named imgslim" },
      "/srv/shop/.venv/bin/imgslim": { kind: "said", output: "ImageMagick 7\n" },
      "/usr/bin/imgslim": SAID,
    });
    const log: string[] = [];
    const found = await find(wanted({ interpreters: ["/envs/shop/bin/python"] }), machine, (line) => log.push(line));
    assert.equal(found?.program, "/usr/bin/imgslim");
    assert.match(log[0] ?? "", /python -P -m imgslim .*environment.*: No module named imgslim/);
    assert.match(log[1] ?? "", /no imgslim: ImageMagick 7/);
    assert.equal(log.length, 2);
  });

  test("nothing anywhere", async () => {
    assert.equal(await find(wanted(), new Machine({}), silent), undefined);
  });
});

describe("the setting", () => {
  test("where it is wrong nothing else is taken in its place", async () => {
    const machine = new Machine({ "/usr/bin/imgslim": SAID });
    assert.equal(await find(wanted({ path: "/opt/gone" }), machine, silent), undefined);
    assert.deepEqual(machine.ran, ["/opt/gone --version"]);
  });

  for (const [path, program] of [
    ["~/bin/imgslim", "/home/me/bin/imgslim"],
    ["~other/imgslim", "/srv/shop/~other/imgslim"],
    ["${workspaceFolder}/tools/imgslim", "/srv/shop/tools/imgslim"],
    ["tools/imgslim", "/srv/shop/tools/imgslim"],
    ["imgslim", "imgslim"],
  ] as const) {
    test(`${path} means ${program}`, async () => {
      const machine = new Machine({});
      await find(wanted({ path }), machine, silent);
      assert.deepEqual(machine.ran, [`${program} --version`]);
    });
  }
});

describe("a workspace that is not trusted", () => {
  test("nothing that lies in it is run or asked", async () => {
    const machine = new Machine(
      {
        "/envs/shop/bin/python": SAID,
        "/srv/shop/.venv/bin/imgslim": SAID,
        "/srv/shop/bin/imgslim": SAID,
        "/links/shop/imgslim": SAID,
        "./imgslim": SAID,
        "/srv/shopping/imgslim": SAID,
      },
      { path: [".", "/srv/shop/bin", "/links/shop", "/srv/shopping"], links: { "/links/shop": "/srv/shop/bin" } },
    );
    const found = await find(wanted({ trusted: false, interpreters: ["/envs/shop/bin/python"] }), machine, silent);
    assert.equal(found?.program, "/srv/shopping/imgslim");
    assert.deepEqual(machine.ran, ["/srv/shopping/imgslim --version"]);
  });

  test("the twin that is trusted takes what lies in it", async () => {
    const machine = new Machine({ "/srv/shop/bin/imgslim": SAID }, { path: [".", "/srv/shop/bin"] });
    assert.equal((await find(wanted(), machine, silent))?.program, "/srv/shop/bin/imgslim");
  });

  test("a workspace that was opened through a link is the same workspace", async () => {
    const machine = new Machine(
      { "/srv/shop/bin/imgslim": SAID },
      { path: ["/srv/shop/bin"], links: { "/home/me/shop": "/srv/shop" } },
    );
    assert.equal(await find(wanted({ trusted: false, folders: ["/home/me/shop"] }), machine, silent), undefined);
  });

  test("no click installs into its environment", async () => {
    const machine = new Machine({ "/srv/shop/.venv/bin/python": SAID });
    assert.equal(await interpreter(wanted({ trusted: false }), machine), undefined);
    assert.equal(await interpreter(wanted(), machine), "/srv/shop/.venv/bin/python");
  });
});

test("the interpreter that was chosen is installed into before one that lies there", async () => {
  const machine = new Machine({ "/envs/shop/bin/python": SAID, "/srv/shop/.venv/bin/python": SAID });
  assert.equal(await interpreter(wanted({ interpreters: ["/envs/shop/bin/python"] }), machine), "/envs/shop/bin/python");
  assert.equal(await interpreter(wanted({ folders: [] }), machine), undefined);
});

describe("Windows", () => {
  test("an environment has its programs in Scripts", async () => {
    const machine = new Machine({ "C:\\shop\\.venv\\Scripts\\imgslim.exe": SAID }, { windows: true });
    const found = await find(wanted({ folders: ["C:\\shop"] }), machine, silent);
    assert.equal(found?.program, "C:\\shop\\.venv\\Scripts\\imgslim.exe");
  });

  test("case and slashes don't get a program of the workspace run", async () => {
    const machine = new Machine({ "c:/SHOP/bin\\imgslim.exe": SAID }, { windows: true, path: ["c:/SHOP/bin"] });
    assert.equal(await find(wanted({ trusted: false, folders: ["C:\\shop"] }), machine, silent), undefined);
    assert.notEqual(await find(wanted({ folders: ["C:\\shop"] }), machine, silent), undefined);
  });
});
