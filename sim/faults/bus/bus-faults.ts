// SPDX-License-Identifier: MIT
// The faults of the parallel bus, as stages of its cable.

import type { Effect, Injector, Injectors } from "../effect.ts"
import type { FaultName, FaultOf } from "../fault-table.ts"
import type { BusStage, FrameShape } from "./bus-stage.ts"
import type { ClockGate } from "./clock-gate.ts"
import {
    BytesChanged,
    ClockInverted,
    ClocksMiscounted,
    ClockStopped,
} from "./data-stages.ts"
import type { FaultyBus, FrameTrigger } from "./faulty-bus.ts"
import { JpegBroken, JpegWithoutEnd } from "./jpeg-stages.ts"
import { Inverted, VsyncStuck, type LastingStage } from "./level-stages.ts"
import {
    RowDoubled,
    RowLost,
    RowsLost,
    VsyncGlitch,
    VsyncLost,
} from "./row-stages.ts"

const US = 1000

type BusFaultName =
    | "vsync-lost"
    | "vsync-stuck"
    | "vsync-glitch"
    | "hsync-lost"
    | "row-lost"
    | "row-doubled"
    | "pixclk-lost"
    | "pixclk-added"
    | "pixclk-stopped"
    | "data-stuck"
    | "data-swapped"
    | "data-shorted"
    | "pixclk-edge"
    | "vsync-polarity"
    | "hsync-polarity"
    | "jpeg-no-end"
    | "jpeg-broken"

/** Injectors for the cable; the gate stands between it and the DCMI. */
export function busFaults(
    bus: FaultyBus,
    gate: ClockGate
): Injectors<BusFaultName> {
    const frame = hitsFrames(bus)
    const lasting = (
        stage: LastingStage & { begin?(): void }
    ): (() => void) => {
        bus.insert(stage)
        stage.begin?.()
        return () => stage.end()
    }
    return {
        "vsync-lost": frame((_, effect) => new VsyncLost(effect)),
        "vsync-stuck": ({ level }) =>
            lasting(new VsyncStuck(level as 0 | 1 | undefined)),
        "vsync-glitch": frame(({ row, us }, effect, { rows }) =>
            rows < 2
                ? undefined
                : new VsyncGlitch(
                      effect,
                      row ?? effect.choice.whole(1, rows - 1),
                      us * US
                  )
        ),
        "hsync-lost": frame((_, effect) => new RowsLost(effect)),
        "row-lost": frame(
            (fault, effect, shape) =>
                new RowLost(effect, rowOf(fault, effect, shape))
        ),
        "row-doubled": frame(
            (fault, effect, shape) =>
                new RowDoubled(effect, rowOf(fault, effect, shape))
        ),
        "pixclk-lost": frame((fault, effect, shape) =>
            miscounted(fault, effect, shape, "lost")
        ),
        "pixclk-added": frame((fault, effect, shape) =>
            miscounted(fault, effect, shape, "added")
        ),
        "pixclk-stopped": () => {
            const end = lasting(new ClockStopped())
            gate.stop()
            return () => {
                gate.start()
                end()
            }
        },
        "data-stuck": ({ line, level }, { choice }) => {
            const mask = 1 << (line ?? choice.whole(0, 7))
            const high = (level ?? choice.whole(0, 1)) === 1
            return lasting(changed(byte => (high ? byte | mask : byte & ~mask)))
        },
        "data-swapped": ({ lines: [a, b] }) =>
            lasting(
                changed(byte => {
                    const differ = ((byte >> a) ^ (byte >> b)) & 1
                    return byte ^ ((differ << a) | (differ << b))
                })
            ),
        "data-shorted": ({ lines: [a, b] }) => {
            const both = (1 << a) | (1 << b)
            return lasting(
                changed(byte => ((byte & both) === both ? byte : byte & ~both))
            )
        },
        "pixclk-edge": () => lasting(new ClockInverted()),
        "vsync-polarity": () => lasting(new Inverted("vsync")),
        "hsync-polarity": () => lasting(new Inverted("hsync")),
        "jpeg-no-end": frame((_, effect) => new JpegWithoutEnd(effect)),
        "jpeg-broken": frame(({ count }, effect, { bytes }) => {
            const first = effect.choice.whole(bytes >> 2, (3 * bytes) >> 2)
            return new JpegBroken(effect, effect.choice, first, count)
        }),
    }
}

function changed(change: (byte: number) => number): BytesChanged {
    return new BytesChanged(
        Uint8Array.from({ length: 256 }, (_, byte) => change(byte))
    )
}

function rowOf(
    { row }: { readonly row?: number | undefined },
    { choice }: Effect,
    { rows }: FrameShape
): number {
    return row ?? choice.whole(0, rows - 1)
}

function miscounted(
    fault: FaultOf<"pixclk-lost" | "pixclk-added">,
    effect: Effect,
    shape: FrameShape,
    kind: "lost" | "added"
): BusStage {
    const { column, count } = fault
    const row = rowOf(fault, effect, shape)
    // Where it is left open, all of the clocks are in the row.
    const last = Math.max(shape.rowBytes - count, 0)
    const at = column ?? effect.choice.whole(0, last)
    return new ClocksMiscounted(effect, row, at, count, kind)
}

/** Makes a fault's stage for a frame that it hits; undefined: not for this one. */
type StageOf<Name extends FaultName> = (
    fault: FaultOf<Name>,
    effect: Effect,
    shape: FrameShape
) => BusStage | undefined

/** An injector of a fault that hits frames. */
function hitsFrames(bus: FaultyBus) {
    return <Name extends FaultName>(make: StageOf<Name>): Injector<Name> =>
        (fault, effect) => {
            const trigger = new FrameFault(
                effect,
                fault.for !== undefined,
                shape => make(fault, effect, shape)
            )
            bus.watch(trigger)
            return () => trigger.end()
        }
}

/** Hits the next frame, or each until it is ended. What is left open needs a frame before it, to be chosen from. */
class FrameFault implements FrameTrigger {
    spent = false
    private hitting = false

    constructor(
        private readonly effect: Effect,
        private readonly lasts: boolean,
        private readonly make: (shape: FrameShape) => BusStage | undefined
    ) {}

    starts(_frame: number, shape: FrameShape): BusStage | undefined {
        if (this.spent || shape.rows === 0) return undefined
        const stage = this.make(shape)
        if (stage === undefined) return undefined
        this.hitting = true
        this.spent = !this.lasts
        return stage
    }

    ended(): void {
        this.hitting = false
        if (this.spent) this.effect.over()
    }

    end(): void {
        this.spent = true
        if (!this.hitting) this.effect.over()
    }
}
