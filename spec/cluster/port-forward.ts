import { spawn } from "node:child_process";

export interface Forwarded {
  /** http://127.0.0.1:… */
  readonly url: string;
  close(): Promise<void>;
}

/** Forwards a port of a Service's pod to this machine with `kubectl port-forward`. */
export function forward(namespace: string, service: string, port: number): Promise<Forwarded> {
  const words = ["-n", namespace, "port-forward", `service/${service}`, `:${String(port)}`];
  const child = spawn("npm", ["run", "--silent", "kubectl", "--", ...words], { detached: true });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const close = (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    return ended;
  };
  return new Promise((resolve, reject) => {
    let said = "";
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const [, local] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (local !== undefined) resolve({ url: `http://127.0.0.1:${local}`, close });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    void ended.then(() => reject(new Error(`${service} cannot be reached: ${said}`)));
  });
}
