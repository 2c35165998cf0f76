import { describe, expect, it } from "vitest";
import { admit } from "#wire";
import { createEnvironmentCollector } from "../../../edge-agent/collectors/index.ts";
import { fixtureHost } from "./hosts.ts";

const iio = "/sys/bus/iio/devices";

/** @param devices IIO device → file → text */
function collect(devices: Record<string, Record<string, string>>) {
  const list = async (path: string) => (path === iio ? [...Object.keys(devices), "trigger0"] : []);
  const read = async (path: string) => {
    const [device = "", file = ""] = path.slice(iio.length + 1).split("/");
    const text = devices[device]?.[file];
    if (text === undefined) throw new Error("ENOENT");
    return text;
  };
  return createEnvironmentCollector({ host: fixtureHost("router", { files: { list, read } }) }).collect();
}

describe("the environment collector", () => {
  it("reads what each sensor has, in the catalogue's units", async () => {
    const samples = await collect({
      "iio:device1": { name: "demo-dust\n", in_massconcentration_pm2p5_input: "7.25\n" },
      "iio:device0": {
        name: "demo-climate\n",
        in_temp_input: "-1250\n",
        in_humidityrelative_input: "71500\n",
        in_pressure_input: "101.325\n",
      },
    });
    expect(samples).toEqual([
      {
        m: "environment",
        t: { sensor: "demo-climate" },
        f: { temperature_celsius: -1.25, humidity_percent: 71.5, pressure_hpa: 1013.25 },
      },
      { m: "environment", t: { sensor: "demo-dust" }, f: { pm25_ug_per_m3: 7.25 } },
    ]);
    for (const sample of samples) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
  });

  it("works out raw steps with scale and offset", async () => {
    const [sample] = await collect({
      "iio:device0": { name: "demo", in_temp_raw: "1200", in_temp_scale: "12.5", in_temp_offset: "400" },
    });
    expect(sample?.f).toEqual({ temperature_celsius: 20 });
  });

  it.each([
    ["no number", { in_temp_input: "error" }],
    ["what cannot be", { in_temp_input: "999999", in_humidityrelative_input: "-5000", in_illuminance_input: "1e9" }],
    ["a converter of something else", { in_voltage0_raw: "17" }],
  ])("gives nothing for %s", async (_, files) => {
    expect(await collect({ "iio:device0": { name: "demo", ...files } })).toEqual([]);
  });

  it("tells two sensors of one name apart, and reads 16 at most", async () => {
    const many = Array.from({ length: 18 }, (_, i): [string, Record<string, string>] => [
      `iio:device${i}`,
      { name: "demo", in_temp_input: "1000" },
    ]);
    const sensors = (await collect(Object.fromEntries(many))).map((sample) => sample.t?.["sensor"]);
    expect(sensors.slice(0, 2)).toEqual(["demo", "demo iio:device1"]);
    expect([sensors.length, new Set(sensors).size]).toEqual([16, 16]);
  });
});
