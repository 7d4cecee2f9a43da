// SPDX-License-Identifier: MIT
// The lint rule that keeps the layers apart, run by ESLint itself on small sources under the names of real folders.

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ESLint, Linter } from "eslint"
import tseslint from "typescript-eslint"
import { describe, expect, it } from "vitest"
import { importLayers } from "../../scripts/import-layers.js"

const root = join(import.meta.dirname, "..", "..")

function problems(file: string, source: string): string[] {
    const linter = new Linter({ cwd: root })
    const messages = linter.verify(
        source,
        [
            {
                files: ["**/*.ts", "**/*.tsx"],
                languageOptions: { parser: tseslint.parser as Linter.Parser },
                plugins: {
                    camscript: {
                        rules: { "import-layers": importLayers as never },
                    },
                },
                rules: { "camscript/import-layers": "error" },
            },
        ],
        { filename: join(root, file) }
    )
    return messages.map(message => message.message)
}

/** Importing file, specifier. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
    ["protocol/capture.ts", "../drivers/sensor-limits"],
    ["protocol/capture.ts", "../boards/board-file.ts"],
    ["protocol/capture.ts", "../sim/board.ts"],
    ["protocol/capture.ts", "../host/main.ts"],
    ["boards/board-file.ts", "../toolchain/build-lock.ts"],
    ["boards/board-file.ts", "../sim/board.ts"],
    ["boards/board-file.ts", "../host/main.ts"],
    ["toolchain/slots/program-image.ts", "../../sim/board.ts"],
    ["toolchain/slots/program-image.ts", "../../host/main.ts"],
    ["toolchain/slots/program-image.ts", "../../src/camera.ts"],
    ["sim/board.ts", "../drivers/mt9v034/registers.ts"],
    ["sim/board.ts", "../src/camera.ts"],
    ["sim/board.ts", "../src/plan/crop.ts"],
    ["sim/board.ts", "../host/main.ts"],
    ["sim/board.ts", "../test/fakes.ts"],
    ["sim/board.ts", "@devicescript/core"],
    ["drivers/mt9v034/mt9v034.ts", "../../sim/clock"],
    ["drivers/mt9v034/mt9v034.ts", "../../src/camera"],
    ["drivers/mt9v034/mt9v034.ts", "../ov2640/registers"],
    ["drivers/mt9v034/mt9v034.ts", "../grabber/timing"],
    ["drivers/mt9v034/mt9v034.ts", "node:fs"],
    ["drivers/mt9v034/timing.ts", "./registers"],
    ["drivers/mt9v034/timing.ts", "../sensor"],
    ["drivers/mt9v034/timing.ts", "@devicescript/core"],
    ["drivers/ov2640/geometry.ts", "./registers"],
    ["drivers/ov2640/quality.ts", "@devicescript/core"],
    ["drivers/sensor-limits.ts", "./sensor"],
    ["drivers/sensor.ts", "./mt9v034/registers"],
    ["src/camera.ts", "../sim/clock"],
    ["src/camera.ts", "../host/main"],
    ["src/camera.ts", "../toolchain/paths"],
    ["src/camera.ts", "vitest"],
    ["src/plan/plan.ts", "../camera"],
    ["src/plan/plan.ts", "../../drivers/sensor"],
    ["src/plan/plan.ts", "../../drivers/mt9v034/registers"],
    ["src/plan/plan.ts", "@devicescript/core"],
    ["host/commands/run/run.ts", "../../../drivers/mt9v034/mt9v034.ts"],
    ["host/commands/run/run.ts", "../../../src/camera.ts"],
    ["host/commands/run/run.ts", "../../../scripts/setup.mjs"],
    ["host/commands/run/run.ts", "../../../test/fakes.ts"],
    ["host/commands/run/run.ts", "../../view/page/app.tsx"],
    ["host/view/messages/messages.ts", "../../sim/board.ts"],
    ["host/view/messages/messages.ts", "../view-server.ts"],
    ["host/view/page/app.tsx", "../view-server.ts"],
    ["host/view/page/app.tsx", "../../../sim/board.ts"],
    ["host/view/page/app.tsx", "../../../boards/board-file.ts"],
    ["scripts/make-images.ts", "../test/fakes.ts"],
    ["scripts/make-images.ts", "../src/camera.ts"],
]

const ALLOWED: readonly (readonly [string, string])[] = [
    ["protocol/link/messages.ts", "./wire.ts"],
    ["boards/board-file.ts", "../protocol/errors.ts"],
    ["boards/board-block.ts", "./board-file.ts"],
    ["toolchain/slots/program-image.ts", "../vm/vm-image.ts"],
    ["toolchain/slots/program-image.ts", "../../boards/board-file.ts"],
    ["sim/board.ts", "./clock.ts"],
    ["sim/board.ts", "../boards/board-file.ts"],
    ["sim/board.ts", "../toolchain/paths.ts"],
    ["boards/board-file.ts", "../toolchain/paths.ts"],
    ["sim/board.ts", "node:fs"],
    ["drivers/mt9v034/mt9v034.ts", "../sensor"],
    ["drivers/mt9v034/mt9v034.ts", "./registers"],
    ["drivers/mt9v034/mt9v034.ts", "./timing"],
    ["drivers/mt9v034/mt9v034.ts", "../sensor-limits"],
    ["drivers/mt9v034/mt9v034.ts", "../../protocol/capture"],
    ["drivers/mt9v034/mt9v034.ts", "@devicescript/drivers"],
    ["drivers/mt9v034/timing.ts", "../sensor-limits"],
    ["drivers/sensor-limits.ts", "../protocol/capture"],
    ["src/camera.ts", "./plan/plan"],
    ["src/camera.ts", "../drivers/mt9v034/mt9v034"],
    ["src/camera.ts", "../protocol/capture"],
    ["src/camera.ts", "@devicescript/core"],
    ["src/plan/plan.ts", "./crop"],
    ["src/plan/plan.ts", "../../protocol/capture"],
    ["src/plan/plan.ts", "../../drivers/mt9v034/timing"],
    ["src/plan/plan.ts", "../../drivers/sensor-limits"],
    ["src/plan/plan.ts", "../../drivers/ov2640/geometry"],
    ["host/commands/run/run.ts", "../../../drivers/ov2640/quality.ts"],
    ["host/commands/run/run.ts", "../../../sim/simulation.ts"],
    ["host/commands/run/run.ts", "../../../toolchain/paths.ts"],
    ["host/commands/run/run.ts", "../../../src/plan/plan.ts"],
    ["host/commands/run/run.ts", "../../../drivers/mt9v034/timing.ts"],
    ["host/view/view-server.ts", "./messages/messages.ts"],
    ["host/view/page/app.tsx", "../messages/messages.ts"],
    ["host/view/page/app.tsx", "./link.ts"],
    ["host/view/page/app.tsx", "../../../protocol/capture.ts"],
    ["scripts/make-images.ts", "../host/main.ts"],
    ["test/system/run.test.ts", "../../src/camera.ts"],
    ["test/system/run.test.ts", "../../drivers/mt9v034/registers.ts"],
]

describe("import rule", () => {
    it.each(FORBIDDEN)("reports %s importing %s", (file, specifier) => {
        expect(
            problems(file, `import { a } from "${specifier}"\na()\n`)
        ).toHaveLength(1)
    })

    it.each(ALLOWED)("lets %s import %s", (file, specifier) => {
        expect(
            problems(file, `import { a } from "${specifier}"\na()\n`)
        ).toEqual([])
    })

    it.each([
        `import type { A } from "../drivers/sensor.ts"\nexport const a: A = 1\n`,
        `export { a } from "../drivers/sensor.ts"\n`,
        `export * from "../drivers/sensor.ts"\n`,
        `export const a = await import("../drivers/sensor.ts")\n`,
    ])("sees every form of import: %j", source => {
        expect(problems("sim/board.ts", source)).toEqual([
            "sim/board.ts (sim) may not import drivers/sensor.ts (the drivers' contract).",
        ])
    })
})

describe("eslint.config.js", () => {
    it.each([
        "sim/clock.ts",
        "host/main.ts",
        "src/main.ts",
        "drivers/sensor.ts",
    ])(
        "holds the import rule, no default export and no any in %s",
        async file => {
            const config = (await new ESLint({
                cwd: root,
            }).calculateConfigForFile(file)) as {
                rules: Record<string, [severity: number]>
            }
            const severity = (rule: string): number | undefined =>
                config.rules[rule]?.[0]
            expect(severity("camscript/import-layers")).toBe(2)
            expect(severity("no-restricted-syntax")).toBe(2)
            expect(severity("@typescript-eslint/no-explicit-any")).toBe(2)
        }
    )
})

describe("native C", () => {
    it("includes only headers beside it and freestanding ones", () => {
        const folder = join(root, "native")
        const foreign: string[] = []
        for (const file of readdirSync(folder, { recursive: true })
            .map(String)
            .filter(name => /\.[ch]$/.test(name)))
            for (const [line] of readFileSync(
                join(folder, file),
                "utf8"
            ).matchAll(/^\s*#\s*include.*$/gm))
                // arm_acle.h is the compiler's own: the core's instructions as functions.
                if (
                    !/"[\w]+\.h"|<(std(int|bool|def)|assert|arm_acle)\.h>/.test(
                        line
                    )
                )
                    foreign.push(`${file}: ${line}`)
        expect(foreign).toEqual([])
    })
})
