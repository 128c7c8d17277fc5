import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { TaskError, UnreachableError } from "../errors.ts";
import { quote } from "../shell/quote.ts";
import { described, type Channel, type OpenChannel } from "./channel.ts";

export interface Become {
  readonly user: string;
  readonly password?: string;
}

/** A running program, with its process id on the host. */
export interface Opened {
  readonly channel: Channel;
  readonly pid: number;
}

/**
 * Starts a program as another user and waits until it really runs: sudo may ask for a password, refuse, or print a
 * banner. `program` is a shell command that reads from its standard input. Rejects with TaskError if privileges are
 * refused, and with UnreachableError if no shell starts.
 */
export async function openAs(
  host: string,
  open: OpenChannel,
  program: string,
  { become, patience }: { readonly become?: Become | undefined; readonly patience: number },
): Promise<Opened> {
  const ready = `kubeplay-ready-${randomBytes(8).toString("hex")}`;
  const prompt = `kubeplay-password-${randomBytes(8).toString("hex")}:`;
  const inner = `sh -c ${quote(`echo ${ready} $$; exec ${program}`)}`;
  const ask = become?.password === undefined ? "-n" : `-S -p ${prompt}`;
  // sudo's messages are parsed below, and the user may have another locale.
  const channel = await open(
    become ? `env -u LANGUAGE LC_ALL=C sudo ${ask} -u ${quote(become.user)} -- ${inner}` : inner,
  );
  channel.stdin.on("error", () => undefined);
  return new Promise((resolve, reject) => {
    let out = "";
    let err = "";
    let prompts = 0;
    let settled = false;
    const timer = setTimeout(() => {
      refuse(new UnreachableError(host, `${host} opens no shell: it did not answer within ${String(patience)} s`));
    }, patience * 1000);
    const settle = (): boolean => {
      const first = !settled;
      settled = true;
      clearTimeout(timer);
      channel.stdout.off("data", onOut);
      channel.stderr.off("data", onErr);
      return first;
    };
    const refuse = (error: Error) => {
      if (!settle()) return;
      channel.kill();
      reject(error);
    };
    const denied = (why: string) => refuse(new TaskError(`cannot become ${become?.user ?? ""} on ${host}: ${why}`));
    const onOut = (chunk: Buffer) => {
      out += chunk.toString("latin1");
      const [line, pid] = new RegExp(`${ready} (\\d+)\\n`).exec(out) ?? [];
      if (line === undefined || !settle()) return;
      handBack(channel.stdout, Buffer.from(out.slice(out.indexOf(line) + line.length), "latin1"));
      handBack(channel.stderr, Buffer.from(err.replaceAll(prompt, "")));
      resolve({ channel, pid: Number(pid) });
    };
    const onErr = (chunk: Buffer) => {
      err += chunk.toString("utf8");
      const seen = err.split(prompt).length - 1;
      if (seen > 1) denied("sudo does not accept the password (ansible_become_password)");
      else if (seen > prompts) channel.stdin.write(`${become?.password ?? ""}\n`);
      prompts = seen;
    };
    channel.stdout.on("data", onOut);
    channel.stderr.on("data", onErr);
    void channel.closed.then((exit) => {
      const said = err.replaceAll(prompt, "").trim();
      if (!become) refuse(new UnreachableError(host, `the shell on ${host} ${described(exit)}: ${said}`));
      else denied(refusalOf(said) ?? (said || `sudo ${described(exit)}`));
    });
  });
}

/** The remedy for a known refusal of sudo; undefined for any other. */
function refusalOf(said: string): string | undefined {
  if (/password is required|a terminal is required/.test(said))
    return "sudo requires a password: set ansible_become_password, or allow NOPASSWD in sudoers";
  const [refused] = /^.*(not in the sudoers file|is not allowed to|may not run sudo).*$/m.exec(said) ?? [];
  if (refused !== undefined)
    return `${refused} Give the user rights in sudoers, such as with the group sudo, or log in as another user (ansible_user)`;
  if (/sudo['’]?: (No such file|not found|command not found)/.test(said))
    return "sudo is not installed: install it, or log in as that user (ansible_user)";
  return undefined;
}

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
