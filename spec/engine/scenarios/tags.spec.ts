import { block } from "kubeplay";
import { compare, one, plays, type Scenario } from "./compare.ts";

const ansible = `
- hosts: all
  tasks:
    - {raw: "{{ note }} plain"}
    - {raw: "{{ note }} one", tags: one}
    - {raw: "{{ note }} two", tags: [one, two]}
    - {raw: "{{ note }} always", tags: always}
    - {raw: "{{ note }} always-one", tags: [always, one]}
    - {raw: "{{ note }} never", tags: never}
    - {raw: "{{ note }} never-debug", tags: [never, debug]}
    - tags: one
      block:
        - {raw: "{{ note }} in-block"}
        - {raw: "{{ note }} in-block-two", tags: two}
        - {raw: "{{ note }} in-block-never", tags: never}
- hosts: all
  tags: two
  tasks:
    - {raw: "{{ note }} in-play"}
    - {raw: "{{ note }} in-play-always", tags: always}
`;
const kubeplay = plays(
  one(({ note }) => [
    note("plain"),
    note("one").tagged("one"),
    note("two").tagged("one", "two"),
    note("always").tagged("always"),
    note("always-one").tagged("always", "one"),
    note("never").tagged("never"),
    note("never-debug").tagged("never", "debug"),
    block("Block", note("in-block"), note("in-block-two").tagged("two"), note("in-block-never").tagged("never")).tagged(
      "one",
    ),
  ]),
  one(({ note }) => [note("in-play"), note("in-play-always").tagged("always")], { tags: ["two"] }),
);

const choices: readonly NonNullable<Scenario["options"]>[] = [
  {},
  { tags: ["one"] },
  { tags: ["two", "debug"] },
  { tags: ["two"], skipTags: ["one"] },
  { skipTags: ["always"] },
  { tags: ["all", "never"] },
  { tags: ["tagged"] },
  { tags: ["untagged"] },
  { skipTags: ["tagged"] },
  { tags: ["one"], skipTags: ["always"] },
];

compare(
  "tags",
  choices.map((options) => ({
    name:
      Object.entries(options)
        .map(([flag, words]) => `${flag === "tags" ? "--tags" : "--skip-tags"} ${String(words)}`)
        .join(" ") || "without options",
    hosts: ["a"],
    ordered: true,
    options,
    ansible,
    kubeplay,
  })),
);
