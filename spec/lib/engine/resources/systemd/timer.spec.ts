import { expect } from "chai";
import { timer, type Task } from "kubeplay";

const made = (props: Parameters<typeof timer>[1]): Readonly<Record<string, unknown>>[] =>
  timer("Back up", props).tasks.map((item) => ({ ...(item as Task).props }));

describe("timer", () => {
  it("writes a service and a timer, and starts the timer", () => {
    const [service, scheduled, start] = made({
      name: "backup",
      schedule: "daily",
      run: "/bin/b a",
      user: "ada",
      spread: 5,
    });
    expect(service).to.include({ name: "backup.service" });
    expect(service?.content).to.include("ExecStart=/bin/b a").and.include("User=ada").and.include("Type=oneshot");
    expect(scheduled?.content).to.include("OnCalendar=daily").and.include("RandomizedDelaySec=5");
    expect(start).to.include({ name: "backup.timer", state: "started", enabled: true });
  });

  it("stops the timer before it removes both units", () => {
    expect(made({ name: "backup", state: "absent" }).map(({ name, state }) => [name, state])).to.deep.equal([
      ["backup.timer", "stopped"],
      ["backup.timer", "absent"],
      ["backup.service", "absent"],
    ]);
  });

  it("requires a schedule and a program", () => {
    expect(() => timer("t", { name: "backup", schedule: "daily" })).to.throw(
      "backup: a timer requires schedule and run",
    );
  });
});
