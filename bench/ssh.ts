import { readFileSync } from "node:fs";
import pLimit from "p-limit";
import ssh2 from "ssh2";
import type { Target } from "#engine/connection/types.ts";
import { BenchError } from "./bench-error.ts";

/** The number of hosts at once, as for kubeplay and ansible here. */
export const forks = 50;

/** Opens one connection to each host and runs one script as root. Resolves to the outputs in the order of the hosts. */
export async function everywhere(targets: readonly Target[], script: string): Promise<string[]> {
  const limit = pLimit(forks);
  return Promise.all(targets.map((target) => limit(() => once(target, script))));
}

/** Plain ssh2. Host keys are not checked: the hosts are the bench's own containers. */
function once({ name, address, port, user, privateKeyFile = "" }: Target, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) => reject(new BenchError(`${name}: ${why}`));
    const client = new ssh2.Client();
    client
      .on("error", (error) => failed(error.message))
      .once("ready", () => {
        client.setNoDelay(true);
        client.exec("sudo -n sh", (error, channel) => {
          if (error) {
            failed(error.message);
            return;
          }
          let stdout = "";
          let stderr = "";
          let code: number | null = null;
          channel.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
          channel.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
          channel.on("exit", (exit: number | null) => (code = exit));
          channel.on("close", () => {
            client.end();
            if (code === 0) resolve(stdout);
            else failed(`exit code ${String(code)}: ${stderr.trim()}`);
          });
          channel.end(script);
        });
      })
      .connect({
        host: address,
        port,
        username: user,
        privateKey: readFileSync(privateKeyFile),
        algorithms: { cipher: ["aes128-gcm@openssh.com"] },
      });
  });
}
