// A test is a name and a function that throws. Its name begins with its topic. Two lanes of
// topics run side by side, one that mostly waits and one that mostly works; what measures the
// machine itself runs when both have ended.

const BESIDE = ['accessibility', 'injection'];
const ALONE = ['speed'];

const tests = [];

/** Adds a test. */
export function test(name, run) {
  tests.push({ name, run, topic: name.split(':')[0] });
}

/** Runs the tests whose name contains `filter`; how many failed. */
export async function runAll(filter) {
  const chosen = tests.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  if (chosen.length === 0) throw new Error(`no test is called "${filter}"`);
  const isBeside = ({ topic }) => BESIDE.includes(topic);
  const isAlone = ({ topic }) => ALONE.includes(topic);
  const counts = await Promise.all([
    runInTurn(chosen.filter(isBeside)),
    runInTurn(chosen.filter((one) => !isBeside(one) && !isAlone(one))),
  ]);
  const failed = counts[0] + counts[1] + await runInTurn(chosen.filter(isAlone));
  console.log(`\n${chosen.length - failed} of ${chosen.length} browser tests passed`);
  return failed;
}

async function runInTurn(lane) {
  let failed = 0;
  for (const { name, run } of lane) {
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
  return failed;
}
