// SPDX-License-Identifier: MIT
/**
 * For a project's vitest.config.ts: tests import drivers and programs, which run without the VM then.
 * @module camscript/vitest
 */

import { join } from "node:path"
import { projectRoot } from "../../toolchain/paths.ts"

/** The device code of the package is TypeScript: vitest translates it as it does the project's own. */
const DEVICE_CODE = /\/camscript\/(?:src|drivers|protocol|sim)\//

/**
 * A plugin for vitest: device code finds the stand-ins of `@devicescript/core`, `/drivers` and `/i2c` in place of the libraries that
 * only the VM can run. A test connects what answers their I2C transfers by `connect()` of "@devicescript/core".
 *
 * @example
 * import { camscript } from "camscript/vitest"
 * import { defineConfig } from "vitest/config"
 *
 * export default defineConfig({ plugins: [camscript()] })
 */
export function camscript() {
    const standIns = join(projectRoot, "sim", "devicescript", "stand-ins")
    return {
        name: "camscript",
        /** What vitest is to use besides the project's own settings. */
        config: ({ root }: { root?: string }) => ({
            resolve: {
                alias: ["core", "drivers", "i2c"].map(name => ({
                    find: `@devicescript/${name}`,
                    replacement: join(standIns, `${name}.ts`),
                })),
            },
            test: {
                // Paths in simulate() start there, also when vitest was started elsewhere.
                env: { CAMSCRIPT_PROJECT: root ?? process.cwd() },
                server: { deps: { inline: [DEVICE_CODE] } },
            },
        }),
    }
}
