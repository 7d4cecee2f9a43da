// SPDX-License-Identifier: MIT
// What axe-core objects to on a page.

import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"
import { expect } from "vitest"

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core"), {
    encoding: "utf8",
})

/** Rule, and the elements that break it. */
export async function objections(page: Page): Promise<string[]> {
    await page.evaluate(AXE)
    const results = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
            axe: { run(): Promise<AxeResults> }
        }
        return axe.run()
    })
    // That the check ran at all, and looked at colours.
    expect(results.passes.map(({ id }) => id)).toContain("color-contrast")
    return results.violations.map(
        ({ id, nodes }) =>
            `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`
    )
}
