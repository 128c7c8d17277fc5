import { TaskError } from "../../errors.ts";
import { absolutePath } from "../../queries/keys.ts";
import { covered } from "../../schema/covered.ts";
import { quote } from "../../shell/quote.ts";
import { prop } from "../../tasks/properties.ts";
import { defineAction } from "../../tasks/task.ts";
import {
  checkRequest,
  curlConfig,
  expectedStatus,
  needsCurl,
  requestOptions,
  requestRules,
  type RequestOptions,
} from "./curl.ts";

/** The properties of `request`. */
export interface RequestProps extends RequestOptions {
  /** "POST" by default. */
  readonly method?: "POST" | "PUT" | "PATCH" | "DELETE";
  /** The text that is sent, of at most 48 KiB. */
  readonly body?: string;
  /** A value that is sent as JSON, in place of `body`, with this content type. */
  readonly json?: unknown;
  /** Neither the request nor its answer is shown. */
  readonly secret?: boolean;
}

/**
 * Action: sends a request to a server from the host, with curl and its proxy variables. Redirects are not followed. The
 * task fails for another status than expected, and if the server does not answer: `.retry(…)` tries again.
 *
 * @example
 * handler("Tell the chat", request("Tell the chat", { url: "https://chat.example.org/hook", json: { text: "deployed" } }));
 */
export const request = defineAction({
  kind: "request",
  props: {
    ...requestRules,
    method: prop.optional(prop.oneOf("POST", "PUT", "PATCH", "DELETE")),
    body: prop.optional(prop.text),
    json: prop.optional(prop.any),
    secret: prop.optional(prop.flag),
  },
  label: (p: RequestProps) => (p.secret ? covered : p.url),
  steps: (p) => {
    check(p);
    return [{ sh: sending(p), timeout: (p.timeout ?? 30) + 60 }];
  },
});

/**
 * Bytes. curl before 8.2 takes a line of its configuration that is longer than 100 KiB for the end of it, and would send
 * nothing; quotes can double a body.
 */
const largestBody = 48 * 1024;

const bodyOf = ({ body, json }: RequestProps): string | undefined => (json === undefined ? body : JSON.stringify(json));

function check(p: RequestProps): void {
  checkRequest("request", p);
  if (p.body !== undefined && p.json !== undefined)
    throw new TaskError(`${p.url}: a request has body and json, expected one of them`);
  if (Buffer.byteLength(bodyOf(p) ?? "") > largestBody)
    throw new TaskError(
      `${p.url}: the body is larger than ${String(largestBody)} bytes: write it to a file and send that with \`run\``,
    );
}

function sending(p: RequestProps): string {
  const body = bodyOf(p);
  const isTyped = Object.keys(p.headers ?? {}).some((name) => name.toLowerCase() === "content-type");
  const config = curlConfig([
    ...requestOptions(p.ca === undefined ? p : { ...p, ca: absolutePath(p.ca) }),
    ["request", p.method ?? "POST"],
    ...(p.json !== undefined && !isTyped ? ([["header", "Content-Type: application/json"]] as const) : []),
    // Not data, which reads a file if it begins with "@".
    ...(body === undefined ? [] : ([["data-raw", body]] as const)),
  ]);
  return `${needsCurl}
said=$(printf '%s\\n' ${quote(config)} | curl --silent --show-error --write-out '\\n%{http_code}' --config -) || exit
code=\${said##*
}
case $code in ${p.status?.join("|") ?? "2??"}) ;;
*) printf '%s\\nthe answer is %s, expected %s\\n' "\${said%
*}" "$code" ${quote(expectedStatus(p))} >&2; exit 1 ;;
esac`;
}
