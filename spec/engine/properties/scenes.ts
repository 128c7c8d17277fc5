import fc from "fast-check";
import { quote } from "#engine/shell/quote.ts";
import { account, base64, content, mode, octal, type Account, type Content } from "./words.ts";

/** The possible states of a resource's path. */
export type There =
  | { readonly type: "absent" | "pipe" }
  | { readonly type: "file"; readonly content: Content; readonly permissions: Owned }
  | { readonly type: "directory"; readonly permissions: Owned }
  | { readonly type: "link"; readonly to: "nothing" | "file" | "directory" };

export interface Owned {
  readonly mode: number;
  readonly owner: Account;
  readonly group: Account;
}

export const owned: fc.Arbitrary<Owned> = fc.record({ mode, owner: account, group: account });

export const there: fc.Arbitrary<There> = fc.oneof(
  fc.record({ type: fc.constantFrom("absent", "pipe") }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant("file"), content, permissions: owned }) },
  fc.record({ type: fc.constant("directory"), permissions: owned }),
  fc.record({ type: fc.constant("link"), to: fc.constantFrom("nothing", "file", "directory") }),
);

/** The folder of scenes. Each scene starts with only the targets of links in it. */
export const stage = "/srv/engine";
/** The targets of existing links. */
export const targets = {
  nothing: `${stage}/no-such-thing`,
  file: `${stage}/other-file`,
  directory: `${stage}/other-directory`,
};

/** A script that clears the stage. */
export const cleared = `rm -rf ${stage} && mkdir -p ${targets.directory} && echo other > ${targets.file} && echo in > ${targets.directory}/in`;

/** A script that creates `what` at the path. */
export function placed(path: string, what: There): string {
  const name = quote(path);
  switch (what.type) {
    case "absent":
      return ":";
    case "pipe":
      return `mkfifo -- ${name}`;
    case "link":
      return `ln -s -- ${targets[what.to]} ${name}`;
    case "file":
      return `base64 -d > ${name} <<'END'\n${base64(what.content)}\nEND\n${permitted(name, what.permissions)}`;
    case "directory":
      return `mkdir -- ${name} && echo in > ${name}/in && ${permitted(name, what.permissions)}`;
  }
}

const permitted = (name: string, { mode, owner, group }: Owned): string =>
  `chown ${owner}:${group} -- ${name} && chmod ${octal(mode).padStart(5, "0")} -- ${name}`;

/** A script that lists everything on the stage, without following links. */
export const everything = `find ${stage} -printf '%y %m %u:%g %p -> %l\\n' | LC_ALL=C sort && find ${stage} -type f -exec sha256sum {} + | LC_ALL=C sort`;
