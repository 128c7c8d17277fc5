import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { TaskError, UnreachableError } from "../errors.ts";
import { becomeMethod, type Become } from "./become.ts";
import { described, type Channel, type Exit, type OpenChannel } from "./channel.ts";
import { said } from "./said.ts";
import { programLine, startCommand, type Signs } from "./start-command.ts";

/** A running program, with its process id on the host. */
export interface Opened {
  readonly channel: Channel;
  readonly pid: number;
}

/** What cloud images answer to root in place of a shell, some seconds before they hang up. */
const otherUser = "Please login as the user";

/** Characters that may come before a shell is ready: banners, and what profiles print. */
const mostWords = 1024 * 1024;
const endless = "prints without end";

/**
 * Starts a program as another user and waits until it really runs: a login shell may refuse, and sudo may ask for a
 * password, refuse, or print a banner. `program` is a shell command that reads from its standard input. Rejects with
 * TaskError if privileges are refused, and with UnreachableError if no shell starts.
 */
export async function openAs(
  host: string,
  open: OpenChannel,
  program: string,
  { become, patience }: { readonly become?: Become | undefined; readonly patience: number },
): Promise<Opened> {
  const signs = newSigns();
  const channel = await open(startCommand(signs, become));
  channel.stdin.on("error", () => undefined);
  return new Promise((resolve, reject) => {
    let out = "";
    let err = "";
    let prompts = 0;
    const method = become && becomeMethod(become);
    const name = become?.method ?? "sudo";
    const question = method?.asks?.(signs.prompt);
    let settled = false;
    const settle = (): boolean => {
      const first = !settled;
      settled = true;
      clearTimeout(timer);
      channel.stdout.off("data", onOut);
      channel.stderr.off("data", onErr);
      return first;
    };
    const refuse = (error: Error): void => {
      if (!settle()) return;
      channel.kill();
      reject(error);
    };
    const refused = (
      how: string,
      says: (errors: string) => string = (errors) => method?.refusal(errors) ?? "",
    ): void => {
      const errors = question ? err.split(question).join("") : err;
      const words = Buffer.from(out, "latin1").toString("utf8").replace(`${signs.begun}\n`, "") + errors;
      const hasBegun = become !== undefined && out.includes(signs.begun);
      refuse(hasBegun ? cannotBecome(host, become, says(errors) || `${name} ${how}`) : noShell(host, how, words));
    };
    const late = `did not answer within ${String(patience)} s`;
    const timer = setTimeout(() => refused(late, (errors) => `${name} ${late}${said(errors)}`), patience * 1000);
    const onOut = (chunk: Buffer): void => {
      out += chunk.toString("latin1");
      const [line, pid] = new RegExp(`${signs.ready} (\\d+)\\n`).exec(out) ?? [];
      if (line === undefined) {
        if (out.includes(otherUser)) refused("accepts another user (ansible_user)");
        else if (out.length > mostWords) refused(endless);
        return;
      }
      if (!settle()) return;
      handBack(channel.stdout, Buffer.from(out.slice(out.indexOf(line) + line.length), "latin1"));
      handBack(channel.stderr, Buffer.from(question ? err.split(question).join("") : err));
      channel.stdin.write(programLine(program));
      resolve({ channel, pid: Number(pid) });
    };
    const onErr = (chunk: Buffer): void => {
      err += chunk.toString("utf8");
      const seen = question ? err.split(question).length - 1 : 0;
      if (seen > 1 && become)
        refuse(cannotBecome(host, become, `${name} does not accept the password (ansible_become_password)`));
      else if (seen > prompts && become?.password === undefined)
        refused("", () => `${name} requires a password: set ansible_become_password`);
      else if (seen > prompts) channel.stdin.write(`${become?.password ?? ""}\n`);
      prompts = seen;
      if (err.length > mostWords) refused(endless, (errors) => `${name} ${endless}${said(errors)}`);
    };
    channel.stdout.on("data", onOut);
    channel.stderr.on("data", onErr);
    void channel.closed.then((exit: Exit) => refused(described(exit)));
  });
}

function newSigns(): Signs {
  const id = randomBytes(8).toString("hex");
  return { begun: `kubeplay-begun-${id}`, ready: `kubeplay-ready-${id}`, prompt: `kubeplay-password-${id}:` };
}

const cannotBecome = (host: string, { user }: Become, why: string): TaskError =>
  new TaskError(`cannot become ${user} on ${host}: ${why}`);

/** Nothing of kubeplay's ran: what answered instead gives the reason, if anything does. */
const noShell = (host: string, how: string, words: string): UnreachableError =>
  new UnreachableError(
    host,
    `${host} opens no shell: its login ${how}` +
      (said(words) || ". A login shell, a profile, ForceCommand or authorized_keys may start something other than sh"),
  );

/** Buffers output until a listener is added, including output that has already arrived. */
function handBack(stream: Readable, rest: Buffer): void {
  stream.pause();
  if (rest.length > 0 && !stream.readableEnded) stream.unshift(rest);
  const flow = (event: string | symbol): void => {
    if (event !== "data") return;
    stream.off("newListener", flow);
    process.nextTick(() => stream.resume());
  };
  stream.on("newListener", flow);
}
