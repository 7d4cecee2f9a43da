// SPDX-License-Identifier: MIT
// The self-test on the emulated board, and over a pseudo terminal as a board behind a port.

import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { judge } from "../../../../host/commands/selftest/judge/judge.ts"
import { measure } from "../../../../host/commands/selftest/measure.ts"
import { selftestOptions } from "../../../../host/commands/selftest/selftest-options.ts"
import {
    realTimer,
    slowTimer,
    type Timer,
} from "../../../../host/link/timer.ts"
import type { SensorName } from "../../../../protocol/names.ts"
import { parseFaults } from "../../../../sim/faults/fault-file.ts"
import { projectRoot } from "../../../../toolchain/paths.ts"

async function findings(
    sensor: SensorName,
    target: string,
    fault?: object,
    timer: Timer = realTimer
): Promise<string[]> {
    const options = selftestOptions(
        { board: "nucleo-f446re", sensor, target, seed: 1 },
        projectRoot
    )
    const { board, measurements } = await measure(
        {
            ...options,
            faults: fault
                ? parseFaults([{ at: 0, ...fault }], "test")
                : undefined,
        },
        timer
    )
    return judge(measurements, board).findings.map(
        ({ name, part }) => `${name} ${part}`
    )
}

describe("the self-test on the emulated board", () => {
    it.each(["mt9v034", "ov2640"] as const)(
        "finds nothing wrong with a healthy one with %s",
        async sensor => {
            expect(await findings(sensor, "emulator")).toEqual([])
        }
    )

    it.each([
        [
            "mt9v034",
            { fault: "data-swapped", lines: [2, 5] },
            "data-swapped D2, D5",
        ],
        ["mt9v034", { fault: "vsync-polarity" }, "vsync-polarity VSYNC"],
        [
            "ov2640",
            { fault: "data-shorted", lines: [1, 5] },
            "data-shorted D1, D5",
        ],
        ["ov2640", { fault: "pixclk-edge" }, "pixclk-edge PIXCLK"],
        ["mt9v034", { fault: "i2c-sda-low" }, "i2c-sda-low SDA"],
    ] as const)("%s, %o: %s", async (sensor, fault, finding) => {
        expect(await findings(sensor, "emulator", fault)).toEqual([finding])
    })
})

describe("the self-test of a board behind a port", () => {
    let child: ChildProcess | undefined
    afterEach(async () => {
        if (!child || child.exitCode !== null) return
        child.kill("SIGTERM")
        await once(child, "exit")
    })

    it("is read from the log of the program that runs there", async () => {
        child = spawn(
            process.execPath,
            [
                join(projectRoot, "host", "camscript.mjs"),
                "emulated-board",
                "--app",
                "src/selftest/main.ts",
                "--quiet",
            ],
            { cwd: projectRoot, stdio: ["ignore", "pipe", "inherit"] }
        )
        const [path] = (await once(
            child.stdout!.setEncoding("utf8"),
            "data"
        )) as [string]
        expect(
            await findings("mt9v034", path.trim(), undefined, slowTimer(20))
        ).toEqual([])
    })
})
