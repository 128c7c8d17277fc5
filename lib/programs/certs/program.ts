import { existsSync } from "node:fs";
import path from "node:path";
import { asProgram } from "#engine/cli/program.ts";
import { PlayError, TaskError } from "#engine/errors.ts";
import { askHosts, type AskedHost } from "#cluster/ask-hosts.ts";
import { certificatePlaces, hostCertificates, type CertificateFile } from "#cluster/host-certificates.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { clusterFolder } from "#cluster/paths.ts";
import { certificateWarning, clusterVariables } from "#cluster/variables.ts";
import { onController } from "./controller.ts";
import { parseOptions } from "./options.ts";
import { rowsOf, type Found } from "./rows.ts";
import { tableOf } from "./table.ts";

interface Answers {
  readonly files: readonly CertificateFile[];
}

const certificateName = (host: string, file: string): string =>
  `${host}/${path.basename(file).replace(/(-current)?\.(crt|pem)$/, "")}`;

/** The certificates of a host, with names that tell the host's own from the controller's. */
function foundOn(asked: AskedHost<Answers>): readonly Found[] {
  if ("unreachable" in asked || asked.answers.files instanceof TaskError) return [];
  const { host } = asked;
  return asked.answers.files.flatMap(({ path: file, certificates }) =>
    // The rest of a leaf's file is its chain.
    certificates.slice(0, certificates.every(({ isCa }) => isCa) ? undefined : 1).map((certificate) => ({
      at: host.name,
      path: file,
      name: certificateName(host.name, file),
      certificate,
    })),
  );
}

function failureOf(asked: AskedHost<Answers>): string[] {
  const why = "unreachable" in asked ? asked.unreachable : asked.answers.files;
  if (typeof why === "string") return [`${asked.host.name}: ${why}`];
  return why instanceof TaskError ? [`${asked.host.name}: ${why.message}`] : [];
}

/** Returns 0, 2 if a certificate nears its end, or 4 if a host could not be asked. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (!options) return 0;
  const specs = { cluster_name: clusterVariables.cluster_name, ...certificateWarning };
  const { inventory, values } = await ofFirstMaster(options, specs);
  const cluster = values.cluster_name;
  if (!existsSync(clusterFolder(cluster)))
    throw new PlayError(
      `the cluster ${cluster} of ${options.inventory} has no ${path.relative(process.cwd(), clusterFolder(cluster))} yet: run npm run play -- -i ${options.inventory} site first, or name another inventory with -i`,
    );
  const hosts = await askHosts<Answers>(inventory, inventory.hosts, () => ({
    files: hostCertificates(certificatePlaces),
  }));
  const limit = { days: options.days ?? values.pki_warn_before_days, exact: options.days !== undefined };
  const rows = rowsOf([...(await onController(cluster)), ...hosts.flatMap(foundOn)], limit);
  const failures = hosts.flatMap(failureOf);
  if (options.output === "json") console.log(JSON.stringify({ cluster, certificates: rows, failures }, undefined, 2));
  else for (const line of tableOf(rows, limit)) console.log(line);
  for (const failure of failures) console.error(failure);
  if (rows.some((row) => row.nearsEnd)) return 2;
  return failures.length > 0 ? 4 : 0;
}

await asProgram(async (args) => {
  process.exitCode = await main(args);
});
