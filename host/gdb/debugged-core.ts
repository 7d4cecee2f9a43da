// SPDX-License-Identifier: MIT
// One machine under a debugger: breakpoints, watchpoints of instructions and of the DMA, steps.

import { CamscriptError } from "../../protocol/errors.ts"
import { DataAccess } from "../../sim/cortex-m/core-state.ts"
import type { DataWatch } from "../../sim/cortex-m/core-debug.ts"
import { callBoth } from "../../sim/trace/call-both.ts"
import type { Debuggee } from "./debuggee.ts"

/** What the client has set. */
export type StopPoint =
    | { readonly kind: "breakpoint"; readonly address: number }
    | {
          readonly kind: "watchpoint"
          readonly address: number
          readonly bytes: number
          readonly access: DataAccess
      }

/** Why the core stands. */
export type Stop =
    | { readonly kind: "reset" | "breakpoint" | "step" | "interrupt" }
    | {
          readonly kind: "watchpoint"
          readonly address: number
          readonly access: DataAccess
          /** Who did it when it was no instruction, in words. */
          readonly by: string | undefined
      }

/** How a core goes on. */
export type Resume =
    | "continue"
    | "step"
    /** Until so many instructions since power-on. */
    | { readonly instructions: number }

export class DebuggedCore {
    /** Called when the core stops; it is held then. */
    onStop: ((stop: Stop) => void) | undefined
    stop: Stop = { kind: "reset" }
    /** Frames that the sensor has begun to send since power-on. */
    sensorFrames = 0
    private readonly armed = new Map<number, () => void>()
    private watchpoints: readonly (StopPoint & { kind: "watchpoint" })[] = []
    /** Where it went on last: a breakpoint there was told of. */
    private resumedAt: Place | undefined

    constructor(readonly machine: Debuggee) {
        const { mcu, chip, sensor } = machine
        mcu.debug.held = true
        mcu.debug.onData = (watch, address) =>
            this.stopped({
                kind: "watchpoint",
                address,
                access: watch.access,
                by: undefined,
            })
        mcu.debug.onLimit = () => this.stopped({ kind: "step" })
        mcu.onIndirectStore((by, address, bytes) =>
            this.written(address, bytes, () => `${by} wrote`)
        )
        for (const name of ["DMA1", "DMA2"] as const) {
            const dma = name === "DMA1" ? chip.dma1 : chip.dma2
            dma.onWrite = callBoth(dma.onWrite, (address, { length }, stream) =>
                this.written(
                    address,
                    length,
                    () => `${name} stream ${stream} wrote`
                )
            )
        }
        sensor.onFrame = callBoth(sensor.onFrame, ({ sequence }) => {
            this.sensorFrames = sequence + 1
        })
    }

    /** Instructions executed since power-on. */
    get instructions(): number {
        return this.machine.mcu.instructions.total
    }

    get isHeld(): boolean {
        return this.machine.mcu.debug.held
    }

    /** It stands because of something that is set still. */
    get isAtPoint(): boolean {
        const { stop } = this
        if (stop.kind === "breakpoint")
            return this.armed.has(this.machine.mcu.register("pc"))
        return (
            stop.kind === "watchpoint" &&
            this.watchpoints.some(
                ({ address, bytes, access }) =>
                    access === stop.access &&
                    stop.address >= address &&
                    stop.address < address + bytes
            )
        )
    }

    /**
     * These stop it from now on, and nothing else.
     * @returns false when they are more watchpoints than the core takes; nothing is changed then
     */
    setPoints(points: readonly StopPoint[]): boolean {
        const { mcu } = this.machine
        const watchpoints = points.filter(point => point.kind === "watchpoint")
        if (!mcu.debug.watchData(watchpoints satisfies readonly DataWatch[]))
            return false
        this.watchpoints = watchpoints
        const wanted = new Set(
            points
                .filter(({ kind }) => kind === "breakpoint")
                .map(({ address }) => address)
        )
        for (const [address, callback] of this.armed)
            if (!wanted.has(address)) {
                mcu.offAddress(address, callback)
                this.armed.delete(address)
            }
        for (const address of wanted)
            if (!this.armed.has(address)) {
                const callback = (): void => this.reached(address)
                this.armed.set(address, callback)
                mcu.onAddress(address, callback)
            }
        return true
    }

    /** Let it go on: whoever runs the machine may do so now. */
    resume(how: Resume): void {
        const { mcu } = this.machine
        this.resumedAt = this.place()
        mcu.debug.stopAfter(
            how === "continue"
                ? undefined
                : how === "step"
                  ? this.instructions + 1
                  : how.instructions
        )
        mcu.debug.held = false
    }

    /** Stop it between two stretches. */
    interrupt(): void {
        this.stopped({ kind: "interrupt" })
    }

    /** The client has ended the run. */
    kill(): void {
        const { debug } = this.machine.mcu
        debug.killed = new CamscriptError(
            "the debugger ended the run (kill): what was captured until then is what there is"
        )
        debug.held = false
    }

    /** Nothing stops it any more. */
    release(): void {
        this.setPoints([])
        this.machine.mcu.debug.stopAfter(undefined)
        this.machine.mcu.debug.held = false
    }

    private reached(address: number): void {
        const at = this.resumedAt
        if (at?.pc === address && at.instructions === this.instructions) return
        this.stopped({ kind: "breakpoint" })
    }

    private written(address: number, bytes: number, by: () => string): void {
        const hit = this.watchpoints.find(
            point =>
                (point.access & DataAccess.WRITE) !== 0 &&
                address < point.address + point.bytes &&
                address + bytes > point.address
        )
        if (hit)
            this.stopped({
                kind: "watchpoint",
                address: Math.max(address, hit.address),
                access: hit.access,
                by: by(),
            })
    }

    private stopped(stop: Stop): void {
        // The first reason counts.
        if (this.isHeld) return
        const { debug } = this.machine.mcu
        debug.stopAfter(undefined)
        debug.hold()
        this.stop = stop
        this.onStop?.(stop)
    }

    private place(): Place {
        return {
            pc: this.machine.mcu.register("pc"),
            instructions: this.instructions,
        }
    }
}

interface Place {
    readonly pc: number
    readonly instructions: number
}
