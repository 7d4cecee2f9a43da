// SPDX-License-Identifier: MIT
// Tests by what they need beyond npm packages, which a file's name says: x.test.ts nothing, x.firmware.test.ts the ARM
// compiler, the emulators or the tools for C, x.browser.test.ts Chromium.

import { delimiter } from "node:path"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { CoverageReport } from "./test/support/coverage/coverage-report.ts"
import { HANG_MS } from "./test/support/vitest/hang.ts"
import { SkippedTests } from "./test/support/vitest/skipped-tests.ts"

const path = (relative: string): string =>
    fileURLToPath(new URL(relative, import.meta.url))

const FIRMWARE = "test/**/*.firmware.test.ts"
const BROWSER = "test/**/*.browser.test.ts"

export default defineConfig({
    resolve: {
        // Tests run device code through the shims of sim/device, under the names that DeviceScript gives to its libraries.
        alias: {
            "@devicescript/core": path("./sim/devicescript/stand-ins/core.ts"),
            "@devicescript/drivers": path(
                "./sim/devicescript/stand-ins/drivers.ts"
            ),
            "@devicescript/i2c": path("./sim/devicescript/stand-ins/i2c.ts"),
        },
    },
    test: {
        // A test may be the first to build a firmware, on a busy computer: twice as long as a wait inside of it.
        testTimeout: 2 * HANG_MS,
        hookTimeout: 2 * HANG_MS,
        expect: { poll: { timeout: HANG_MS } },
        // One core more than vitest would take: files share nothing that is not locked.
        maxWorkers: "100%",
        // Chance is seeded: the same run twice.
        setupFiles: [path("./test/support/vitest/seeded.ts")],
        reporters: ["default", new SkippedTests(), new CoverageReport()],
        projects: [
            {
                extends: true,
                test: {
                    name: "unit",
                    include: ["test/**/*.test.ts"],
                    exclude: [FIRMWARE, BROWSER],
                    // Whoever has only npm packages runs these: what they lack ends a test here too, in its own words.
                    env: {
                        PATH: [
                            path("./test/no-tools"),
                            process.env["PATH"],
                        ].join(delimiter),
                    },
                },
            },
            {
                extends: true,
                test: {
                    name: "firmware",
                    include: [FIRMWARE],
                    setupFiles: [path("./test/support/coverage/collect.ts")],
                },
            },
            {
                extends: true,
                test: { name: "browser", include: [BROWSER] },
            },
        ],
    },
})
