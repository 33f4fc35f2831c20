// Reads AsyncAPI documents as the official parser does, and prints what it has against each:
//
//   node validate.mjs services/onboarding/asyncapi.yaml ...
//
// The answer is JSON, {path: [{severity, message, path}]}, with severities as the parser counts
// them: 0 is an error, 1 a warning, 2 information, 3 a hint.
import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
const found = {};
for (const path of process.argv.slice(2)) {
  const diagnostics = await parser.validate(await readFile(path, "utf8"), { source: path });
  found[path] = diagnostics.map(({ severity, message, path: where }) => ({
    severity,
    message,
    path: where.join("."),
  }));
}
console.log(JSON.stringify(found));
