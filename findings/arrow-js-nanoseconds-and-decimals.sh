#!/usr/bin/env bash
# apache-arrow 18.1.0 (JavaScript): a Date put into a column of nanoseconds is stored off by up to about 128 ns, since it is multiplied as a double
# before it becomes a 64-bit integer; columns of microseconds take it exactly. Put into a column of seconds, a Date with milliseconds is a RangeError.
# A decimal leaves its scale out wherever it becomes a number or text: 123.45 is 12345.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent apache-arrow@18.1.0
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { Decimal, makeVector, TimestampMicrosecond, TimestampNanosecond, TimestampSecond, vectorFromArray } from "apache-arrow";

const date = new Date("2009-02-13T23:31:30.123Z");
const stored = (type) => vectorFromArray([date], type).toArray()[0];
console.log("microseconds:", stored(new TimestampMicrosecond()), "nanoseconds:", stored(new TimestampNanosecond()));
assert.equal(stored(new TimestampMicrosecond()), 1234567890123000n);
assert.equal(stored(new TimestampNanosecond()), 1234567890123000064n);
assert.throws(() => stored(new TimestampSecond()), RangeError);

const price = makeVector({ type: new Decimal(2, 10, 128), data: new Uint32Array([12345, 0, 0, 0]) }).get(0);
console.log("123.45 as a number:", Number(price), "as text:", String(price));
assert.equal(Number(price), 12345);
assert.equal(String(price), "12345");
JS
node run.mjs
