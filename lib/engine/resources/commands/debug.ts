import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";

/** The properties of `debug`. */
export interface DebugProps {
  /** Shown as a notice; an object as JSON. */
  readonly message: unknown;
}

/**
 * Shows a value, such as the output of an earlier task; never a change. Secrets are covered as in all output.
 *
 * @example
 * debug("Show the kernel", { message: asked.output.map(({ stdout }) => stdout) });
 */
export const debug = defineResource({
  kind: "debug",
  props: { message: prop.any },
  label: () => "",
  needs: () => ({}),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  warnings: (_now, { message }: DebugProps) => [
    typeof message === "string" ? message : JSON.stringify(message, null, 2),
  ],
  waits: true,
});
