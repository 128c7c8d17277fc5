import { quote } from "../shell/quote.ts";
import { defineQuery } from "./define.ts";
import { unreadable, words } from "./keys.ts";

/** A question of debconf; undefined if nothing has registered it. */
export type DebconfState =
  | {
      /** "select", "string", "boolean", "password" … */
      readonly type: string;
      /** The answer; of a password its SHA-256, in lower-case hex, as the password never leaves the host. */
      readonly value: string;
      /** Whether it counts as answered: it is then not asked. */
      readonly seen: boolean;
    }
  | undefined;

/** debconf's own library, as debconf-show uses it: debconf-communicate would lock the database, and change it. */
const script = `
use Debconf::Db; use Debconf::Question;
$| = 1;
Debconf::Db->load(readonly => "true");
for my $name (@ARGV) {
  my $question = Debconf::Question->get($name);
  my $type = $question && $question->template ? $question->type : "";
  print $type, "\\0", ($question && $question->flag("seen") eq "true" ? "seen" : ""), "\\0";
  my $value = $question && defined $question->value ? $question->value : "";
  if ($type eq "password") { open(my $sum, "|-", "sha256sum") or die; print $sum $value; close($sum) or die; }
  else { print $value; }
  print "\\0";
}`;

/** What debconf knows about a question, such as "postfix/main_mailer_type". */
export const debconf = defineQuery<DebconfState>({
  kind: "debconf",
  ask: (names) => `! command -v debconf-set-selections >/dev/null || perl -e ${quote(script)} -- ${words(names)}`,
  parse: (stdout, names) => {
    const fields = stdout.split("\0");
    if (stdout !== "" && fields.length !== 3 * names.length + 1) throw unreadable(stdout);
    return new Map(names.map((name, index) => [name, stateOf(fields.slice(3 * index, 3 * index + 3))]));
  },
});

function stateOf([type = "", seen, value = ""]: readonly string[]): DebconfState {
  if (type === "") return undefined;
  const [, digest] = /^([0-9a-f]{64}) [ *]-\n$/.exec(value) ?? [];
  if (type === "password" && digest === undefined) throw unreadable(value);
  return { type, value: digest !== undefined && type === "password" ? digest : value, seen: seen === "seen" };
}
