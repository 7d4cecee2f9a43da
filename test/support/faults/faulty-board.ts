// SPDX-License-Identifier: MIT
// An emulated board with faults: its firmware runs on whatever happens to the program, as it would without anybody who watches.

import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { SensorName } from "../../../protocol/names.ts"
import type { EmulatedBoard } from "../../../sim/emulated-board.ts"
import type { FaultSchedule } from "../../../sim/faults/fault-schedule.ts"
import type { CaptureRecord } from "../../../sim/observe/capture-record.ts"
import type { StopCondition } from "../../../sim/observe/capture.ts"
import { emulatedRig } from "../system/emulated-rig.ts"
import { FaultTruth } from "./fault-truth.ts"
import type { SoakedMachine } from "./soak.ts"

/** Longest stretch between two looks at the counters, ns. */
const SLICE_NS = 10e6

export interface FaultyBoardOptions {
    readonly app: string
    readonly request?: CaptureRequest
    readonly sensor?: SensorName
    readonly scene: string
    /** Of a whole frame. */
    readonly rows: number
}

/** A board that is about to boot. Who makes it closes it. */
export class FaultyBoard implements SoakedMachine {
    readonly truth: FaultTruth
    /** Lines on the UART that have been looked at. */
    private heard = 0

    static async create(options: FaultyBoardOptions): Promise<FaultyBoard> {
        let board: FaultyBoard | undefined = undefined as
            FaultyBoard | undefined
        const { emulated, text } = await emulatedRig({
            ...options,
            faults: [],
            onFrame: frame => board?.truth.taken(frame),
        })
        board = new FaultyBoard(emulated, text, options.rows)
        return board
    }

    private constructor(
        private readonly emulated: EmulatedBoard,
        /** Lines on the UART. */
        readonly text: readonly string[],
        rows: number
    ) {
        this.truth = new FaultTruth(emulated, rows)
    }

    get seconds(): number {
        return this.emulated.seconds
    }

    get faults(): FaultSchedule {
        return this.emulated.faults
    }

    get record(): CaptureRecord {
        return this.emulated.record
    }

    run({ seconds = Infinity }: StopCondition): void {
        const { mcu, record } = this.emulated
        const endNs = seconds * 1e9
        while (mcu.nowNs < endNs) {
            record.faults.look()
            const beforeNs = record.faults.nextNs - 1
            mcu.run(
                Math.min(
                    mcu.nowNs + SLICE_NS,
                    endNs,
                    beforeNs > mcu.nowNs ? beforeNs : Infinity
                )
            )
            while (this.heard < this.text.length - 1)
                this.truth.told(this.text[this.heard++]!)
        }
    }

    close(): void {
        this.emulated.close()
    }
}
