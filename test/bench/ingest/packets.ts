/** As much of MQTT 3.1.1 as a device needs: light enough that thousands of them fit beside what is measured. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function packet(head: number, ...body: Buffer[]): Buffer {
  let rest = body.reduce((n, part) => n + part.length, 0);
  const length: number[] = [];
  do {
    const group = rest % 128;
    rest = Math.floor(rest / 128);
    length.push(rest > 0 ? group | 0x80 : group);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([head, ...length]), ...body]);
}

export const connectPacket = (device: string, password: string): Buffer =>
  packet(0x10, text("MQTT"), Buffer.from([4, 0b1100_0010, 0x01, 0x2c]), text(device), text(device), text(password));

export const subscribePacket = (topic: string): Buffer =>
  packet(0x82, Buffer.from([0, 1]), text(topic), Buffer.from([1]));

export const publishPacket = (topic: Buffer, id: number, payload: string, retain = false): Buffer =>
  packet(retain ? 0x33 : 0x32, topic, Buffer.from([id >> 8, id & 255]), Buffer.from(payload));

/** Cuts a stream into packets: type, and the body. */
export function createReader(met: (type: number, head: number, body: Buffer) => void): (chunk: Buffer) => void {
  let kept: Buffer = Buffer.alloc(0);
  return (chunk) => {
    kept = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk;
    for (;;) {
      let at = 1;
      let length = 0;
      let shift = 1;
      let byte = 0x80;
      while (byte & 0x80 && at < kept.length) {
        byte = kept[at++] as number;
        length += (byte & 127) * shift;
        shift *= 128;
      }
      if (byte & 0x80 || kept.length < at + length) return;
      const head = kept[0] as number;
      met(head >> 4, head, kept.subarray(at, at + length));
      kept = kept.subarray(at + length);
      if (kept.length === 0) return;
    }
  };
}

/** Topic and payload of a PUBLISH. */
export function readPublish(head: number, body: Buffer): { topic: string; payload: string } {
  const length = body.readUInt16BE(0);
  const at = 2 + length + ((head >> 1) & 3 ? 2 : 0);
  return { topic: body.toString("utf8", 2, 2 + length), payload: body.toString("utf8", at) };
}
