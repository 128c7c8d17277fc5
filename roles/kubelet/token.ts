import { createHash, randomInt } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { $ } from "zx/core";
import { TaskError } from "#lib/errors.ts";

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** The node's own token id, always the same: a run that was cut off leaves one behind at most, and the next replaces it. */
export const tokenId = (cluster: string, node: string): string =>
  [...createHash("sha256").update(`${cluster}/${node}`).digest().subarray(0, 6)]
    .map((byte) => alphabet.charAt(byte % alphabet.length))
    .join("");

export const tokenSecret = (): string =>
  Array.from({ length: 16 }, () => alphabet.charAt(randomInt(alphabet.length))).join("");

export interface Tokens {
  /** The program on the controller. */
  readonly kubeadm: string;
  /** A kubeconfig that may write Secrets in kube-system. */
  readonly kubeconfig: string;
}

/** To the API itself, as all else here goes: a proxy is for the world. */
const direct = (): NodeJS.ProcessEnv => ({ ...process.env, NO_PROXY: "*", no_proxy: "*" });

/** How long a token lives if nobody deletes it. */
export const timeToLive = "30m";

const failure = (what: string, stderr: string): TaskError => new TaskError(`${what}: ${stderr.trim()}`);

export async function deleteToken({ kubeadm, kubeconfig }: Tokens, id: string): Promise<void> {
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
    env: direct(),
  })`${kubeadm} token delete ${id} --kubeconfig ${kubeconfig}`;
  if (exitCode !== 0 && !/not found/i.test(stderr))
    throw failure(`the bootstrap token ${id} cannot be deleted`, stderr);
}

/** Makes a token that lets one kubelet ask for its certificate; replaces one with this id. Gives "id.secret". */
export async function createToken(tokens: Tokens, id: string, description: string): Promise<string> {
  await deleteToken(tokens, id);
  const secret = tokenSecret();
  const token = `${id}.${secret}`;
  // Arguments are there for every process to see, so the token comes in a file; in a folder that nobody else enters.
  const configuration = JSON.stringify({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "InitConfiguration",
    bootstrapTokens: [
      { token, description, ttl: timeToLive, usages: ["authentication"], groups: ["system:bootstrappers:kubeplay"] },
    ],
  });
  const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-token-"));
  try {
    const file = path.join(folder, "token.json");
    await writeFile(file, configuration, { mode: 0o600 });
    const { exitCode, stderr } = await $({
      quiet: true,
      nothrow: true,
      env: direct(),
    })`${tokens.kubeadm} token create --config ${file} --kubeconfig ${tokens.kubeconfig}`;
    if (exitCode !== 0)
      throw failure(`no bootstrap token could be made for ${description}`, stderr.replaceAll(secret, "…"));
    return token;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
