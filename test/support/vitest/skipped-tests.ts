// SPDX-License-Identifier: MIT
// The last lines of a run of all tests: those that were skipped, each with its reason.

import type { Reporter, TestCase, TestModule } from "vitest/node"

/** A vitest reporter. */
export class SkippedTests implements Reporter {
    private isFiltered = false

    onInit({ config }: Parameters<NonNullable<Reporter["onInit"]>>[0]): void {
        // Whoever runs tests by their names knows that the others are left out.
        this.isFiltered = config.testNamePattern !== undefined
    }

    onTestRunEnd(modules: readonly TestModule[]): void {
        if (this.isFiltered) return
        const lines = skippedLines(modules)
        if (lines.length > 0) console.log(`Not run:\n${lines.join("\n")}\n`)
    }
}

/** One line per skipped test. */
export function skippedLines(modules: readonly TestModule[]): string[] {
    return modules.flatMap(module =>
        [...module.children.allTests("skipped")].map(
            test =>
                `  ${module.relativeModuleId} > ${test.fullName}: ${reason(test)}`
        )
    )
}

function reason(test: TestCase): string {
    const result = test.result()
    const note = result.state === "skipped" ? result.note : undefined
    return note ?? "no reason is given"
}
