/** The user that commands run as, in place of the login's. */
export interface Become {
  readonly user: string;
  readonly password?: string;
  /** sudo by default. */
  readonly method?: BecomeMethodName;
}

/** A program that starts another one as another user. */
export interface BecomeMethod {
  /** The command that starts `sh -c PROGRAM`, in double quotes, without a terminal. */
  readonly command: (become: Become, program: string, prompt: string) => string;
  /** How it asks for the password, at the end of what it printed on standard error; never if absent. */
  readonly asks?: (prompt: string) => RegExp;
  /** Why it refused, from its output in the C locale, with the remedy for a known refusal. */
  readonly refusal: (words: string) => string;
}

/** A word for a shell, within single quotes and without any. */
const inDoubleQuotes = (word: string): string => `"${word.replaceAll(/[$`"\\]/g, "\\$&")}"`;

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The lines that the program itself printed, without a lecture and without what PAM printed; all if there are none. */
function ownLines(program: string, words: string): string {
  const own = words.split("\n").filter((line) => line.startsWith(`${program}:`));
  return own.length > 0 ? own.join("\n") : words.trim();
}

const isMissing = (program: string, words: string): boolean =>
  new RegExp(`${program}['’]?: (No such file|not found|command not found|inaccessible)`).test(words);
const missing = (program: string): string =>
  `${program} is not installed: install it, or log in as that user (ansible_user)`;

function sudoRefusal(words: string): string {
  if (words.includes("you must have a tty"))
    return "sudo requires a terminal: take requiretty out of sudoers, for this user at least";
  if (/(password|terminal|authentication) is required/.test(words))
    return "sudo requires a password: set ansible_become_password, or allow NOPASSWD in sudoers";
  const [refused] = /^.*(not in the sudoers file|is not allowed to|may not run sudo).*$/m.exec(words) ?? [];
  if (refused !== undefined)
    return `${refused} Give the user rights in sudoers, such as with the group sudo, or log in as another user (ansible_user)`;
  return isMissing("sudo", words) ? missing("sudo") : ownLines("sudo", words);
}

function doasRefusal(words: string): string {
  if (/Authenti?cation required/i.test(words))
    return "doas asks for passwords at a terminal only: allow nopass for this user in doas.conf, or set ansible_become_method";
  if (words.includes("Operation not permitted"))
    return `${ownLines("doas", words)}: permit this user in doas.conf, or log in as another user (ansible_user)`;
  return isMissing("doas", words) ? missing("doas") : ownLines("doas", words);
}

function suRefusal(words: string): string {
  if (/Authentication failure|incorrect password/i.test(words))
    return "su does not accept the password (ansible_become_password): it is that of the user to become";
  const [, shell] = /using restricted shell (\S+)/.exec(words) ?? [];
  if (shell !== undefined)
    return `su starts only that user's own shell, as /etc/shells does not have ${shell}: set ansible_become_method to sudo or doas`;
  return isMissing("su", words) ? missing("su") : ownLines("su", words);
}

/** By the values of ansible_become_method. */
export const becomeMethods = {
  sudo: {
    command: ({ user, password }, program, prompt) =>
      `sudo ${password === undefined ? "-n" : `-S -p ${prompt}`} -u ${inDoubleQuotes(user)} -- sh -c ${inDoubleQuotes(program)}`,
    asks: (prompt) => new RegExp(literal(prompt)),
    refusal: sudoRefusal,
  },
  doas: {
    command: ({ user }, program) => `doas -n -u ${inDoubleQuotes(user)} -- sh -c ${inDoubleQuotes(program)}`,
    refusal: doasRefusal,
  },
  su: {
    // Not the user's own shell, which may be fish.
    command: ({ user }, program) => `su -s /bin/sh -c ${inDoubleQuotes(program)} -- ${inDoubleQuotes(user)}`,
    asks: () => /^Password: ?/m,
    refusal: suRefusal,
  },
} satisfies Readonly<Record<string, BecomeMethod>>;

export type BecomeMethodName = keyof typeof becomeMethods;

export const becomeMethod = ({ method = "sudo" }: Become): BecomeMethod => becomeMethods[method];
