import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ByHand } from "./jinja.ts";
import type { Yaml } from "./task.ts";
import { convertTemplate } from "./template.ts";

/** A template of the new role, and the variables that it reads. */
export interface RoleTemplate {
  readonly src: string;
  readonly names: readonly string[];
}

/** The templates that the tasks of a role name. */
export class RoleTemplates {
  /** The texts of the new templates, by their paths in the role. */
  readonly texts = new Map<string, string>();
  readonly #folder: string;
  readonly #defaults: Yaml;
  readonly #reads: (name: string) => void;
  readonly #known = new Map<string, RoleTemplate | ByHand>();

  /** `reads` is called with each variable that a template reads. */
  constructor(folder: string, defaults: Yaml, reads: (name: string) => void) {
    this.#folder = folder;
    this.#defaults = defaults;
    this.#reads = reads;
  }

  /** Throws ByHand for one that is not converted. */
  take(given: string): RoleTemplate {
    const src = this.#defaultOf(given);
    const known = this.#known.get(src) ?? this.#convert(src);
    this.#known.set(src, known);
    if (known instanceof ByHand) throw known;
    return known;
  }

  /** All that were taken, with the reason for each that is not converted. */
  results(): readonly { readonly file: string; readonly why?: string }[] {
    return [...this.#known].map(([file, one]) => ({ file, ...(one instanceof ByHand && { why: one.message }) }));
  }

  /** A file that a variable names is the one of its default. */
  #defaultOf(src: string): string {
    const [, name = ""] = /^\{\{\s*(\w+)\s*\}\}$/.exec(src) ?? [];
    const given = this.#defaults[name];
    if (typeof given === "string") return this.#defaultOf(given);
    if (src.includes("{{")) throw new ByHand("the name of its template");
    return src;
  }

  #convert(src: string): RoleTemplate | ByHand {
    const file = path.join(this.#folder, "templates", src);
    if (!existsSync(file)) return new ByHand(`there is no template ${src}`);
    const name = `${src.replace(/\.j2$/, "")}.hbs`;
    try {
      const { text, names } = convertTemplate(readFileSync(file, "utf8"));
      names.forEach(this.#reads);
      this.texts.set(path.join("templates", name), text);
      return { src: name, names };
    } catch (error) {
      if (error instanceof ByHand) return new ByHand(`templates/${src}: ${error.message}`);
      throw error;
    }
  }
}
