// @ts-nocheck: StrykerJS is only installed by `npm run test:mutation`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { describeScore } from "./score.mjs";

const folders = ["runner", "queries", "resources"];
const usage = `Usage: npm run test:mutation -- [--percent NUMBER] [--seed TEXT] [--mutate FILE,…] [--force] [FOLDER…]
Folders of lib/engine: ${folders.join(", ")}; all of them by default.`;

const { sample, mutate, force, chosen } = readArguments();

// A mutant may kill any process. In a namespace of its own it sees only those of this run, and none outlives the run.
if (process.pid !== 1) {
  const asUser = process.getuid() === 0 ? [] : ["--map-current-user"];
  const apart = [...asUser, "--pid", "--fork", "--mount-proc", "--kill-child"];
  const again = [process.execPath, ...process.argv.slice(1)];
  const { status, error } = spawnSync("unshare", [...apart, ...again], { stdio: "inherit" });
  if (error) console.error(`unshare, of util-linux, cannot be run: ${error.message}`);
  process.exit(status ?? 1);
}

const lines = [];
for (const folder of chosen) lines.push(`${folder}: ${describeScore(await test(folder), sample)}`);
console.log(lines.join("\n"));

/** Resolves to all mutants of a folder, each with its status. */
function test(folder) {
  const report = `.kubeplay/mutation-report/${folder}`;
  keepTested(`${report}.incremental.json`);
  return new Stryker({
    configFile: "spec/mutation/stryker.config.json",
    mutate: mutate ?? [`lib/engine/${folder}/**/*.ts`],
    mochaOptions: {
      spec: specsOf(folder),
      // Its limit of 10 s is too short for code that counts its coverage.
      grep: "^(?!.*without a look at the others)",
    },
    sample,
    force,
    // Results of other files would count in the score.
    incremental: mutate === undefined,
    incrementalFile: `${report}.incremental.json`,
    htmlReporter: { fileName: `${report}.html` },
    tempDirName: `.kubeplay/mutation-${folder}`,
  }).runMutationTest();
}

/**
 * The specs that are nearest, first those of subfolders, which are quicker than whole plays. Resources are specified with
 * the queries that they need.
 */
function specsOf(folder) {
  const nearest = [folder, ...(folder === "queries" ? ["resources"] : [])];
  return nearest.flatMap((name) => [`spec/lib/engine/${name}/*/**/*.spec.ts`, `spec/lib/engine/${name}/*.spec.ts`]);
}

/** Removes mutants that were not in the last sample from its results: they may be in this one. */
function keepTested(file) {
  if (!existsSync(file)) return;
  const results = JSON.parse(readFileSync(file, "utf8"));
  for (const one of Object.values(results.files))
    one.mutants = one.mutants.filter(({ status }) => status !== "CompileError");
  writeFileSync(file, JSON.stringify(results));
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        percent: { type: "string", default: "100" },
        seed: { type: "string", default: "kubeplay" },
        mutate: { type: "string" },
        force: { type: "boolean", default: false },
      },
    });
    const unknown = positionals.filter((folder) => !folders.includes(folder));
    if (unknown.length > 0) throw new Error(`no such folder: ${unknown.join(", ")}`);
    const percent = Number(values.percent);
    if (!(percent > 0 && percent <= 100)) throw new Error(`--percent ${values.percent}: expected more than 0, to 100`);
    if (values.mutate !== undefined && positionals.length !== 1)
      throw new Error("--mutate: name the one folder of the files, too");
    return {
      sample: { seed: values.seed, percent },
      mutate: values.mutate?.split(","),
      force: values.force,
      chosen: positionals.length > 0 ? positionals : folders,
    };
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}
