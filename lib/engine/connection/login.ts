import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import ssh2, {
  type AnyAuthMethod,
  type AuthenticationType,
  type AuthHandlerMiddleware,
  type KeyboardInteractiveAuthMethod,
  type NextAuthHandler,
} from "ssh2";
import { UnreachableError } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Target } from "./types.ts";

export interface Login {
  readonly handler: AuthHandlerMiddleware;
  /** Something that the host asks for and kubeplay cannot answer, such as a code or a new password. */
  readonly unanswered: () => string | undefined;
}

/** Logs in by each way that the target and the host both have: keys, an agent, a password. */
export function loginOf(target: Target, endpoint: Pick<Endpoint, "user" | "identityFiles">): Login {
  let unanswered: string | undefined;
  const ways = waysOf(target, endpoint, (question) => (unanswered = question));
  let untried = [...ways];
  let current: AnyAuthMethod | undefined;
  const handler = (left: AuthenticationType[] | null, isPartial: boolean | null, next: NextAuthHandler): void => {
    // The host wants one more way, which may be one that it did not accept as the first.
    if (isPartial) untried = ways.filter((way) => way !== current);
    current = untried.find(({ type }) => left?.includes(type === "agent" ? "publickey" : type) ?? true);
    untried = untried.filter((way) => way !== current);
    // The types omit that `false` ends the login.
    next(current ?? (false as unknown as AnyAuthMethod));
  };
  return { handler, unanswered: () => unanswered };
}

const usualKeys = (): string[] =>
  ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => path.join(os.homedir(), ".ssh", name)).filter(existsSync);

/** What was tried, in words. */
export const triedBy = (
  { privateKeyFile, password }: Target,
  { identityFiles }: Pick<Endpoint, "identityFiles">,
): string =>
  (privateKeyFile ?? ((identityFiles ?? usualKeys()).join(", ") || "no key file")) +
  (password === undefined ? "" : " or the password");

function waysOf(
  target: Target,
  { user: username, identityFiles = usualKeys() }: Pick<Endpoint, "user" | "identityFiles">,
  cannotAnswer: (question: string) => void,
): AnyAuthMethod[] {
  const { privateKeyFile, password } = target;
  const agent = process.env.SSH_AUTH_SOCK;
  const keys = (privateKeyFile === undefined ? identityFiles : [privateKeyFile]).flatMap((file) => {
    const key = readKey(file, target);
    return key ? [{ type: "publickey" as const, username, key }] : [];
  });
  return [
    ...keys,
    ...(agent ? [{ type: "agent" as const, username, agent }] : []),
    ...(password === undefined
      ? []
      : [{ type: "password" as const, username, password }, dialogue(username, password, cannotAnswer)]),
  ];
}

/** A question for something other than the password of the login. */
const otherQuestion = /\b(new|retype|code|passcode|token|otp|pin|one[- ]time)\b/i;

/** Answers the one hidden question of a host that asks for the password in a dialogue, as PAM does. */
function dialogue(
  username: string,
  password: string,
  cannotAnswer: (question: string) => void,
): KeyboardInteractiveAuthMethod {
  let answered = false;
  return {
    type: "keyboard-interactive",
    username,
    prompt: (title, instructions, _language, prompts, finish) => {
      const [first, second] = prompts;
      const isForPassword = !answered && !second && first?.echo === false && !otherQuestion.test(first.prompt);
      if (first && !isForPassword)
        cannotAnswer([title, instructions, ...prompts.map(({ prompt }) => prompt)].join("\n"));
      if (isForPassword) answered = true;
      finish(isForPassword ? [password] : []);
    },
  };
}

/** A key that the inventory names must be readable; a default key may be encrypted, as the agent then has it. */
function readKey(file: string, target: Target): Buffer | undefined {
  const named = target.privateKeyFile !== undefined;
  try {
    const key = readFileSync(file);
    const parsed = ssh2.utils.parseKey(key);
    if (!(parsed instanceof Error)) return key;
    if (named)
      throw new UnreachableError(
        target.name,
        `${file} cannot be used as a key: ${parsed.message}${/encrypted/i.test(parsed.message) ? "; add it to an ssh-agent" : ""}`,
      );
    return undefined;
  } catch (error) {
    if (!named) return undefined;
    if (error instanceof UnreachableError) throw error;
    throw new UnreachableError(
      target.name,
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
