import type { Socket } from "node:net";

/** The one port through which the agent sees its host. Linux is one side; fixtures and the simulated street are others. */
export interface Host {
  time: Time;
  files: Files;
  disk: Disk;
  programs: Programs;
  sockets: Sockets;
  /** A number in [0, 1). */
  random(): number;
}

export type Cancel = () => void;

export interface Time {
  /** The wall clock, milliseconds since 1970 UTC. May be wrong and may jump. */
  now(): number;
  /** Milliseconds since some start. Never jumps. */
  monotonic(): number;
  after(ms: number, run: () => void): Cancel;
}

/** Reads of /proc, /sys and /etc. Every call fails as node:fs does (ENOENT, EACCES). */
export interface Files {
  /** At most 1 MiB; a longer file is cut. */
  read(path: string): Promise<string>;
  /** Names in a folder. */
  list(path: string): Promise<string[]>;
  /** Size and free bytes (as an ordinary program may use) of the file system that holds `path`. */
  space(path: string): Promise<{ totalBytes: number; freeBytes: number }>;
}

/** The host's own files that the agent keeps or changes. What is done is not durable before it is synced: a power cut may take any of it back,
 *  or leave half of it. */
export interface Disk {
  /** null: there is no such file. */
  read(path: string): Promise<string | null>;
  /** The whole of a file, new or not. Its folder is made when it is missing. */
  write(path: string, text: string, mode: number): Promise<void>;
  /** The content of a file is durable. */
  sync(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing when it is not there. */
  remove(path: string): Promise<void>;
  /** New, renamed and removed names in the folder are durable. */
  syncFolder(path: string): Promise<void>;
  /** null: there is no such file. */
  mode(path: string): Promise<number | null>;
}

export interface Programs {
  /** Rejects when the program is missing, exits otherwise than 0, or takes longer than `timeoutMs`. */
  run(
    program: string,
    args: readonly string[],
    limits: { timeoutMs: number },
  ): Promise<{ stdout: string; stderr: string }>;
}

/** Each try ends at `timeoutMs` and rejects with a sentence. */
export interface Sockets {
  /** One A/AAAA question to one resolver (`address` or `address:port`; undefined: the host's own). Answers the addresses. */
  resolve(name: string, resolver: string | undefined, timeoutMs: number): Promise<string[]>;
  /** Opens and closes a TCP connection. */
  connect(host: string, port: number, timeoutMs: number): Promise<void>;
  /** GET without following redirects; the body is read to its end, at most 64 KiB. */
  get(url: string, timeoutMs: number): Promise<{ status: number; body: string }>;
  /** As node's net.connect: the raw TCP connection under everything that the agent says to its controller. */
  open(host: string, port: number): Socket;
}

export { createLinuxHost } from "./linux/index.ts";
