import { spawn } from "node:child_process";
import type { Host } from "kubeplay";
import { referenceName, type ImageReference } from "#artifacts/images/reference.ts";
import { askHosts } from "#cluster/ask-hosts.ts";
import { manifestOf, type Asked, type ManifestAnswer } from "#cluster/pulls/manifests.ts";
import { inWords, isThere } from "#cluster/pulls/answers.ts";
import { endpointsOf } from "#cluster/pulls/endpoints.ts";
import type { LoadedInventory } from "#engine/inventory/types.ts";
import type { Answer } from "./answer.ts";

const noProgram = "there is neither curl nor wget to ask with";

const answerOf = (image: ImageReference, from: string, neededBy: string, answer: ManifestAnswer): Answer => ({
  ...{ address: referenceName(image), from, neededBy },
  ...(answer === "no program" ? { problem: noProgram } : isThere(answer) ? {} : { problem: inWords(answer) }),
});

/** Asks the official registries from this machine, with the environment's proxies. */
export async function askFromController(
  images: readonly ImageReference[],
  neededBy: string,
): Promise<readonly Answer[]> {
  if (images.length === 0) return [];
  const { NODE_EXTRA_CA_CERTS: ca } = process.env;
  const queries = images.map((image) => manifestOf(questionFor(image, { mirrors: [], proxy: {}, ca })));
  const [{ of } = { of: undefined }] = queries;
  if (!of || !("ask" in of)) throw new Error("a query of hosts is expected");
  const keys = queries.map(({ key }) => key);
  const answers = of.parse(await shell(of.ask(keys)), keys);
  return images.map((image, index) => {
    const answer = answers.get(keys[index] ?? "");
    return answer === undefined || answer instanceof Error
      ? { address: referenceName(image), from: "the controller", neededBy, problem: answer?.message ?? "no answer" }
      : answerOf(image, "the controller", neededBy, answer);
  });
}

interface Way {
  readonly mirrors: Parameters<typeof endpointsOf>[1];
  readonly proxy: Asked["proxy"];
  readonly ca?: string | undefined;
}
const questionFor = (image: ImageReference, { mirrors, proxy, ca }: Way): Asked => ({
  name: referenceName(image),
  endpoints: endpointsOf(image, mirrors).map((endpoint) => ({ ca, ...endpoint })),
  proxy,
});

const shell = (script: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn("sh", [], { stdio: ["pipe", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.once("error", reject);
    child.once("close", () => resolve(stdout));
    child.stdin.end(script);
  });

/** Asks from a host, through its mirrors and proxy. */
export async function askFromHost(
  inventory: LoadedInventory,
  host: Host,
  images: readonly ImageReference[],
  way: Pick<Way, "mirrors" | "proxy">,
): Promise<readonly Answer[]> {
  if (images.length === 0) return [];
  const questions = Object.fromEntries(
    images.map((image) => [referenceName(image), manifestOf(questionFor(image, way))]),
  );
  const [asked] = await askHosts<Record<string, ManifestAnswer>>(inventory, [host], () => questions);
  const neededBy = "the hosts' pods";
  if (!asked || "unreachable" in asked)
    return [{ address: host.name, from: "the controller", neededBy, problem: asked?.unreachable ?? "no answer" }];
  return images.map((image) => {
    const answer = asked.answers[referenceName(image)];
    return answer === undefined || answer instanceof Error
      ? { address: referenceName(image), from: host.name, neededBy, problem: answer?.message ?? "no answer" }
      : answerOf(image, host.name, neededBy, answer);
  });
}
