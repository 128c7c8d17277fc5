/** Why sudo refused, from its output in the C locale, with the remedy for a known refusal; empty if it printed nothing. */
export function sudoRefusal(words: string): string {
  if (words.includes("you must have a tty"))
    return "sudo requires a terminal: take requiretty out of sudoers, for this user at least";
  if (/(password|terminal|authentication) is required/.test(words))
    return "sudo requires a password: set ansible_become_password, or allow NOPASSWD in sudoers";
  const [refused] = /^.*(not in the sudoers file|is not allowed to|may not run sudo).*$/m.exec(words) ?? [];
  if (refused !== undefined)
    return `${refused} Give the user rights in sudoers, such as with the group sudo, or log in as another user (ansible_user)`;
  if (/sudo['’]?: (No such file|not found|command not found)/.test(words))
    return "sudo is not installed: install it, or log in as that user (ansible_user)";
  // Without its lecture, and without what PAM printed.
  const own = words.split("\n").filter((line) => line.startsWith("sudo:"));
  return own.length > 0 ? own.join("\n") : words.trim();
}
