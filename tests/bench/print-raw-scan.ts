import { decodeItem } from "../../src/store/sqlite/encode-item.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { openFile } from "../../src/store/sqlite/open-file.ts";

// Reads every item of both tables of a store, as an export must, and does nothing with them.
const [dataDir = ""] = process.argv.slice(2);
const began = performance.now();
const opened = await openSqliteStore(dataDir, { mustExist: true });
let items = 0;
for await (const page of opened.connect("batch").scanner().segment(0, 1)) items += page.itemCount;
await opened.close();
const file = await openFile(dataDir, { mustExist: true });
for (const { item } of file.prepare("SELECT item FROM records ORDER BY bucket, learner_id, record").iterate()) {
  decodeItem(String(item));
  items++;
}
file.close();
console.log(`${items} items in ${Math.round(performance.now() - began)} ms`);
