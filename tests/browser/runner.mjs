// A test is a name and a function that throws. They run one after another, so that those which
// measure times are not disturbed.

const tests = [];

/** Adds a test. */
export function test(name, run) {
  tests.push({ name, run });
}

/** Runs the tests whose name or file contains `filter`; how many failed. */
export async function runAll(filter) {
  const chosen = tests.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  if (chosen.length === 0) throw new Error(`no test is called "${filter}"`);
  let failed = 0;
  for (const { name, run } of chosen) {
    const started = Date.now();
    try {
      await run();
      console.log(`ok      ${name} (${Date.now() - started} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name} (${Date.now() - started} ms)`);
      console.log(String(error?.stack ?? error).replace(/^/gm, '        '));
    }
  }
  console.log(`\n${chosen.length - failed} of ${chosen.length} browser tests passed`);
  return failed;
}
