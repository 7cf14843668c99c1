import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output with one plain line that any tool can read, and names why tests were skipped. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    const reasons = new Set<string>();
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') count.passed += 1;
        else if (state === 'failed') count.failed += 1;
        else count.skipped += 1;
        const reason = /\(skipped: (.*)\)/u.exec(test.fullName)?.[1];
        if (state === 'skipped' && reason !== undefined) reasons.add(reason);
      }
    }
    for (const reason of reasons) console.log(`Skipped: ${reason}`);
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
