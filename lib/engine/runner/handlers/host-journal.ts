import type { Writer } from "../../connection/types.ts";
import { quote } from "../../shell/quote.ts";
import type { Owed } from "./owed.ts";

const folder = "/var/lib/kubeplay";
/** Only root can read and write it: the journal of the runs that are root on the host. */
const file = `${folder}/pending-handlers`;

/** Prints the list of the host, in one line. */
export const readHostJournal = `{ read -r kubeplay_owed < ${file} && printf '%s\\n' "$kubeplay_owed"; } 2>/dev/null`;

const writeHostJournal = (owed: Owed): string =>
  `umask 077; [ -d ${folder} ] || mkdir -p -m 755 ${folder}
printf '%s\\n' ${quote(JSON.stringify(owed))} > ${file}.new && mv -fT ${file}.new ${file}`;

/**
 * Keeps the pending handlers of a host on the host, so that a run from another checkout runs them. A list is sent just
 * before the change that adds to it, in the same write, and is not waited for.
 */
export class HostJournal {
  readonly #writer: Writer;
  readonly #failed: (error: unknown) => void;
  readonly #writes = new Set<Promise<void>>();
  /** What the host has, and what it is to have. */
  #kept: string;
  #next: Owed | undefined;

  /** `onHost` is the list that the host has. */
  constructor(writer: Writer, onHost: Owed, failed: (error: unknown) => void) {
    this.#writer = writer;
    this.#failed = failed;
    this.#kept = textOf(onHost);
  }

  /** Several changes of the list in a row are one write. */
  keep(owed: Owed): void {
    const isScheduled = this.#next !== undefined;
    this.#next = owed;
    if (!isScheduled) queueMicrotask(() => this.#send());
  }

  /** Resolves when all writes have ended. */
  async settled(): Promise<void> {
    this.#send();
    await Promise.all(this.#writes);
  }

  #send(): void {
    const owed = this.#next;
    this.#next = undefined;
    if (!owed || textOf(owed) === this.#kept) return;
    this.#kept = textOf(owed);
    const write = this.#write(owed).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  async #write(owed: Owed): Promise<void> {
    try {
      const { code, stderr } = await this.#writer.run(writeHostJournal(owed));
      if (code !== 0) throw new Error(stderr.trim());
    } catch (error) {
      this.#kept = "";
      this.#failed(error);
    }
  }
}

const textOf = ({ handlers }: Owed): string => JSON.stringify([...handlers].sort());
