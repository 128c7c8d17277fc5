import fc from "fast-check";
import { expect } from "chai";
import { addressBytes, addressText, canonicalAddress } from "#engine/pki/address.ts";

describe("addresses in certificates", () => {
  it("have one spelling each", () => {
    expect(canonicalAddress("10.0.0.1")).to.equal("10.0.0.1");
    expect(canonicalAddress("0:0:0:0:0:0:0:1")).to.equal("::1");
    expect(canonicalAddress("2001:DB8::00A0")).to.equal("2001:db8::a0");
    expect(canonicalAddress("::ffff:10.0.0.1")).to.equal("::ffff:a00:1");
    expect(canonicalAddress("::")).to.equal("::");
  });

  it("are converted to bytes and back", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
        (bytes) => {
          expect([...addressBytes(addressText(bytes))]).to.deep.equal([...bytes]);
        },
      ),
    );
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => addressBytes(text).length % 12 === 4));
  });

  it("reject other texts", () => {
    for (const wrong of ["", "example", "10.0.0", "10.0.0.256", "1::2::3", "fe80::1%eth0", "10.0.0.0/8"])
      expect(() => addressBytes(wrong)).to.throw(`${JSON.stringify(wrong)} is not an IP address`);
  });
});
