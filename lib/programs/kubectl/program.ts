import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { asProgram } from "#engine/cli/program.ts";
import { PlayError } from "#engine/errors.ts";
import { artifactFile } from "#engine/queries/artifact.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { withReachableServer } from "#cluster/reachable-server.ts";
import { answeringServer } from "#cluster/running-cluster.ts";
import { endpoint } from "#cluster/urls.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { clusterVariables } from "#cluster/variables.ts";
import { parseArguments } from "./arguments.ts";

/** `npm run kubectl -- get nodes` runs the cluster's version of kubectl as its admin, through a master that is ready. */
async function main(args: readonly string[]): Promise<number> {
  const line = parseArguments(args);
  const { inventory: file, words } = line;
  const root = process.cwd();
  const specs = { ...clusterVariables, kubernetes_version: versionVariables.kubernetes_version };
  const { masters, values } = await ofFirstMaster(line, specs);

  const kubeconfig = kubeconfigPath(values.cluster_name, "admin");
  if (!existsSync(kubeconfig))
    throw new PlayError(
      `the cluster ${values.cluster_name} of ${file} has no ${path.relative(root, kubeconfig)} yet: run npm run play -- -i ${file} site first, or name another inventory: npm run kubectl -- -i mine.yaml …`,
    );
  const program = await artifactFile(`kubectl@${values.kubernetes_version}/${ownArchitecture}`);
  const port = values.kube_apiserver_port;
  const servers = masters.map(({ address }) => `https://${endpoint(address, port)}`);
  const given = ["--kubeconfig", kubeconfig];
  const answering = await answeringServer({ kubeconfig, servers });
  if (!answering) return run(program, [...given, ...words]);
  return withReachableServer(answering.server, ({ url, serverName }) => {
    const server = url === answering.config.server ? [] : ["--server", url];
    const name = serverName === undefined ? [] : ["--tls-server-name", serverName];
    return run(program, [...given, ...server, ...name, ...words]);
  });
}

/** Runs the program as a shell would: with this terminal, its signals and its exit code. */
function run(program: string, words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: "inherit", argv0: "kubectl" });
    // The terminal sends Ctrl-C to both; kubectl handles it.
    process.on("SIGINT", () => undefined);
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

await asProgram(async (args) => {
  process.exitCode = await main(args);
});
