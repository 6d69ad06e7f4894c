// Reads requests of OTLP/JSON, one a line, with the message definitions that OpenTelemetry publishes for
// its exporters, and prints what it understood, one a line. Fails on what a protobuf reader would not
// take, or would not see: a field of another name, an integer that is no string, a word for an enum.
//
//     node read.js < requests.jsonl

'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const { opentelemetry } = require('@opentelemetry/otlp-transformer/build/src/generated/root');

const Request = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const ID_BYTES = { traceId: 16, spanId: 8, parentSpanId: 8 };

// OTLP/JSON has ids in hex where JSON of protobuf has base64: applies `convert` to each of them.
function convertIds(value, convert) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => convertIds(item, convert));
  return Object.fromEntries(Object.entries(value).map(([key, item]) =>
    [key, key in ID_BYTES ? convert(item, ID_BYTES[key]) : convertIds(item, convert)]));
}

function fromHex(text, bytes) {
  assert.match(text, new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
  return Array.from(Buffer.from(text, 'hex'));
}

function toHex(bytes) {
  return Buffer.from(bytes).toString('hex');
}

function read(line) {
  const json = JSON.parse(line);
  const message = Request.fromObject(convertIds(json, fromHex));
  const problem = Request.verify(message);
  assert.strictEqual(problem, null);
  // Over the wire and back: what no field holds is lost.
  const received = Request.decode(Request.encode(message).finish());
  const understood = convertIds(Request.toObject(received, { json: true, longs: String, bytes: Array }), toHex);
  assert.deepStrictEqual(understood, json);
  return understood;
}

for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
  if (line !== '') console.log(JSON.stringify(read(line)));
}
