import { existsSync, rmSync } from "node:fs";

/** SPEC_LAB=keep uses the cluster of the last run as it is, and keeps it: for work on these specs. */
const kept = process.env.SPEC_LAB === "keep";

/** The lab of specs that make it and remove it; or that use it one after the other. */
export class SharedLab {
  readonly #folder: string;
  readonly #play: (...args: readonly string[]) => Promise<unknown>;
  #shared = false;
  #made = false;

  /** `folder` is the cluster's on the controller, and the lab's too. */
  constructor(folder: string, play: (...args: readonly string[]) => Promise<unknown>) {
    this.#folder = folder;
    this.#play = play;
  }

  /** Makes the lab anew by `work`; leaves it as it is if the specs before made it for these, too. */
  async make(work: () => Promise<unknown>): Promise<void> {
    if (!this.#made && !(kept && existsSync(this.#folder))) await this.makeAnew(work);
  }

  /** Makes the lab anew by `work`, whatever was there. */
  async makeAnew(work: () => Promise<unknown>): Promise<void> {
    await this.#play("-e", "lab_state=absent", "lab");
    rmSync(this.#folder, { recursive: true, force: true });
    await work();
    this.#made = true;
  }

  async remove(): Promise<void> {
    if (kept || this.#shared) return;
    this.#made = false;
    await this.#play("-e", "lab_state=absent", "lab");
  }

  /** Of a file that imports specs: they use one lab, each as the one before has left it. */
  share(): void {
    before(() => {
      this.#shared = true;
    });
    after("remove the lab", async () => {
      this.#shared = false;
      await this.remove();
    });
  }
}
