// SPDX-License-Identifier: MIT
// What firmware touches of the debug system: DWT cycle counter, ITM, CoreDebug, FPU control, DBGMCU, STIR.
// Not modelled: comparators, break points, trace output; such registers are stored.

import type { Peripheral } from "../../stm32/peripheral.ts"
import type { CoreTime } from "../core-time.ts"

/** A block whose registers hold what is written, but for those a model below serves. */
class StoredBlock implements Peripheral {
    protected readonly values = new Map<number, number>()

    constructor(
        readonly name: string,
        private readonly names: Readonly<Record<number, string>>,
        private readonly initial: Readonly<Record<number, number>> = {}
    ) {}

    registerName(offset: number): string | undefined {
        return this.names[offset]
    }

    readUint32(offset: number): number {
        return this.values.get(offset) ?? this.initial[offset] ?? 0
    }

    writeUint32(offset: number, value: number): void {
        this.values.set(offset, value >>> 0)
    }

    reset(): void {
        this.values.clear()
    }
}

const TRCENA = 1 << 24
const CYCCNTENA = 1 << 0
/** Cycles by which a sum of times in ns may fall short of a whole number of them. */
const ROUNDING = 0.01
const DWT_CTRL = 0x00
const DWT_CYCCNT = 0x04
const DEMCR = 0x0c

/** DHCSR, DCRSR, DCRDR, DEMCR at 0xE000EDF0 (ARMv7-M ARM C1.6). No debugger is attached: DHCSR reads 0. */
export class CoreDebug extends StoredBlock {
    constructor() {
        super("CoreDebug", {
            0x0: "DHCSR",
            0x4: "DCRSR",
            0x8: "DCRDR",
            [DEMCR]: "DEMCR",
        })
    }

    get traceEnabled(): boolean {
        return (this.readUint32(DEMCR) & TRCENA) !== 0
    }

    override writeUint32(offset: number, value: number): void {
        // Without a debugger writes to the others have no effect.
        if (offset === DEMCR) super.writeUint32(offset, value)
    }

    override reset(): void {
        // ARMv7-M ARM C1.6.5: TRCENA is reset by power-on only.
    }
}

/** DWT with its cycle counter (ARMv7-M ARM C1.8). */
export class Dwt extends StoredBlock {
    private base = 0
    private since: number | undefined

    constructor(
        private readonly time: CoreTime,
        private readonly debug: CoreDebug
    ) {
        // CTRL: four comparators.
        super(
            "DWT",
            { [DWT_CTRL]: "CTRL", [DWT_CYCCNT]: "CYCCNT" },
            { [DWT_CTRL]: 0x40000000 }
        )
    }

    override readUint32(offset: number): number {
        return offset === DWT_CYCCNT ? this.count() : super.readUint32(offset)
    }

    override writeUint32(offset: number, value: number): void {
        if (offset === DWT_CTRL) {
            this.base = this.count()
            super.writeUint32(offset, (value & 0x0fffffff) | 0x40000000)
            const counts = value & CYCCNTENA && this.debug.traceEnabled
            this.since = counts ? this.time.cycles : undefined
        } else if (offset === DWT_CYCCNT) {
            this.base = value >>> 0
            if (this.since !== undefined) this.since = this.time.cycles
        } else super.writeUint32(offset, value)
    }

    /** A reset of the core leaves the counter alone (it is reset by power-on). */
    override reset(): void {}

    private count(): number {
        const passed =
            this.since === undefined ? 0 : this.time.cycles - this.since
        return Math.floor((this.base + passed + ROUNDING) % 0x100000000)
    }
}

/** ITM (ARMv7-M ARM C1.7): stimulus ports are always ready; what is written goes to `onText`. */
export class Itm extends StoredBlock {
    /** Called with port and value of every write to a stimulus port. */
    onText: ((port: number, value: number) => void) | undefined

    constructor() {
        super("ITM", { 0xe00: "TER", 0xe40: "TPR", 0xe80: "TCR", 0xfb0: "LAR" })
    }

    override registerName(offset: number): string | undefined {
        return offset < 0x80 ? `STIM${offset / 4}` : super.registerName(offset)
    }

    otherLanes(): number {
        return 0
    }

    override readUint32(offset: number): number {
        return offset < 0x80 ? 1 : super.readUint32(offset)
    }

    override writeUint32(offset: number, value: number): void {
        if (offset < 0x80) this.onText?.(offset / 4, value)
        else super.writeUint32(offset, value)
    }
}

/** FPCCR: automatic and lazy stacking on (PM0214 §4.6.2). */
const ASPEN = 0x80000000
const LSPEN = 0x40000000

/** FPCCR, FPCAR, FPDSCR, MVFR0, MVFR1 at 0xE000EF34 (PM0214 §4.6). */
export class FpuControl extends StoredBlock {
    constructor() {
        super(
            "FPU",
            {
                0x00: "FPCCR",
                0x04: "FPCAR",
                0x08: "FPDSCR",
                0x0c: "MVFR0",
                0x10: "MVFR1",
            },
            { 0x00: ASPEN | LSPEN, 0x0c: 0x10110021, 0x10: 0x11000011 }
        )
    }

    /** Exceptions stack the FP registers when the interrupted code uses them. */
    get automatic(): boolean {
        return (this.readUint32(0) & ASPEN) !== 0
    }

    /** The registers are stacked when a handler first uses the FPU. */
    get lazy(): boolean {
        return (this.readUint32(0) & LSPEN) !== 0
    }

    /** FPSCR of a handler's first FP instruction: rounding and NaN modes. */
    get defaultFpscr(): number {
        return this.readUint32(0x08) & 0x07c00000
    }

    set frameAddress(address: number) {
        this.values.set(0x04, address)
    }

    override writeUint32(offset: number, value: number): void {
        if (offset <= 0x08) super.writeUint32(offset, value)
    }
}

/** DBGMCU at 0xE0042000 (RM0090 §38.16, RM0390 §33.16): IDCODE, freeze bits stored. */
export class Dbgmcu extends StoredBlock {
    constructor(idcode: number) {
        super(
            "DBGMCU",
            { 0x0: "IDCODE", 0x4: "CR", 0x8: "APB1_FZ", 0xc: "APB2_FZ" },
            { 0x0: idcode }
        )
    }

    override writeUint32(offset: number, value: number): void {
        if (offset !== 0) super.writeUint32(offset, value)
    }
}

/** STIR at 0xE000EF00. */
export class SoftwareTrigger implements Peripheral {
    readonly name = "NVIC"

    constructor(private readonly trigger: (irq: number) => void) {}

    registerName(offset: number): string | undefined {
        return offset === 0 ? "STIR" : undefined
    }

    readUint32(): number {
        return 0
    }

    writeUint32(_offset: number, value: number): void {
        this.trigger(value & 0x1ff)
    }
}

/** ICTR and ACTLR at 0xE000E004 (PM0214 §4.4.1). */
export function auxiliaryControl(interrupts: number): Peripheral {
    return new StoredBlock(
        "ACTLR",
        { 0x0: "ICTR", 0x4: "ACTLR" },
        { 0x0: Math.ceil(interrupts / 32) - 1 }
    )
}

/** Blocks of trace hardware that firmware may configure: FPB, TPIU. */
export function storedTraceBlock(name: string): Peripheral {
    return new StoredBlock(name, {})
}
