import { connect } from "#lib/connection/connect.ts";
import type { Target, Writer } from "#lib/connection/types.ts";
import { loadInventory } from "#lib/inventory/load.ts";

/** How the specs' host is reached: over SSH, as a user who becomes root through sudo. */
export const target: Target = {
  ...loadInventory({ file: "spec/hosts/lab/hosts.yaml", root: process.cwd() }).target("spec-1"),
};

let connection: Promise<Writer> | undefined;

/** The one connection that specs share, unless they are about connections. */
export const host = (): Promise<Writer> => (connection ??= connect(target));

export async function closeHost(): Promise<void> {
  await (await connection)?.close();
}

/** What a command prints on the host, without its last newline. A command that fails is an error. */
export async function on(command: string): Promise<string> {
  const { stdout, stderr, code } = await (await host()).run(command);
  if (code !== 0) throw new Error(`${command}: exit code ${code}: ${stderr}`);
  return stdout.trimEnd();
}
