// SPDX-License-Identifier: MIT
// The faults of one board: the places where they act, wired once for simulation, emulated board and foreign firmware.

import type { Clock } from "../clock.ts"
import type { SensorName } from "../../protocol/names.ts"
import type { Rules } from "../rules.ts"
import type { SensorModel } from "../sensors/sensor-model.ts"
import type { Stm32F4 } from "../stm32/chip.ts"
import type { Level, ParallelSink } from "../wires/parallel-bus.ts"
import { watchFrames, type ParallelFault } from "../wires/parallel-faults.ts"
import { busFaults } from "./bus/bus-faults.ts"
import { ClockGate } from "./bus/clock-gate.ts"
import { FaultyBus } from "./bus/faulty-bus.ts"
import { chipFaults } from "./chip-faults.ts"
import type { Injectors } from "./effect.ts"
import { FaultSchedule, type Refusals } from "./fault-schedule.ts"
import type { Fault } from "./fault-table.ts"
import { i2cFaults } from "./i2c-faults.ts"
import { SensorSupply, sensorFaults } from "./sensor-faults.ts"

/** A fault at a time, or one in a frame that is chosen by its number. */
export type AnyFault = Fault | ParallelFault

/** What only whoever runs the code can do. */
export type MachineFaultName =
    | "power-cut"
    | "link-noise"
    | "program-throw"
    | "program-loop"
    | "program-memory"

/** Who runs the code. */
export interface FaultMachine {
    readonly injectors: Partial<Injectors<MachineFaultName>>
    /** Why what it does not inject, and anything else, cannot be injected there. */
    readonly refusals: Refusals
}

export interface BoardFaultsOptions {
    readonly clock: Clock
    readonly rules: Rules
    readonly chip: Stm32F4
    readonly sensorName: SensorName
    readonly i2c: "I2C1" | "I2C2" | "I2C3"
    /** Default 1. */
    readonly seed?: number | undefined
    /** Puts observers in front of the receiver: they see what the wires carry. */
    readonly tap?: (receiver: ParallelSink) => ParallelSink
}

const NO_JPEG = "the MT9V034 sends no JPEG: this fault needs an OV2640"

/** Between a sensor and its chip. */
export class BoardFaults {
    readonly sensor: SensorModel
    readonly supply: SensorSupply
    private readonly gate: ClockGate
    private readonly bus: FaultyBus

    /** @param makeSensor makes the sensor, which drives what it is given */
    constructor(
        private readonly options: BoardFaultsOptions,
        makeSensor: (sink: ParallelSink) => SensorModel
    ) {
        const { chip, clock, tap = (sink: ParallelSink) => sink } = options
        this.gate = new ClockGate(chip.dcmi)
        this.bus = new FaultyBus({ clock, receiver: tap(this.gate) })
        this.sensor = makeSensor(this.bus)
        this.supply = new SensorSupply(this.sensor)
    }

    /**
     * The machine is there: what it cannot do is refused.
     * @param watch told what happens
     * @returns takes more faults while the board runs
     * @throws UsageError for a fault that cannot be injected here
     */
    start(
        machine: FaultMachine,
        faults: readonly AnyFault[] | undefined,
        watch: (schedule: FaultSchedule) => void = () => {}
    ): FaultSchedule {
        const { clock, rules, chip, sensorName, i2c, seed = 1 } = this.options
        const { sensor, supply } = this
        const schedule = new FaultSchedule({
            clock,
            seed,
            injectors: {
                ...i2cFaults(chip.i2cBus, chip.i2c[i2c]),
                ...sensorFaults(clock, sensor, sensorName, supply),
                ...busFaults(this.bus, this.gate),
                ...chipFaults(clock, chip),
                ...machine.injectors,
            } as Injectors,
            refusal: fault =>
                machine.refusals[fault.fault] ??
                (sensorName === "mt9v034" && fault.fault.startsWith("jpeg-")
                    ? NO_JPEG
                    : addressProblem(chip, fault)),
            // A fault breaks rules that no program can keep: they are noted then, and do not stop the run.
            added: () => rules.permit(),
        })
        watch(schedule)
        if (faults === undefined) return schedule
        rules.permit()
        watchFrames(
            this.bus,
            faults.filter(fault => hitsNumberedFrame(fault))
        )
        schedule.add(faults.filter(fault => hasTime(fault)))
        return schedule
    }

    /** VSYNC and HSYNC at the chip's pins. */
    get levels(): { readonly vsync: Level; readonly hsync: Level } {
        return this.bus.levels
    }

    /** PIXCLK at the chip's pin, now: it moves, or is low. */
    get pixclk(): Level {
        const periodNs = this.gate.stopped ? 0 : this.sensor.pixclkNs
        if (periodNs === 0) return 0
        const phase = (this.options.clock.nowNs / periodNs) % 1
        return phase < 0.5 ? 1 : 0
    }
}

function addressProblem({ bus }: Stm32F4, fault: Fault): string | undefined {
    if (fault.fault !== "register-upset") return undefined
    const { address } = fault
    if (address % 4 === 0 && bus.has(address)) return undefined
    return `"address" is 0x${address.toString(16)}; it must be the address of a register, a multiple of 4 where a block is modelled, for example 0x5005000c (DCMI_IER)`
}

function hasTime(fault: AnyFault): fault is Fault {
    return "fault" in fault
}

function hitsNumberedFrame(fault: AnyFault): fault is ParallelFault {
    return "kind" in fault
}
