import { add, type Figures } from "./sums.ts";

/** What the whole fleet made and where it is, kept up to date device by device: nobody counts when asked. */
export function createTally() {
  const devices = new Map<string, Figures>();
  const fleet: Figures = {};
  const missing = new Set<string>();

  function take(device: string): void {
    add(fleet, devices.get(device) ?? {}, -1);
    devices.delete(device);
    missing.delete(device);
  }

  return {
    has: (device: string): boolean => devices.has(device),
    set(device: string, figures: Figures): void {
      take(device);
      devices.set(device, figures);
      add(fleet, figures);
      if ((figures["missing"] ?? 0) > 0) missing.add(device);
    },
    /** Of a device that is counted: some of its points are elsewhere now. */
    change(device: string, from: Figures, to: Figures): void {
      const figures = devices.get(device) ?? {};
      devices.set(device, figures);
      for (const sums of [figures, fleet]) {
        add(sums, from, -1);
        add(sums, to);
      }
      if ((figures["missing"] ?? 0) > 0) missing.add(device);
      else missing.delete(device);
    },
    forget: take,
    fleet: (): Readonly<Figures> => fleet,
    /** Points that a device misses. */
    missingOf: (device: string): number => devices.get(device)?.["missing"] ?? 0,
    devicesMissing: (): number => missing.size,
  };
}
