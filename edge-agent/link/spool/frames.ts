import { crc32 } from "node:zlib";

/** Length and CRC-32 in front of each record, so that a torn or rotten one is known. */
const headBytes = 8;
/** No record is longer: a length above it is rot, not data. */
export const longestRecordBytes = 128 * 1024;

export function frame(text: string): Buffer {
  const body = Buffer.from(text, "utf8");
  if (body.length > longestRecordBytes)
    throw new Error(`a record of ${body.length} bytes, at most ${longestRecordBytes}`);
  const framed = Buffer.allocUnsafe(headBytes + body.length);
  framed.writeUInt32BE(body.length, 0);
  framed.writeUInt32BE(crc32(body), 4);
  body.copy(framed, headBytes);
  return framed;
}

export interface Record {
  text: string;
  /** Of the whole frame in the file. */
  offset: number;
  length: number;
}

/** What is compared in search of the next whole record behind rot; a file that is full of false beginnings must not
 *  keep a small processor busy for minutes. */
export const searchBytes = 4 * 1024 * 1024;

/** Every record that is whole. Behind one that is torn or rotten the next whole one is looked for.
 *  @returns `rotten`: places in which something could not be read */
export function parseFrames(bytes: Buffer): { records: Record[]; rotten: number } {
  const records: Record[] = [];
  let rotten = 0;
  let compared = 0;
  let offset = 0;
  let searching = false;
  while (offset < bytes.length && compared < searchBytes) {
    const length = lengthAt(bytes, offset);
    if (searching) compared += length ?? 0;
    const text = length === undefined ? undefined : textAt(bytes, offset, length);
    if (length === undefined || text === undefined) {
      if (!searching) rotten++;
      searching = true;
      offset++;
      continue;
    }
    searching = false;
    records.push({ text, offset, length: headBytes + length });
    offset += headBytes + length;
  }
  return { records, rotten };
}

/** What a record that begins here would hold, if one can. */
function lengthAt(bytes: Buffer, offset: number): number | undefined {
  if (offset + headBytes > bytes.length) return undefined;
  const length = bytes.readUInt32BE(offset);
  const possible = length > 0 && length <= longestRecordBytes && offset + headBytes + length <= bytes.length;
  return possible ? length : undefined;
}

function textAt(bytes: Buffer, offset: number, length: number): string | undefined {
  const body = bytes.subarray(offset + headBytes, offset + headBytes + length);
  return crc32(body) === bytes.readUInt32BE(offset + 4) ? body.toString("utf8") : undefined;
}

/** The text of one frame, or undefined if it is not whole any more. */
export function unframe(bytes: Buffer): string | undefined {
  const length = lengthAt(bytes, 0);
  return length === undefined ? undefined : textAt(bytes, 0, length);
}
