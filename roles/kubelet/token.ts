import { randomInt, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { $ } from "zx/core";
import { TaskError, type WaitOptions } from "kubeplay";
import { PassingFailure, repeat } from "kubeplay/kubernetes";
import { tokenAlphabet } from "#cluster/bootstrap-token.ts";
import { withAnsweringServer } from "#cluster/running-cluster.ts";
import { mentionsPassing } from "#kubernetes/api/transient.ts";

export const tokenSecret = (): string =>
  Array.from({ length: 16 }, () => tokenAlphabet.charAt(randomInt(tokenAlphabet.length))).join("");

export interface Tokens {
  /** The path of kubeadm on the controller. */
  readonly kubeadm: string;
  /** A kubeconfig that may write Secrets in kube-system. */
  readonly kubeconfig: string;
  /** https://host:port of all API servers: the kubeconfig's may be down. */
  readonly servers: readonly string[];
}

/** Connects to the API without an HTTP proxy, as kubeplay always does. */
const direct = (): NodeJS.ProcessEnv => ({ ...process.env, NO_PROXY: "*", no_proxy: "*" });

/** The group of all tokens that kubeplay makes. */
const ofAll = "system:bootstrappers:kubeplay";

/**
 * A group of one token, also among tokens of the same id. It is in each request that is made with the token, so the
 * approver sees whether the token has already been used.
 */
const ofThisToken = (): string => `${ofAll}:${randomUUID()}`;

/** The lifetime of a token that is not deleted. Shorter than the hour after which approved requests are deleted. */
export const timeToLive = "30m";

/** How to wait for the API. */
export interface TokenOptions extends WaitOptions {
  /** Seconds. */
  readonly patience: number;
}

/** Rejects with PassingFailure if a retry may help. */
async function kubeadm(tokens: Tokens, args: readonly string[], failed: (said: string) => string): Promise<void> {
  const { exitCode, stderr } = await withAnsweringServer(tokens, async (kubeconfig) => {
    const run = $({
      quiet: true,
      nothrow: true,
      env: direct(),
      // kubeadm gives up after a minute if a server answers; a server that hangs would block it forever.
      timeout: "90s",
    });
    return run`${tokens.kubeadm} token ${args} --kubeconfig ${kubeconfig}`;
  });
  if (exitCode === 0) return;
  const message = failed(exitCode === null ? "kubeadm did not finish within 90 s" : stderr.trim());
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

export const deleteToken = (tokens: Tokens, id: string, { patience, ...wait }: TokenOptions): Promise<void> =>
  repeat(() => deleteOnce(tokens, id), patience, wait);

/**
 * Creates a token with which one kubelet can request its certificate, and replaces a token with this id. Resolves to
 * "id.secret".
 */
export async function createToken(
  tokens: Tokens,
  { id, description }: { readonly id: string; readonly description: string },
  { patience, ...wait }: TokenOptions,
): Promise<string> {
  const secret = tokenSecret();
  const token = `${id}.${secret}`;
  // Every process can read arguments, so the token is passed in a file, in a folder that only its owner can enter.
  const configuration = JSON.stringify({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "InitConfiguration",
    bootstrapTokens: [
      { token, description, ttl: timeToLive, usages: ["authentication"], groups: [ofAll, ofThisToken()] },
    ],
  });
  const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-token-"));
  try {
    const file = path.join(folder, "token.json");
    await writeFile(file, configuration, { mode: 0o600 });
    const failed = (said: string): string =>
      `no bootstrap token could be made for ${description}: ${said.replaceAll(secret, "…")}`;
    const make = async (): Promise<void> => {
      // Also before a retry: an attempt that seemed to fail may have created the token.
      await deleteOnce(tokens, id);
      await kubeadm(tokens, ["create", "--config", file], failed);
    };
    await repeat(make, patience, wait);
    return token;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
