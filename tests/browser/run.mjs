// Runs the browser tests: `npm test`, or `node run.mjs <part of a name>`.

import { runAll } from './runner.mjs';
import { start, stop } from './world.mjs';

for (const topic of ['pages', 'answers', 'box', 'keys', 'composing', 'phone', 'widget', 'accessibility', 'injection', 'speed']) {
  await import(`./${topic}.test.mjs`);
}

const [filter = ''] = process.argv.slice(2);
let failed = 1;
try {
  await start();
  failed = await runAll(filter);
} finally {
  await stop();
}
process.exit(failed === 0 ? 0 : 1);
