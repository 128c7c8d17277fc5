import { UnreachableError } from "../errors.ts";
import { connectionPasses } from "./again.ts";
import { placeOf, type Endpoint } from "./endpoint.ts";
import { HostKeyError } from "./host-key.ts";
import { triedBy } from "./login.ts";
import { said } from "./said.ts";
import type { Target } from "./types.ts";

/** An error of a connection attempt, with what is known about the attempt. */
export interface ConnectError extends Error {
  readonly level?: string;
  readonly code?: string;
  /** Whether there was a connection, even if nothing arrived over it. */
  readonly connected?: boolean;
  /** RFC 4254's reason code if a channel was not opened. */
  readonly reason?: number;
  /** The host's own words: its banner, or a line before its greeting. */
  readonly words?: string;
  /** A question of the host that could not be answered. */
  readonly unanswered?: string;
}

export interface Refusal {
  readonly message: string;
  /** Another attempt may succeed right away. */
  readonly retry: boolean;
  /** No attempt succeeds before something is changed. */
  readonly final?: boolean;
}

/** Administratively prohibited. */
const prohibited = 1;
/** What PAM says about an account that stays closed until somebody opens it. */
const closedForGood = /expired|locked|disabled/i;

/** Why a connection attempt failed, in words, and whether another one may succeed. */
export function refusalOf(target: Target, endpoint: Endpoint, error: unknown): Refusal {
  if (error instanceof HostKeyError) return { message: error.message, retry: false, final: true };
  if (error instanceof UnreachableError) return { message: error.message, retry: false, final: error.final };
  const { words = "", unanswered } = error as ConnectError;
  const { message, ...rest } = reasonOf(target, endpoint, error as ConnectError);
  const asked = unanswered === undefined ? "" : `, and asks what kubeplay cannot answer${said(unanswered)}`;
  return { message: message + (asked || said(words)), ...rest };
}

function reasonOf(target: Target, endpoint: Endpoint, error: ConnectError): Refusal {
  const { level, code, reason, message, connected, words = "" } = error;
  const { port, user, through, isBastion } = endpoint;
  const where = placeOf(target, endpoint);
  const final = (why: string): Refusal => ({ message: why, retry: false, final: true });
  if (level === "client-authentication")
    return final(`${where} refuses the login of ${user} with ${triedBy(target, endpoint)}`);
  // If nothing accepted the connection, a retry does not help; an overloaded host may answer the next try in time.
  if (level === "client-timeout")
    return { message: `${where} did not answer within ${target.connectTimeout} s`, retry: connected === true };
  if (code === "ECONNREFUSED")
    return { message: `${where} refuses connections: does sshd listen on port ${port}?`, retry: false };
  if (code === "ENOTFOUND")
    return final(
      `${where}: no such host name (${endpoint.setBy === undefined ? (isBastion ? "ansible_ssh_common_args" : "ansible_host") : "HostName"})`,
    );
  if (through && reason === prohibited)
    return final(`${where} cannot be reached: sshd on ${through.address} forbids forwarding (AllowTcpForwarding)`);
  return {
    message: `${where} cannot be reached: ${message}`,
    retry: connectionPasses({ message, ...(code && { code }) }) && !closedForGood.test(words),
  };
}
