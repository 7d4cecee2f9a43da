// SPDX-License-Identifier: MIT
// Tests run device code through the shims of sim/device, under the names that DeviceScript gives to its libraries.

import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const path = (relative: string): string =>
    fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
    resolve: {
        alias: {
            "@devicescript/core": path("./sim/devicescript/stand-ins/core.ts"),
            "@devicescript/drivers": path(
                "./sim/devicescript/stand-ins/drivers.ts"
            ),
            "@devicescript/i2c": path("./sim/devicescript/stand-ins/i2c.ts"),
        },
    },
    test: {
        include: ["test/**/*.test.ts"],
        globalSetup: ["test/global-setup.ts"],
        // A test may be the first to compile a program of its own (about 2 s each on one busy core).
        testTimeout: 30_000,
        hookTimeout: 60_000,
    },
})
