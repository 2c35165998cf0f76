import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains, netmaskOf, networkOf, readAddress, readCidr, writeAddress } from "../../firmware-configs/ip.ts";

describe("addresses", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["fe80:0:0:1:0:0:0:1", "fe80:0:0:1::1"],
    ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["::ffff:192.0.2.1", "::ffff:c000:201"],
    ["10:0:0:0:0:0:0:0", "10::"],
  ])("%s is written %s", (given, written) => {
    const read = readAddress(given);
    expect(read && writeAddress(read.version, read.address)).toBe(written);
  });

  it.each(["", "1.2.3", "1.2.3.256", "01.2.3.4", "1:2", ":::", "1::2::3", "12345::", "::1.2.3.999", "g::"])(
    "%s is none",
    (given) => expect(readAddress(given)).toBeUndefined(),
  );

  it("come back from their shortest form", () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const address = groups.reduce((sum, one) => (sum << 16n) | BigInt(one), 0n);
        expect(readAddress(writeAddress(6, address))).toEqual({ version: 6, address });
      }),
    );
  });

  it("have networks", () => {
    expect(readCidr("192.0.2.77/255.255.255.192")?.prefix).toBe(26);
    expect(readCidr("0.0.0.0/0.0.0.0")?.prefix).toBe(0);
    for (const wrong of ["192.0.2.1/33", "192.0.2.1/255.0.255.0", "::/129", "192.0.2.1/24/1", "x/24", "::/255.0.0.0"])
      expect(readCidr(wrong), wrong).toBeUndefined();
    expect(netmaskOf(0)).toBe("0.0.0.0");
    expect(netmaskOf(26)).toBe("255.255.255.192");
    const net = readCidr("2001:db8:1:2::77/64");
    expect(net && networkOf(net)).toBe("2001:db8:1:2::");
    const of = (text: string) => readAddress(text) ?? { version: 4 as const, address: 0n };
    expect(net && contains(net, of("2001:db8:1:2:ffff::1"))).toBe(true);
    expect(net && contains(net, of("2001:db8:1:3::1"))).toBe(false);
  });
});
