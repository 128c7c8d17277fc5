import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the test program tells after each test. */
interface Told {
  readonly msg: string;
}

/** Counts what is told. Several processes of the test program each know their own share only. */
export class Progress {
  readonly #total: number;
  readonly #print: (line: string) => void;
  readonly #started = Date.now();
  #passed = 0;
  #failed = 0;

  constructor(total: number, print: (line: string) => void) {
    this.#total = total;
    this.#print = print;
  }

  take({ msg }: Told): void {
    const [, outcome, name = ""] = /^(PASSED|FAILED) (.+)$/s.exec(msg) ?? [];
    if (outcome === undefined) return;
    if (outcome === "PASSED") this.#passed++;
    else this.#failed++;
    const done = this.#passed + this.#failed;
    const minutes = ((Date.now() - this.#started) / 60_000).toFixed(1);
    const failures = this.#failed > 0 ? `, ${this.#failed} failed` : "";
    this.#print(
      `${done} of ${this.#total} (${minutes} min${failures}): ${outcome === "PASSED" ? "ok" : "FAILED"} ${name}`,
    );
  }
}

/** Where the test program tells of its progress: its own way for those who watch it. */
export async function listen(progress: Progress): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      progress.take(JSON.parse(Buffer.concat(chunks).toString("utf8")) as Told);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}/`, server };
}
