import { createHash, randomInt } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { $ } from "zx/core";
import { TaskError, type WaitOptions } from "kubeplay";
import { PassingFailure, repeat } from "kubeplay/kubernetes";
import { mentionsPassing } from "#kubernetes/api/transient.ts";

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

/** How the API is waited for. */
export interface Waiting extends WaitOptions {
  /** Seconds. */
  readonly patience: number;
}

/** Rejects with PassingFailure where another try may help. */
async function kubeadm(tokens: Tokens, args: readonly string[], failed: (said: string) => string): Promise<void> {
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
    env: direct(),
    // It gives up by itself after a minute where a server answers; one that hangs would keep it for good.
    timeout: "90s",
  })`${tokens.kubeadm} token ${args} --kubeconfig ${tokens.kubeconfig}`;
  if (exitCode === 0) return;
  const message = failed(exitCode === null ? "kubeadm did not end within 90 s" : stderr.trim());
  throw exitCode === null || mentionsPassing(stderr) ? new PassingFailure(message) : new TaskError(message);
}

async function deleteOnce(tokens: Tokens, id: string): Promise<void> {
  try {
    await kubeadm(tokens, ["delete", id], (said) => `the bootstrap token ${id} cannot be deleted: ${said}`);
  } catch (error) {
    if (!(error instanceof TaskError) || error instanceof PassingFailure || !/not found/i.test(error.message))
      throw error;
  }
}

export const deleteToken = (tokens: Tokens, id: string, { patience, ...wait }: Waiting): Promise<void> =>
  repeat(() => deleteOnce(tokens, id), patience, wait);

/** Makes a token that lets one kubelet ask for its certificate; replaces one with this id. Gives "id.secret". */
export async function createToken(
  tokens: Tokens,
  { id, description }: { readonly id: string; readonly description: string },
  { patience, ...wait }: Waiting,
): Promise<string> {
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
    const failed = (said: string): string =>
      `no bootstrap token could be made for ${description}: ${said.replaceAll(secret, "…")}`;
    const make = async (): Promise<void> => {
      // Also before another try: one that seemed to fail may have made it.
      await deleteOnce(tokens, id);
      await kubeadm(tokens, ["create", "--config", file], failed);
    };
    await repeat(make, patience, wait);
    return token;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
