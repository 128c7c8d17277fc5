import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { InputError, rootCause } from "../../errors.ts";
import type { Yaml } from "./task.ts";

/** The files of a role of Ansible. */
export class RoleFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The value of a YAML file, without its ending; an empty map if there is none. Throws InputError. */
  yaml(name: string): unknown {
    const file = [".yml", ".yaml"]
      .map((ending) => path.join(this.folder, name + ending))
      .find((one) => existsSync(one));
    if (file === undefined) return {};
    try {
      return (parse(readFileSync(file, "utf8"), { version: "1.1", logLevel: "silent", merge: true }) as unknown) ?? {};
    } catch (error) {
      throw new InputError([{ message: `it is not read as YAML: ${rootCause(error)}`, where: { file } }]);
    }
  }

  /** The entries of a YAML file that is a list. */
  list(name: string): readonly Yaml[] {
    const found = this.yaml(name);
    return Array.isArray(found) ? (found as Yaml[]) : [];
  }
}
