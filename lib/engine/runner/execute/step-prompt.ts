import type { PlannedTask } from "../plan/plan.ts";

export type Answer = "yes" | "no" | "continue";

/** Asks a person before each task of a play, once for all hosts, until the answer is "continue". */
export class StepPrompt {
  readonly #ask: (text: string) => Promise<Answer>;
  readonly #answers = new Map<string, Promise<boolean>>();
  #last: Promise<unknown> = Promise.resolve();
  #goOn = false;

  constructor(ask: (text: string) => Promise<Answer>) {
    this.#ask = ask;
  }

  confirm(play: string, { id, role, task }: PlannedTask): Promise<boolean> {
    const key = `${play}\0${id}`;
    const known = this.#answers.get(key);
    if (known) return known;
    // One question at a time, whichever host asks first.
    const answer = this.#last.then(() => this.#answer(`${role.name} : ${task.name}`));
    this.#last = answer.catch(() => undefined);
    this.#answers.set(key, answer);
    return answer;
  }

  async #answer(name: string): Promise<boolean> {
    if (this.#goOn) return true;
    const answer = await this.#ask(name);
    this.#goOn = answer === "continue";
    return answer !== "no";
  }
}
