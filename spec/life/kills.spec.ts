import { rmSync } from "node:fs";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { lastSummary, measured } from "../cluster/lab.ts";
import { killed } from "./killed.ts";
import { folder, inventory, lab, play } from "./small-cluster.ts";

const backups = `${process.cwd()}/${folder}-backups`;

/** KILLS=20 npm run test:life -- -g "killed at random" looks longer. */
const count = Number(process.env.KILLS ?? 3);

interface Case {
  readonly name: string;
  /** As it is typed after `npm run play --`. */
  readonly words: readonly string[];
  /** Seconds of a whole run, about: each kill comes at any moment of them. */
  readonly longest: number;
  /** What ends the work that was begun, if it is not the same command. */
  readonly then?: readonly string[];
  /** What changes nothing afterwards; `site` by default. */
  readonly settled?: readonly string[];
}

// Metrics Server may run there, which has an emptyDir.
const remove = ["-e", "remove=life-node", "-e", "drain_empty_dir_data=true", "remove"];
const reset = ["-e", "reset=life-master,life-node", "-e", "reset_cluster=lab-life", "reset"];

/** Each finds the cluster as the one before has left it. */
const cases: readonly Case[] = [
  { name: "site, on bare hosts", words: ["site"], longest: 80 },
  { name: "certs, renewing all", words: ["-e", "renew=all", "certs"], longest: 60, then: ["certs"] },
  {
    name: "encryption, with a new key",
    words: ["-e", "encryption_rotate=true", "encryption"],
    longest: 60,
    then: ["encryption"],
  },
  { name: "certs, replacing etcd's CA", words: ["-e", "rotate=etcd-ca", "certs"], longest: 90 },
  { name: "certs, dropping the old one", words: ["-e", "drop=etcd-ca", "certs"], longest: 45 },
  { name: "backup", words: ["-e", `backup_folder=${backups}`, "backup"], longest: 10 },
  { name: "remove", words: remove, longest: 25, settled: remove },
  { name: "site, which brings the node back", words: ["site"], longest: 30 },
  { name: "reset", words: reset, longest: 15, settled: reset },
  { name: "site, after a reset", words: ["site"], longest: 80 },
];

/** Runs are killed with SIGKILL: the next one ends what was begun, and nothing is left to do. */
describe("playbooks whose runs are killed at random", () => {
  let recipient = "";

  before("make the hosts", async () => {
    recipient = await identityToRecipient(await generateIdentity());
    rmSync(backups, { recursive: true, force: true });
    await lab.make(() => play("lab"));
  });
  after("remove them", () => lab.remove());

  for (const { name, words, longest, then = words, settled = ["site"] } of cases)
    it(name, async () => {
      const always = ["-e", `backup_recipients=${JSON.stringify([recipient])}`];
      let kills = 0;
      // A run that ends before its moment is no kill, and does no harm.
      for (let runs = 0; kills < count && runs < 3 * count; runs++)
        if (await killed(inventory, Math.random() * longest, ...always, ...words)) kills++;
      measured(`${String(kills)} runs killed; then until the end`, (await play(...always, ...then)).seconds);
      await play(...always, ...settled);
      expect(lastSummary().changes).to.deep.equal([]);
    });
});
