import { Scalar, stringify, type ScalarTag } from "yaml";
import { printableJson } from "../../report/printable.ts";
import { SealedText } from "./host-variables.ts";

export const asJson = (value: unknown): string => printableJson(sorted(value), 4);

export const asYaml = (value: unknown): string =>
  stringify(sorted(value), {
    lineWidth: 0,
    compat: "yaml-1.1",
    customTags: [sealedTag],
    aliasDuplicateObjects: false,
  }).trimEnd();

const sealedTag: ScalarTag = {
  tag: "!vault",
  identify: (value) => value instanceof SealedText,
  createNode: (_schema, value) => {
    const node = new Scalar(value instanceof SealedText ? value.text : value);
    node.type = Scalar.BLOCK_LITERAL;
    return node;
  },
  resolve: (text) => text,
};

/** Sorts all keys, so that their order does not depend on the layers that set them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value instanceof SealedText) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
