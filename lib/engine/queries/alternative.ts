import { defineQuery } from "./define.ts";
import { words } from "./keys.ts";

/** A name of update-alternatives(1); undefined if there is none. */
export type AlternativeState =
  | {
      /** The path that it is a link to; undefined if none is chosen. */
      readonly value?: string;
      /** Whether the choice with the highest priority is taken. */
      readonly auto: boolean;
      /** Paths with their priorities. */
      readonly choices: Readonly<Record<string, number>>;
    }
  | undefined;

/** What a name of Debian's alternatives stands for. */
export const alternative = defineQuery<AlternativeState>({
  kind: "alternative",
  ask: (names) =>
    `for name in ${words(names)}; do LC_ALL=C update-alternatives --query "$name" 2>/dev/null; printf '\\0'; done`,
  parse: (stdout, names) => {
    const answers = stdout.split("\0");
    return new Map(names.map((name, index) => [name, readAlternative(answers[index] ?? "")]));
  },
});

function readAlternative(text: string): AlternativeState {
  const [head = "", ...choices] = text.split(/\n\n/);
  const field = (part: string, name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(part)?.[1];
  if (field(head, "Name") === undefined) return undefined;
  const value = field(head, "Value");
  return {
    ...(value !== undefined && value !== "none" && { value }),
    auto: field(head, "Status") === "auto",
    choices: Object.fromEntries(
      choices.flatMap((part) => {
        const path = field(part, "Alternative");
        return path === undefined ? [] : [[path, Number(field(part, "Priority"))]];
      }),
    ),
  };
}
