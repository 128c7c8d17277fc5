import { TaskError } from "../../errors.ts";
import type { Result } from "../../connection/types.ts";
import { answer } from "../../queries/answer.ts";
import { absolutePath } from "../../queries/keys.ts";
import { covered } from "../../schema/covered.ts";
import { commandError, lastLines } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import {
  checkRequest,
  asked,
  betweenAnswers,
  commonOptions,
  expectedStatus,
  follow,
  isExpected,
  needsCurl,
  requestRules,
  type RequestOptions,
} from "./curl.ts";

/** The properties of `uri`. */
export interface UriProps extends RequestOptions {
  /** "GET" by default. Both only read: `request` sends others. */
  readonly method?: "GET" | "HEAD";
  /** Neither the request nor its answer is shown, and the answer counts as secret in later tasks. */
  readonly secret?: boolean;
}

/** The answer of a server, after its redirects. */
export interface UriOutput {
  readonly status: number;
  /** By name in lower case; of several lines with one name, the last. */
  readonly headers: Readonly<Record<string, string>>;
  /** As UTF-8 text. */
  readonly body: string;
  /** The body as JSON, if its content type says so; undefined if it is none. */
  readonly json?: unknown;
}

/**
 * Asks a server from the host, with curl and its proxy variables; never a change, and also in check mode. Its output is a
 * UriOutput. Fails with TaskError for another status than expected, and if the server does not answer: `.retry(…)` tries
 * again.
 *
 * @example
 * const health = uri("Ask the app", { url: "http://127.0.0.1:8080/health" }).retry({ attempts: 10, delay: 3 });
 * assert("Refuse an app that is not ready", { that: health.output.map(({ json }) => isReady(json)), message: "not ready" });
 */
export const uri = defineResource({
  kind: "uri",
  props: {
    ...requestRules,
    method: prop.optional(prop.oneOf("GET", "HEAD")),
    secret: prop.optional(prop.flag),
  },
  label: (p: UriProps) => (p.secret ? covered : p.url),
  locate: (p) => {
    checkRequest("uri", p);
    return p.ca === undefined ? p : { ...p, ca: absolutePath(p.ca) };
  },
  needs: (p) => ({ answer: answer(asking(p)) }),
  diff: ({ answer: result }, p) => {
    if (result.code !== 0) throw commandError({ ...result, stdout: "", stderr: ofCurl(result.stderr) });
    const { status, body } = read(result);
    if (!isExpected(status, p))
      throw new TaskError(`the answer is ${String(status)}, expected ${expectedStatus(p)}: ${lastLines(body)}`, {
        printed: body,
      });
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: ({ answer: result }): UriOutput => read(result),
  reads: true,
});

/** The headers go to stderr, where the body cannot be mistaken for them. */
const asking = (p: UriProps): string => {
  const flags = "--silent --show-error --dump-header /dev/stderr";
  const head = p.method === "HEAD" ? " --head --output /dev/null" : "";
  return `${needsCurl}
${follow}
${asked(commonOptions(p), p)}
kubeplay_follow ${flags}${head}`;
};

/** What curl itself says amid the headers. */
const ofCurl = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((line) => !/^(?:HTTP\/|[\w-]+:\s.*\r$|\r?$)/.test(line))
    .join("\n");

function read({ stdout: printed, stderr }: Result): UriOutput {
  const stdout = printed.slice(startOfLast(printed));
  // Redirects and proxies have headers of their own before.
  const last = stderr.slice(stderr.search(/HTTP\/[\d.]+ \d{3}(?![^]*^HTTP\/)/m));
  const [first = "", ...lines] = last.split(/\r?\n/);
  const headers = Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );
  const status = Number(/^HTTP\/[\d.]+ (\d{3})/.exec(first)?.[1] ?? 0);
  return { status, headers, body: stdout, ...jsonOf(headers["content-type"], stdout) };
}

/** Redirects have bodies too. */
function startOfLast(printed: string): number {
  const last = printed.lastIndexOf(betweenAnswers);
  return last < 0 ? 0 : last + betweenAnswers.length;
}

function jsonOf(type = "", body: string): Pick<UriOutput, "json"> {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) return {};
  try {
    return { json: JSON.parse(body) as unknown };
  } catch {
    return {};
  }
}
