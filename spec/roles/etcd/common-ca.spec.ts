import { expect } from "chai";
import { commonCa } from "#roles/etcd/common-ca.ts";
import { authority, type Issued } from "../../lib/engine/pki/issued.ts";

describe("the CAs that a member of etcd trusts", () => {
  const { does } = commonCa("t", { onHost: "/etc/etcd/pki/ca.crt", onController: "/pki/etcd-ca-bundle.crt" });
  const share = (held: readonly Issued[], coming: readonly Issued[]): unknown => {
    if (!("resource" in does)) throw new Error("an action");
    const [first, ...chain] = coming.map(({ certificate }) => certificate);
    const onHost = [{ path: "/etc/etcd/pki/ca.crt", certificates: held.map(({ certificate }) => certificate) }];
    return does.resource.output?.({ onHost, onController: { type: "certificate", certificate: first, chain } }, {}, []);
  };

  it("are replaced member by member if old and new ones have one in common, and together if not", async () => {
    const [old, next] = [await authority("etcd-ca"), await authority("etcd-ca")];
    expect(share([old], [old, next])).to.equal(true);
    expect(share([old, next], [next])).to.equal(true);
    expect(share([], [next])).to.equal(true);
    expect(share([old], [next])).to.equal(false);
  });
});
