/** package.json says what the code does. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
}

const root = new URL("../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as Manifest;
const sources = readdirSync(new URL("src/", root)).map((name) => readFileSync(new URL(`src/${name}`, root), "utf8"));
const source = sources.join("\n");

test("every command is registered, and every registered one is offered", () => {
  const registered = [...source.matchAll(/registerCommand\("([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(registered.sort(), manifest.contributes.commands.map((c) => c.command).sort());
});

test("every setting is read, and documented in the README", () => {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    const key = name.replace("imgslim.", "");
    assert.ok(new RegExp(`\\bget(<\\w+>)?\\("${key}"`).test(source), name);
    assert.ok(readme.includes(`\`${name}\``), `${name} in the README`);
  }
});

test("the version is that of the server it belongs to", () => {
  const project = readFileSync(new URL("../../pyproject.toml", root), "utf8");
  assert.equal(/^version = "(.*)"$/m.exec(project)?.[1], manifest.version);
});

test("a workspace that is not trusted can't say which program is run", () => {
  assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, ["imgslim.path"]);
});
