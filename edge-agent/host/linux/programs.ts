import { execFile } from "node:child_process";
import type { Programs } from "../index.ts";

const outputBytes = 256 * 1024;

export const linuxPrograms: Programs = {
  run: (program, args, { timeoutMs }) =>
    new Promise((done, fail) => {
      const limits = { timeout: timeoutMs, killSignal: "SIGKILL" as const, maxBuffer: outputBytes };
      // Words in another language could not be parsed.
      const env = { PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
      execFile(program, [...args], { ...limits, env }, (error, stdout, stderr) => {
        if (!error) return done({ stdout, stderr });
        // A program that says no (ping without an answer: 1) has still printed what it knows.
        fail(Object.assign(error, { stdout, stderr }));
      });
    }),
};
