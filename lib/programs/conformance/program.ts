import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { asProgram } from "#engine/cli/program.ts";
import { PlayError } from "#engine/errors.ts";
import { artifactFile } from "#engine/queries/artifact.ts";
import { bring, ended } from "#artifacts/store/bring.ts";
import { artifactVariables } from "#artifacts/catalogue/variables.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { apiserversOf } from "#cluster/members.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { clusterFolder, kubeconfigPath } from "#cluster/paths.ts";
import { withAnsweringServer } from "#cluster/running-cluster.ts";
import { clusterVariables } from "#cluster/variables.ts";
import { parseOptions, type ConformanceOptions } from "./options.ts";
import { commandOf, phasesOf, type Phase, type Run } from "./phases.ts";
import { Progress } from "./progress.ts";
import { namesIn, resultsIn, type Result } from "./results.ts";
import { summary } from "./summary.ts";

/** Ginkgo recognizes a test program only by the end of its name. */
function suiteNamed(name: string, program: string): string {
  symlinkSync(program, name);
  return name;
}

/** Runs a phase to its end and writes its output to a file. A failed test is a result, not a failure of the phase. */
async function play(
  phase: Phase,
  run: Run,
  { dry = false, progress }: { dry?: boolean; progress?: Progress },
): Promise<{ readonly report: string; readonly code: number }> {
  mkdirSync(run.reports, { recursive: true });
  const log = createWriteStream(path.join(run.reports, dry ? "list.log" : "tests.log"));
  const [program, args] = commandOf(phase, run, dry);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(log, { end: false });
  createInterface(child.stdout).on("line", (line) => progress?.take(line));
  child.stderr.pipe(log, { end: false });
  const code = await ended(child);
  log.end();
  const report = path.join(run.reports, "ginkgo", "report.json");
  if (existsSync(report)) return { report: readFileSync(report, "utf8"), code };
  throw new PlayError(
    `the test program wrote no report (exit code ${String(code)}): its output is in ${String(log.path)}`,
  );
}

async function main(options: ConformanceOptions): Promise<number> {
  const specs = { ...clusterVariables, ...artifactVariables };
  const { values, inventory } = await ofFirstMaster({ inventory: options.inventory, extraVars: [] }, specs);
  const sets = JSON.stringify({ artifact_sets: [...new Set([...values.artifact_sets, "e2e"])] });
  await bring({ inventory: options.inventory, extraVars: [sets], tags: "artifacts,images" });
  const at = new Date().toISOString().replaceAll(/[-:]|\..*/g, "");
  const folder = path.join(clusterFolder(values.cluster_name), "conformance", at);
  mkdirSync(folder, { recursive: true });
  const artifact = (name: string) => artifactFile(`${name}@${values.kubernetes_version}/${ownArchitecture}`);
  const common = {
    ...(options.focus !== undefined && { focus: options.focus }),
    ...(options.skip !== undefined && { skip: options.skip }),
    program: suiteNamed(path.join(folder, "e2e.test"), await artifact("e2e.test")),
    ginkgo: await artifact("ginkgo"),
  };
  const question = {
    kubeconfig: kubeconfigPath(values.cluster_name, "admin"),
    servers: apiserversOf(inventory, values.kube_apiserver_port),
  };
  return withAnsweringServer(question, (kubeconfig) => test(options, folder, { ...common, kubeconfig }));
}

/** Runs the chosen tests and reports their results. Returns 2 if one failed, and 1 if none was chosen. */
async function test(options: ConformanceOptions, folder: string, common: Omit<Run, "reports">): Promise<number> {
  const chosen = { name: "all", parallel: 1, labels: options.labels };
  const names = namesIn((await play(chosen, { ...common, reports: path.join(folder, "list") }, { dry: true })).report);
  if (options.list) for (const name of names) console.log(name);
  if (options.list || names.length === 0) {
    console.log(`${String(names.length)} tests`);
    return names.length === 0 ? 1 : 0;
  }
  const progress = new Progress(names.length, (line) => console.log(line));
  const results: Result[] = [];
  for (const [index, phase] of phasesOf(options).entries()) {
    const reports = path.join(folder, String(index + 1));
    const { report, code } = await play(phase, { ...common, reports }, { progress });
    const found = resultsIn(report);
    if (code !== 0 && found.every(({ outcome }) => outcome === "passed"))
      throw new PlayError(
        `the suite failed (exit code ${String(code)}), but no test did: its output is in ${reports}/tests.log`,
      );
    results.push(...found);
  }
  const text = summary(results);
  writeFileSync(path.join(folder, "summary.md"), `${text}\n`);
  console.log(
    `\n${text}\n\nReports: ${path.relative(process.cwd(), folder)} (JUnit, Ginkgo's own, the output of the tests)`,
  );
  return results.some(({ outcome }) => outcome === "failed") ? 2 : 0;
}

await asProgram(async (args) => {
  process.exitCode = await main(parseOptions(args));
});
