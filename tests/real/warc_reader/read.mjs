// Reads a WARC file with warcio and prints, a line a record, what it found: type, address, type of
// the content, the digests in the header, the SHA-256 of the block as read, the block as text.
// usage: node read.mjs FILE
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { WARCParser } from "warcio";

for await (const record of new WARCParser(createReadStream(process.argv[2]))) {
  const block = await record.readFully(false);
  const header = (name) => record.warcHeaders.headers.get(name) ?? "";
  console.log(JSON.stringify({
    type: record.warcType,
    url: record.warcTargetURI ?? "",
    date: record.warcDate ?? "",
    contentType: header("Content-Type"),
    refersTo: header("WARC-Refers-To"),
    id: header("WARC-Record-ID"),
    blockDigest: header("WARC-Block-Digest"),
    payloadDigest: header("WARC-Payload-Digest"),
    sha256: createHash("sha256").update(block).digest("hex"),
    text: Buffer.from(block).toString("utf8"),
  }));
}
