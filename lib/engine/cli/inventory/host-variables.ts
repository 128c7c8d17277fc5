import type { LoadedInventory } from "../../inventory/types.ts";
import type { Mask } from "../../runner/events/mask.ts";
import { covered } from "../../schema/covered.ts";
import { holdsSecret } from "../../schema/secret.ts";
import type { Assignment, Sealed, VarSpecs } from "../../schema/types.ts";
import { learnSecrets } from "../play/secret-variables.ts";

/** A value that was encrypted on its own. It is shown encrypted, as it is written. */
export class SealedText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** The form in which Ansible writes and reads it in JSON. */
  toJSON(): unknown {
    return { __ansible_vault: this.text };
  }
}

/** The variables of hosts, with secrets masked or encrypted. */
export class HostVariables {
  readonly #inventory: LoadedInventory;
  readonly #specs: VarSpecs;
  readonly #mask: Mask;

  constructor(inventory: LoadedInventory, specs: VarSpecs, mask: Mask) {
    this.#inventory = inventory;
    this.#specs = specs;
    this.#mask = mask;
    for (const { name } of inventory.hosts) learnSecrets(inventory, name, specs, mask);
  }

  of(host: string): Readonly<Record<string, unknown>> {
    const winners = new Map(this.#inventory.assignments(host).map((assignment) => [assignment.name, assignment]));
    return Object.fromEntries([...winners].map(([name, assignment]) => [name, this.#shown(assignment)]));
  }

  #shown({ name, value, sealed }: Assignment): unknown {
    const schema = Object.hasOwn(this.#specs, name) ? this.#specs[name] : undefined;
    const isOwn = typeof value === "string" && sealed?.textOf(value) !== undefined;
    if (schema && holdsSecret(schema) && !isOwn) return covered;
    return this.#part(value, sealed);
  }

  #part(value: unknown, sealed: Sealed | undefined): unknown {
    if (Array.isArray(value)) return value.map((part) => this.#part(part, sealed));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.#part(part, sealed)]));
    if (!sealed?.holds(value)) return this.#mask.cover(value);
    const text = typeof value === "string" ? sealed.textOf(value) : undefined;
    return text === undefined ? covered : new SealedText(text);
  }
}
