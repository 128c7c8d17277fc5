import type {
  AnyAuthMethod,
  AuthenticationType,
  AuthHandlerMiddleware,
  KeyboardInteractiveAuthMethod,
  NextAuthHandler,
  ParsedKey,
} from "ssh2";
import { UnreachableError } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { keyFilesOf, privateKeys, usualKeys } from "./private-keys.ts";
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

/** What was tried, in words. */
export const triedBy = (
  { privateKeyFile, password }: Target,
  { identityFiles }: Pick<Endpoint, "identityFiles">,
): string =>
  (privateKeyFile ?? ((identityFiles ?? usualKeys()).join(", ") || "no key file")) +
  (password === undefined ? "" : " or the password");

function waysOf(
  target: Target,
  { user: username, identityFiles }: Pick<Endpoint, "user" | "identityFiles">,
  cannotAnswer: (question: string) => void,
): AnyAuthMethod[] {
  const { password } = target;
  const agent = process.env.SSH_AUTH_SOCK;
  const keys = keyFilesOf(target, { ...(identityFiles && { identityFiles }) }).flatMap((file) => {
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

/**
 * A key that the inventory names must be usable, unless the agent may have it; of the others, those that are not are left
 * out.
 */
function readKey(file: string, target: Target): ParsedKey | undefined {
  const found = privateKeys.read(file, target.privateKeyPassphrase);
  if ("key" in found) return found.key;
  const { problem, isEncrypted } = found;
  const { name, privateKeyFile, privateKeyPassphrase: passphrase } = target;
  const isInAgent = isEncrypted && passphrase === undefined && Boolean(process.env.SSH_AUTH_SOCK);
  if (privateKeyFile === undefined || isInAgent) return undefined;
  if (!isEncrypted) throw new UnreachableError(name, problem);
  throw new UnreachableError(
    name,
    passphrase === undefined
      ? `${problem}: use a terminal, where kubeplay asks for it, set ansible_ssh_private_key_passphrase, or add the key to an ssh-agent`
      : `${problem} (ansible_ssh_private_key_passphrase)`,
  );
}
