import { TaskError } from "../../errors.ts";
import { content, type ContentState } from "../../queries/content.ts";
import { path as pathQuery } from "../../queries/path.ts";
import { sysctl } from "../../queries/sysctl.ts";
import { quote } from "../../shell/quote.ts";
import type { Difference } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import * as files from "../files/wanted-file.ts";

/** The properties of `hostname`. */
export interface HostnameProps {
  /** Labels of letters, digits and "-", at most 64 characters in all. */
  readonly name: string;
}

/** A container has it as a mount point. */
const options = { dest: "/etc/hostname", inPlace: true } as const;
const { dest } = options;
const wanted = files.once(({ name }: HostnameProps) => files.wantedOf(`${name}\n`));

const isAtBoot = (text: ContentState, { name }: HostnameProps): boolean =>
  typeof text === "string" && text.trim() === name;

/**
 * The name of the host: the running one, and in /etc/hostname the one after a boot. Lines of /etc/hosts stay as they
 * are. Fails with TaskError for a name that no host can have.
 *
 * @example
 * hostname("Name the host", { name: host.name });
 */
export const hostname = defineResource({
  kind: "hostname",
  props: { name: prop.text },
  label: ({ name }: HostnameProps) => name,
  locate: (p) => {
    const label = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    if (!new RegExp(`^${label}(?:\\.${label})*$`).test(p.name) || p.name.length > 64)
      throw new TaskError(`${JSON.stringify(p.name)} is not the name of a host`);
    return p;
  },
  needs: () => ({ running: sysctl("kernel.hostname"), path: pathQuery(dest), atBoot: content(dest) }),
  diff: ({ running, path, atBoot }, p): Difference[] => [
    ...(running === p.name ? [] : [{ what: "name", before: running, after: p.name }]),
    ...(isAtBoot(atBoot, p)
      ? []
      : files
          .fileDifferences(path, wanted(p), options)
          .map((difference) => (difference.what === "content" ? { ...difference, what: "name at boot" } : difference))),
  ],
  apply: (found, { path }, p) => {
    const written = found.filter(({ what }) => what !== "name");
    return [
      ...(written.length === 0
        ? []
        : files.fileSteps([{ what: "content", before: undefined, after: undefined }], path, wanted(p), options)),
      ...(found.length === written.length ? [] : [`printf %s ${quote(p.name)} > /proc/sys/kernel/hostname`]),
    ];
  },
  forecast: ({ path, atBoot }, p) => ({
    running: p.name,
    path: isAtBoot(atBoot, p) ? path : files.fileForecast(path, wanted(p), options),
    atBoot: isAtBoot(atBoot, p) ? atBoot : `${p.name}\n`,
  }),
});
