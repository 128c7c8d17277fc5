import { fakeConnection } from "#engine/connection/fake.ts";
import type { Writer } from "#engine/connection/types.ts";
import { defineQuery } from "#engine/queries/define.ts";
import { differences, type Resource } from "#engine/tasks/resource.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States, type StatesOptions } from "#engine/runner/state/states.ts";

/** The colours of lamps on a host, and the power that its controller gives them. */
export class Lamps {
  readonly colours = new Map<string, string>();
  readonly power = new Map<string, number>();
  /** All scripts that the host was sent, and what the controller was asked, in order. */
  readonly log: string[] = [];
  /** Said by the host in place of an answer. */
  fails: { readonly code: number; readonly stderr: string } | undefined;

  readonly colour = defineQuery<string | undefined>({
    kind: "colour",
    ask: (keys) => `ask ${keys.join(" ")}`,
    parse: (stdout, keys) => new Map(keys.map((key) => [key, new RegExp(`${key}=(\\w+)`).exec(stdout)?.[1]])),
  });
  readonly volts = defineQuery<number | undefined>({
    kind: "volts",
    get: (keys) => {
      this.log.push(`look ${keys.join(" ")}`);
      return Promise.resolve(new Map(keys.map((key) => [key, this.power.get(key)])));
    },
  });

  /** Answers questions, and obeys "paint NAME COLOUR". */
  readonly writer: Writer = {
    ...fakeConnection("a", []),
    read: (script) => {
      const separator = /kubeplay-[0-9a-f]+/.exec(script)?.[0] ?? "";
      const asked = /^ask .*$/m.exec(script)?.[0] ?? "";
      this.log.push(asked);
      const all = [...this.colours].map((entry) => entry.join("=")).join("\n");
      return Promise.resolve({ stdout: `${all}\n${separator}\n`, stderr: "", code: 0 });
    },
    run: (script) => {
      this.log.push(script);
      if (this.fails) return Promise.resolve({ stdout: "", ...this.fails });
      const [, name, colour] = /^paint (\w+) (\w+)$/.exec(script) ?? [];
      if (name !== undefined && colour !== undefined) this.colours.set(name, colour);
      return Promise.resolve({ stdout: script, stderr: "", code: 0 });
    },
  };

  states(options: StatesOptions = {}, overlay = new Overlay()): States {
    return new States(this.writer, overlay, new Overlay(), options);
  }

  /** A lamp that is painted on the host. */
  readonly lamp: LampResource = {
    kind: "lamp",
    label: ({ name }) => name,
    needs: ({ name }) => ({ colour: this.colour(name), volts: this.volts(name) }),
    diff: (now, p) => differences({ colour: [now.colour, p.colour] }),
    apply: (_found, _now, p) => [`paint ${p.name} ${p.colour}`],
    forecast: (_now, p) => ({ colour: p.colour }),
    output: (now) => now.colour,
  };
}

export interface LampProps {
  readonly name: string;
  readonly colour: string;
}
interface LampState {
  readonly colour: string | undefined;
  readonly volts: number | undefined;
}
export type LampResource = Resource<LampProps, LampState, object, string | undefined>;
export const red: LampProps = { name: "hall", colour: "red" };
