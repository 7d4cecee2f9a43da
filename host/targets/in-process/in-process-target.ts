// SPDX-License-Identifier: MIT
// A simulation or an emulated board in this process: virtual time goes as fast as it can.

import type { BoardFile } from "../../../boards/board-file.ts"
import type {
    CapturedFrame,
    StopCondition,
} from "../../../sim/observe/capture.ts"
import type { CaptureRecord } from "../../../sim/observe/capture-record.ts"
import type { CpuUse } from "../../../sim/observe/cpu-use.ts"
import type { FaultWatch } from "../../../sim/faults/fault-watch.ts"
import type { Rules } from "../../../sim/rules.ts"
import { simulatedFrame } from "./simulated-frame.ts"
import { runInSlices, type Sliceable } from "./slices.ts"
import type { KernelUse } from "../../../sim/kernel/kernel-calls.ts"
import type {
    CaptureTarget,
    RunHooks,
    SimulatedOutcome,
    TargetFrame,
} from "../target.ts"

/** What this needs of a simulation or an emulated board. */
export interface Machine extends Sliceable {
    readonly record: Pick<
        CaptureRecord,
        "mode" | "counters" | "measuredFps" | "display"
    > & { readonly faults: Pick<FaultWatch, "outcomes"> }
    readonly rules: Pick<Rules, "warnings" | "violations">
    /** Only where instructions are executed. */
    cpuUse?(): CpuUse | undefined
    /** Only where the VM's time is charged. */
    vmMsPerFrame?(): number | undefined
    /** Only where the program's kernels run. */
    readonly kernelUse?: readonly KernelUse[]
    close?(): void
}

/** Runs one machine. */
export class InProcessTarget implements CaptureTarget {
    onFrame: ((frame: TargetFrame) => void) | undefined
    private frames = 0
    private lastFrame: CapturedFrame | undefined
    private closed = false

    /** @param prepare makes the machine; every frame that is lent to the program goes to `onFrame` */
    static async open(
        board: BoardFile,
        prepare: (onFrame: (frame: CapturedFrame) => void) => Promise<Machine>,
        faults = false
    ): Promise<InProcessTarget> {
        const holder: { target?: InProcessTarget } = {}
        const machine = await prepare(frame => holder.target?.took(frame))
        return (holder.target = new InProcessTarget(board, machine, faults))
    }

    private constructor(
        readonly board: BoardFile,
        private readonly machine: Machine,
        /** Some are to be injected: what they did is part of the outcome. */
        private readonly faults: boolean
    ) {}

    get seconds(): number {
        return this.machine.seconds
    }

    run(until: StopCondition, hooks: RunHooks = {}): Promise<void> {
        const { frames = Infinity } = until
        return runInSlices(this.machine, until, {
            done: () => this.closed || this.frames >= frames,
            afterSlice: hooks.between,
            signal: hooks.signal,
        })
    }

    outcome(): Promise<SimulatedOutcome> {
        const { machine, lastFrame } = this
        const { record, rules } = machine
        return Promise.resolve({
            kind: "simulated",
            mode: record.mode(),
            counters: record.counters(),
            measuredFps: record.measuredFps(),
            // Faults break rules: those stop nothing then, and are told of with the others.
            warnings: [...rules.violations, ...rules.warnings],
            faults: this.faults ? record.faults.outcomes() : undefined,
            cpu: machine.cpuUse?.(),
            vmMsPerFrame: machine.vmMsPerFrame?.(),
            kernels: machine.kernelUse,
            display: record.display(),
            lastFrame,
        })
    }

    close(): Promise<void> {
        this.closed = true
        this.machine.close?.()
        return Promise.resolve()
    }

    private took(frame: CapturedFrame): void {
        this.frames++
        this.lastFrame = frame
        this.onFrame?.(simulatedFrame(frame))
    }
}
