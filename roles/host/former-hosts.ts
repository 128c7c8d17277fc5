import { defineResource, effect, prop, queries, quote, TaskError, unknown } from "kubeplay";
import * as files from "#engine/resources/files/wanted-file.ts";
import { recordedFile } from "#cluster/undo/record.ts";
import { withNames, type HostsFileProps } from "./hosts-file.ts";

const hosts = "/etc/hosts";

const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/**
 * The text as it was before the names of hosts were written to it; lines that others have added since stay. Without a
 * record, only the lines that kubeplay itself adds go.
 */
export function withoutNames(
  text: string,
  record: string | undefined,
  p: Pick<HostsFileProps, "known" | "own">,
): string {
  const added = p.known.map(({ name, address }) => `${address} ${name}`);
  const ours = new Set([...added, ...linesOf(withNames(record ?? "", p))]);
  const kept = linesOf(text).filter((line) => !ours.has(line));
  return [...linesOf(record ?? ""), ...kept.filter((line) => !linesOf(record ?? "").includes(line))]
    .map((line) => `${line}\n`)
    .join("");
}

interface Now {
  readonly path: queries.PathState;
  readonly text: queries.ContentState;
  readonly record: queries.ContentState;
}

function wanted({ text, record }: Now, p: HostsFileProps): string {
  if (typeof text === "object") throw new TaskError(`${hosts} is not text: the hosts' names cannot be taken out of it`);
  return withoutNames(text ?? "", typeof record === "string" ? record : undefined, p);
}

const keeping = (path: queries.PathState): files.FileOptions => ({
  dest: hosts,
  mode: path.type === "file" ? path.mode : files.defaultMode,
});

/** /etc/hosts without the names that `hostsFile` wrote to it. */
export const formerHosts = defineResource({
  kind: "former hosts file",
  props: { known: prop.listOf(prop.object), own: prop.text, inPlace: prop.flag },
  label: () => hosts,
  needs: () => ({
    path: queries.path(hosts),
    text: queries.content(hosts),
    record: queries.content(recordedFile("hosts")),
  }),
  diff: (now: Now, p: HostsFileProps) => {
    const after = wanted(now, p);
    return now.text === undefined || now.text === after ? [] : [{ what: "names", before: now.text, after }];
  },
  apply: (_found, now, p) => {
    const after = wanted(now, p);
    if (p.inPlace) return [`printf %s ${quote(after)} > ${hosts}`];
    const content = [{ what: "content", before: now.text, after }];
    return files.fileSteps(content, now.path, files.wantedOf(after), keeping(now.path));
  },
  forecast: (now, p) => {
    const text = wanted(now, p);
    return { ...now, path: files.fileForecast(now.path, files.wantedOf(text), keeping(now.path)), text };
  },
  effects: () => [effect(queries.digest(hosts), unknown)],
});
