import { readFileSync } from "node:fs";
import path from "node:path";
import { TaskError } from "../../errors.ts";
import { quote } from "../../shell/quote.ts";
import { prop } from "../../tasks/properties.ts";

/** The properties of every request. */
export interface RequestOptions {
  /** http or https. */
  readonly url: string;
  /** Header lines, such as { Authorization: "Bearer …" }. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The answers that are no failure; 200 to 299 by default. */
  readonly status?: readonly number[];
  /** The certificates of CAs that are trusted, as an absolute path on the host; by default, those of the system. */
  readonly ca?: string;
  /** Seconds for the whole request; 30 by default. */
  readonly timeout?: number;
}

export const requestRules = {
  url: prop.text,
  headers: prop.optional(prop.mapOf(prop.text)),
  status: prop.optional(prop.listOf(prop.number)),
  ca: prop.optional(prop.text),
  timeout: prop.optional(prop.number),
};

/** Throws TaskError for a request that cannot be meant; `what` is the resource, for one without a URL. */
export function checkRequest(what: string, { url, headers, status, timeout }: RequestOptions): void {
  checkUrl(what, url);
  checkHeaders(url, headers);
  if (status?.length === 0) throw new TaskError(`${url}: status is an empty list, expected one such as [200, 404]`);
  const bad = status?.find((one) => !(Number.isInteger(one) && one >= 100 && one <= 599));
  if (bad !== undefined) throw new TaskError(`${url}: ${String(bad)} is not a status, expected 100 to 599`);
  // curl takes 0 for no limit.
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout > 0))
    throw new TaskError(`${url}: timeout is ${String(timeout)}, expected seconds above 0`);
}

/** Throws TaskError for what is no URL; `what` is what it is for. */
export function checkUrl(what: string, url: string | undefined): void {
  if (!/^https?:\/\/[^\s\\]+$/.test(url ?? ""))
    throw new TaskError(`${what}: ${JSON.stringify(url ?? "")} is not a URL, expected http:// or https://`);
}

/** Throws TaskError for headers that would be more than one. */
export function checkHeaders(what: string, headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers))
    if (!/^[\w-]+$/.test(name) || /[\r\n]/.test(value))
      throw new TaskError(`${what}: ${JSON.stringify(name)} is not a header of one line`);
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '"': String.raw`\"`, "\\": String.raw`\\` },
  ...{ "\n": String.raw`\n`, "\r": String.raw`\r`, "\t": String.raw`\t`, "\v": String.raw`\v` },
};
const inQuotes = (text: string): string => `"${text.replaceAll(/["\\\n\r\t\v]/g, (one) => escapes[one] ?? one)}"`;

/**
 * A configuration file of curl, for its standard input: URL and headers are not arguments, which every user of the host
 * can read.
 */
export const curlConfig = (options: readonly (readonly [name: string, value: string])[]): string =>
  options.map(([name, value]) => `${name} = ${inQuotes(value)}`).join("\n");

/** The options of curl for header lines. */
export const headerOptions = (headers: Readonly<Record<string, string>> = {}): [string, string][] =>
  Object.entries(headers).map(([name, value]) => ["header", `${name}: ${value}`]);

/** The options of curl that each request has, beside URL and headers. */
export const commonOptions = ({ ca, timeout = 30 }: RequestOptions): [string, string][] => [
  ...(ca === undefined ? [] : ([["cacert", ca]] as [string, string][])),
  ["max-time", String(timeout)],
  ["proto", "=http,https"],
];

/** All options of a request that follows no redirect. */
export const requestOptions = (p: RequestOptions): [string, string][] => [
  ["url", p.url],
  ...headerOptions(p.headers),
  ...commonOptions(p),
];

/** Between the answers of redirects, in what `kubeplay_follow` prints. */
export const betweenAnswers = "\n--kubeplay: redirected--\n";

/** Shell text that defines `kubeplay_follow`. */
export const follow = readFileSync(path.join(import.meta.dirname, "follow.sh"), "utf8").replace(/^#.*\n/gm, "");

/** Shell text that sets what `kubeplay_follow` reads. */
export const asked = (
  options: readonly (readonly [string, string])[],
  p: Pick<RequestOptions, "url" | "headers">,
): string =>
  `options=${quote(curlConfig(options))} headers=${quote(curlConfig(headerOptions(p.headers)))} url=${quote(p.url)} between=${quote(betweenAnswers)}`;

/** Shell text that ends with an error if the host has no curl. */
export const needsCurl =
  'command -v curl >/dev/null || { echo "curl is not installed: add a packages task for it before this task" >&2; exit 127; }';

export const isExpected = (status: number, { status: expected }: Pick<RequestOptions, "status">): boolean =>
  expected?.includes(status) ?? (status >= 200 && status < 300);

export const expectedStatus = ({ status }: Pick<RequestOptions, "status">): string =>
  status?.join(" or ") ?? "200 to 299";
