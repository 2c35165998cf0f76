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

/** Every record up to the first that is torn or rotten: behind it nothing can be believed, as lengths chain. */
export function parseFrames(bytes: Buffer): { records: Record[]; whole: boolean } {
  const records: Record[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const text = textAt(bytes, offset);
    if (text === undefined) return { records, whole: false };
    const length = headBytes + bytes.readUInt32BE(offset);
    records.push({ text, offset, length });
    offset += length;
  }
  return { records, whole: true };
}

function textAt(bytes: Buffer, offset: number): string | undefined {
  if (offset + headBytes > bytes.length) return undefined;
  const length = bytes.readUInt32BE(offset);
  if (length === 0 || length > longestRecordBytes || offset + headBytes + length > bytes.length) return undefined;
  const body = bytes.subarray(offset + headBytes, offset + headBytes + length);
  return crc32(body) === bytes.readUInt32BE(offset + 4) ? body.toString("utf8") : undefined;
}

/** The text of one frame, or undefined if it is not whole any more. */
export const unframe = (bytes: Buffer): string | undefined => textAt(bytes, 0);
