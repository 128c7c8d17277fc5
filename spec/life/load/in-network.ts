import { spawn, type ChildProcess } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { type as run } from "../../cluster/lab.ts";

/** A program that works until its input ends, and prints what it saw. */
export interface Client {
  readonly child: ChildProcess;
  readonly printed: Promise<string>;
  readonly said: Promise<string>;
}

const pidOf = async (host: string): Promise<string> => {
  const { code, output } = await run("podman", "inspect", "--format", "{{.State.Pid}}", host);
  expect(code, output).to.equal(0);
  return output.trim();
};

/** Starts a program of this folder in the network of a lab's host: 127.0.0.1 is that host's own proxy. */
export async function inNetworkOf(host: string, program: string, ...words: readonly string[]): Promise<Client> {
  const node = ["node", "--conditions=kubeplay-source", "--import=tsx", `spec/life/load/${program}`];
  const args = [`--net=/proc/${await pidOf(host)}/ns/net`, ...node, ...words];
  const child = spawn("nsenter", args, { stdio: ["pipe", "pipe", "pipe"] });
  return { child, printed: text(child.stdout), said: text(child.stderr) };
}

/** Ends a program. Resolves to the JSON that it prints. */
export async function endOf<T>({ child, printed, said }: Client): Promise<T> {
  child.stdin?.end();
  const output = await printed;
  if (output === "") throw new Error(`a client of the load ended early: ${await said}`);
  return JSON.parse(output) as T;
}
