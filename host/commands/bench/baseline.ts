// SPDX-License-Identifier: MIT
// A capture as vendors' examples are written (test/foreign/vendor.c), counted on the same emulated core as ours.

import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { foreignBoardFile } from "../../../sim/foreign/foreign-board.ts"
import { CAPTURE_HANDLERS } from "../../../sim/foreign/exception-tally.ts"
import { ForeignRun } from "../../../sim/foreign/foreign-run.ts"
import { loadScene } from "../../../sim/scene/load-scene.ts"
import { SENSOR_CATALOGUE } from "../../../sim/sensors/catalogue.ts"
import type { ChipKind } from "../../../sim/stm32/chip-kind.ts"
import { projectRoot } from "../../../toolchain/paths.ts"
import { roundedTo, type Baseline } from "../../figures.ts"
import type { EmulatedCounts } from "./emulated-run.ts"

/** Only a clone has it: the package ships no tests. */
const BUILDER = join(projectRoot, "test", "foreign", "build.ts")

const NAME = "capture as in vendors' examples, 220x220"
const CHIP: ChipKind = "stm32f446"
/** From power-on, virtual; its clocks and the sensor take most of the first 40 ms. */
const SECONDS = 0.3
/** 7 bits. */
const SENSOR_ADDRESS = 0x48
const XCLK_HZ = 27e6
/** A crystal. */
const HSE = { hz: 8e6, bypass: false }

interface ForeignBuilder {
    buildForeign(program: "vendor", chip: ChipKind): string
}

/** @param ours the default program's counts */
export async function baseline(ours: EmulatedCounts): Promise<Baseline> {
    if (!existsSync(BUILDER))
        return {
            name: NAME,
            counts: null,
            note: "its source is in test/foreign, which only a clone of the repository has",
        }
    const { buildForeign } = (await import(
        pathToFileURL(BUILDER).href
    )) as ForeignBuilder
    const elf = buildForeign("vendor", CHIP)
    const run = new ForeignRun({
        elf: readFileSync(elf),
        name: elf,
        board: foreignBoardFile({
            chip: CHIP,
            sensor: "mt9v034",
            i2c: "I2C2",
            xclkHz: XCLK_HZ,
            hse: HSE,
        }),
        sensorAddress: SENSOR_ADDRESS,
        scene: await loadScene("chart", SENSOR_CATALOGUE.mt9v034.field, 1),
        permissive: false,
    })
    try {
        run.run(SECONDS)
        const { frames } = run.watch
        const handlers = run.exceptions
            .counts()
            .filter(({ name }) => CAPTURE_HANDLERS.includes(name))
        const perFrame = (key: "entries" | "instructions"): number =>
            handlers.reduce((sum, handler) => sum + handler[key], 0) / frames
        return {
            name: NAME,
            counts: {
                captureIrqs: roundedTo(perFrame("entries"), 1),
                captureIrqInstructions: Math.round(perFrame("instructions")),
                ours: {
                    captureIrqs: roundedTo(ours.captureIrqs, 1),
                    captureIrqInstructions: roundedTo(
                        ours.captureIrqInstructions,
                        1
                    ),
                },
            },
            note: `test/foreign/vendor.c: LINE and VSYNC interrupts left on as its examples have them, ${frames} frames on the same emulated core`,
        }
    } finally {
        run.close()
    }
}
