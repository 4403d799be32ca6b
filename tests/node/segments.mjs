// Counts the segments of texts: one JSON string a line in, one JSON object a line out.
import { createInterface } from "node:readline";
import calculator from "sms-segments-calculator";

for await (const line of createInterface({ input: process.stdin })) {
  const text = new calculator.SegmentedMessage(JSON.parse(line), "auto");
  console.log(JSON.stringify({ segments: text.segmentsCount, encoding: text.encodingName }));
}
