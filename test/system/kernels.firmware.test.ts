// SPDX-License-Identifier: MIT
// A program's kernels on the emulated board: the simulator's bits, and each mistake stopped and named.

import { describe, expect, it } from "vitest"
import { simulate } from "../../sim/testing.ts"
import type { SensorName } from "../../protocol/names.ts"
import { readBoard } from "../../boards/board-file.ts"
import { buildSlot } from "../../toolchain/slots/build-slot.ts"
import {
    emulatedRig,
    runUntil,
    type RigOptions,
} from "../support/system/emulated-rig.ts"

const PROGRAMS = "test/sim/kernel/programs"
const SECONDS_MAX = 5

/** Run a program until it says that it is done, and a little longer. */
async function runBoard(options: RigOptions) {
    const rig = await emulatedRig({ scene: "chart", ...options })
    try {
        runUntil(rig, () => rig.text.includes("> done"), SECONDS_MAX)
        const framesBefore = rig.frames.length
        runUntil(rig, () => rig.frames.length > framesBefore + 2, 1)
        const { record, rules } = rig.emulated
        return {
            text: rig.text,
            console: rig.console,
            framesAfter: rig.frames.length - framesBefore,
            counters: record.counters(),
            warnings: rules.warnings,
        }
    } finally {
        rig.emulated.close()
    }
}

/** What a program printed on a board. */
function printed({ text }: { readonly text: readonly string[] }): string[] {
    return text.filter(line => line.startsWith("> ")).map(line => line.slice(2))
}

/** What it prints in the simulator, without what the simulator says of kernels. */
async function simulated(app: string, sensor?: SensorName): Promise<string[]> {
    const { console } = await simulate({
        app,
        frames: 2,
        scene: "chart",
        ...(sensor && { sensor }),
    })
    return console.filter(line => !line.startsWith("! "))
}

describe("kernels on the emulated board", () => {
    it("give and leave the simulator's bits: vision/ on gray frames", async () => {
        const app = `${PROGRAMS}/vision.ts`
        const rig = await runBoard({ app })

        expect(printed(rig)).toEqual(await simulated(app))
        expect(printed(rig)).toHaveLength(19)
        expect(rig.warnings).toEqual([])
    })

    it("give and leave the simulator's bits: vision/ on colours", async () => {
        const app = `${PROGRAMS}/colour.ts`
        const rig = await runBoard({ app, sensor: "ov2640" })

        expect(printed(rig)).toEqual(await simulated(app, "ov2640"))
        expect(printed(rig)).toHaveLength(4)
    })

    it("run from the other slot, too; what they may not do ends them by name, and the program and the capture go on", async () => {
        const app = `${PROGRAMS}/planted.ts`
        const slot = await buildSlot({
            app,
            sensor: "mt9v034",
            request: {},
            board: readBoard("nucleo-f446re"),
            sequence: 2,
        })
        const rig = await runBoard({
            app: `${PROGRAMS}/vision.ts`,
            extra: address => [{ address: address("cam_slot_b"), bytes: slot }],
        })

        expect(rig.text).toContain(`starting ${app} in slot B`)
        expect(printed(rig)).toEqual(await simulated(app))
        const stopped = rig.text
            .filter(line => line.startsWith("kernel "))
            .map(line => line.replace(/^kernel \S+\/planted\.kernel\.ts, /, ""))
        expect(stopped).toEqual([
            matching("pastFrame() read 0x20002a3f (frame memory)"),
            matching("writesPastFrame() wrote 0x20002a00 (frame memory)"),
            matching("ownMemory() wrote 0x2002cf40 (nothing of this board)"),
            matching("farAway() read 0x20001dc0 (native data)"),
            matching("farAway() read 0x30001e00 (nothing of this board)"),
            matching("outputTooSmall() wrote 0x20015400 (the VM's memory)"),
            matching("addsForever() wrote 0x20015400 (the VM's memory)"),
            matching("divides() divided by zero"),
            matching(
                "divisionTooLarge() made a number that does not fit into 32 bits"
            ),
            matching("throws() threw"),
            matching("endless() has not ended after 500 ms"),
        ])
        // A run shows them as the simulator does.
        expect(
            rig.console
                .filter(line => line.startsWith("! kernel "))
                .map(line => line.slice(2))
        ).toEqual(rig.text.filter(line => line.startsWith("kernel ")))
        expect(rig.framesAfter).toBeGreaterThan(2)
        expect(rig.counters).toMatchObject({ overruns: 0, torn: 0, lost: 0 })
    })
})

/** A line of the log, with an address in slot B. */
function matching(what: string): unknown {
    const escaped = what.replace(/[().]/g, "\\$&")
    return expect.stringMatching(
        new RegExp(`^${escaped}, machine code at 0x080[67][0-9a-f]{4}$`)
    )
}
