/** Put the extension and what it needs into one file, with the licences of what was put in beside it. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

import { build } from "esbuild";

const { metafile } = await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.cjs",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20", // what the oldest editor that package.json allows brings along
  external: ["vscode"],
  minify: process.argv.includes("--minify"),
  metafile: true,
  logLevel: "warning",
});

/** The package that a file belongs to; undefined for the extension's own. */
const owner = (path) => /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
const packages = new Set(Object.keys(metafile.inputs).map(owner).filter(Boolean));
const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0", "0BSD"].includes(license)) {
    throw new Error(`${name} is under ${license}: not known to be permissive`);
  }
  if (file === undefined) {
    throw new Error(`${name} brings no text of its licence along`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
writeFileSync("dist/NOTICES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
