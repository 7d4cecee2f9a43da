// SPDX-License-Identifier: MIT
// Flexible static memory controller: the FSMC of the F407 (RM0090 §36) and the FMC of the F429 and F446 (RM0090 §37,
// RM0390 §11): bank 1 with its four selects, asynchronous accesses. Registers of NAND flash, PC cards and SDRAM are stored.
// Not modelled: those memories, synchronous accesses, NWAIT, the write FIFO, the time of an access (accessCycles() says it).

import type { Rules } from "../../rules.ts"
import type { Access, SelectedDevice } from "../../wires/select-bus.ts"
import type { ChipKind } from "../chip-kind.ts"
import type { ExternalMemory } from "../external-memory.ts"
import type { PinStates } from "../gpio/free-pins.ts"
import type { Peripheral } from "../peripheral.ts"
import { RegisterRules } from "../register-rules.ts"
import { fsmcPinProblem } from "./fsmc-pins.ts"
import {
    BCR1_RESET,
    BCR_FMC,
    BCR_FSMC,
    BCR_RESET,
    BTR_DEFINED,
    BTR_RESET,
    FSMC_BANKS_BASE,
    FSMC_BANKS_END,
    FSMC_REGION_BYTES,
    FSMC_SELECTS,
    FSMC_STORED,
    FsmcBcr,
    FsmcRegister,
    MTYP_NOR,
    MTYP_SRAM,
    PCR_PBKEN,
    SDRAM_FIRST,
} from "./fsmc-registers.ts"
import { accessCycles, strobeCycles, widthOf } from "./fsmc-timing.ts"

const BWTR_OFFSET = FsmcRegister.BWTR1 - FsmcRegister.BTR1
const REGION_STRIDE = FsmcRegister.BCR2 - FsmcRegister.BCR1
const FIRST_LINES_MULTIPLEXED = 16
const BANK_BYTES = FSMC_SELECTS * FSMC_REGION_BYTES

export interface FsmcWiring {
    readonly chip: ChipKind
    readonly rules: Rules
    readonly hclkHz: () => number
    /** RCC lets the block run. */
    readonly clockOn: () => boolean
    readonly pins: () => PinStates
}

/** Accesses to a select at which nothing is connected. */
export interface UnconnectedSelect {
    /** 1 to 4. */
    readonly select: number
    reads: number
    writes: number
}

interface Region {
    bcr: number
    btr: number
    bwtr: number
    device: SelectedDevice | undefined
    /** Lines and direction of the last access, whose pins were right; undefined: look at them. */
    checkedLines: number | undefined
    checkedAccess: Access
    readonly unconnected: UnconnectedSelect
}

export class Fsmc implements Peripheral, ExternalMemory {
    readonly name: "FSMC" | "FMC"
    private readonly regions: readonly Region[]
    private readonly stored = new Map<number, number>()
    private readonly check: RegisterRules

    constructor(private readonly wiring: FsmcWiring) {
        this.name = wiring.chip === "stm32f407" ? "FSMC" : "FMC"
        this.check = new RegisterRules(wiring.rules, this)
        this.regions = Array.from({ length: FSMC_SELECTS }, (_, index) => ({
            bcr: 0,
            btr: 0,
            bwtr: 0,
            device: undefined,
            checkedLines: undefined,
            checkedAccess: "read",
            unconnected: { select: index + 1, reads: 0, writes: 0 },
        }))
        this.reset()
    }

    /** Connect a device. @param select 1 to 4, for NE1 to NE4 */
    attach(select: number, device: SelectedDevice): void {
        this.regions[select - 1]!.device = device
    }

    /** Selects that were used and have no device. */
    unconnected(): readonly UnconnectedSelect[] {
        return this.regions
            .map(({ unconnected }) => unconnected)
            .filter(({ reads, writes }) => reads + writes > 0)
    }

    /**
     * HCLK cycles for which an asynchronous access to bank 1 occupies the bus; 0 elsewhere.
     * @param bytes 1, 2 or 4
     */
    accessCycles(address: number, bytes: number, access: Access): number {
        const region = this.regionAt(address)
        return region === undefined ? 0 : accessCycles(region, bytes, access)
    }

    /** RCC or system reset. */
    reset(): void {
        this.regions.forEach((region, index) => {
            region.bcr = index === 0 ? BCR1_RESET : BCR_RESET
            region.btr = region.bwtr = BTR_RESET
            region.checkedLines = undefined
        })
        for (const [offset, value] of Object.entries(FSMC_STORED))
            if (this.registerName(Number(offset)) !== undefined)
                this.stored.set(Number(offset), value)
    }

    registerName(offset: number): string | undefined {
        if (this.name === "FSMC" && offset >= SDRAM_FIRST) return undefined
        return FsmcRegister[offset]
    }

    readUint32(offset: number): number {
        const found = this.regionRegister(offset)
        if (found !== undefined) return found.region[found.register]
        return this.stored.get(offset) ?? this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        const found = this.regionRegister(offset)
        if (found === undefined) {
            if (!this.stored.has(offset))
                return this.check.refusedWrite(offset, value)
            this.stored.set(offset, value)
            return
        }
        const { region, register } = found
        const bcrBits = this.name === "FSMC" ? BCR_FSMC : BCR_FMC
        const mask = register === "bcr" ? bcrBits : BTR_DEFINED
        region[register] = this.check.ignoreReserved(offset, value, mask)
        region.checkedLines = undefined
        if (register === "bcr") this.checkBcr(offset, value)
    }

    has(address: number): boolean {
        return address >= FSMC_BANKS_BASE && address < FSMC_BANKS_END
    }

    /** RM0090 §36.3, RM0390 §11.3: which accesses get an AHB error. */
    problem(address: number, access: Access): string | undefined {
        const region = this.regionAt(address)
        if (region === undefined) return this.otherBankProblem(address)
        const { bcr, unconnected } = region
        const bits = `BCR${unconnected.select} = ${hex(bcr)}`
        if ((bcr & FsmcBcr.MBKEN) === 0)
            return `bank 1 region ${unconnected.select} (NE${unconnected.select}) is off: MBKEN is 0 in ${bits}`
        if (access === "write" && (bcr & FsmcBcr.WREN) === 0)
            return `NE${unconnected.select} is not writable: WREN is 0 in ${bits}`
        if ((bcr & FsmcBcr.MTYP) === MTYP_NOR && (bcr & FsmcBcr.FACCEN) === 0)
            return `NE${unconnected.select} is NOR flash without access: FACCEN is 0 in ${bits}`
        return undefined
    }

    read(address: number, bytes: number): number | undefined {
        const region = this.usable(address, "read")
        if (region === undefined) return this.failed(address, "read")
        const width = widthOf(region.bcr) ?? 16
        const unit = Math.min(width / 8, 4)
        if (unit <= bytes && address % bytes === 0) {
            let value = 0
            for (let at = 0; at < bytes; at += unit)
                value |= this.readUnit(region, address + at, width) << (8 * at)
            return value >>> 0
        }
        return this.readBytes(region, address, bytes, width)
    }

    write(address: number, bytes: number, value: number): boolean {
        const region = this.usable(address, "write")
        if (region === undefined)
            return this.failed(address, "write") !== undefined
        const width = widthOf(region.bcr) ?? 16
        const unit = width / 8
        if (unit <= bytes && address % bytes === 0)
            for (let at = 0; at < bytes; at += unit)
                this.writeUnit(region, address + at, width, value >>> (8 * at))
        else
            for (let at = 0; at < bytes; at++)
                this.writeByte(region, address + at, width, value >>> (8 * at))
        return true
    }

    private readUnit(region: Region, address: number, width: number): number {
        const lines = linesOf(address, width)
        const { device, unconnected } = region
        if (device === undefined || !this.wired(region, lines, width, "read")) {
            unconnected.reads++
            // The lines float.
            return maskOf(width)
        }
        return device.read(lines, width) & maskOf(width)
    }

    private readBytes(
        region: Region,
        address: number,
        bytes: number,
        width: number
    ): number {
        let value = 0
        for (let at = 0; at < bytes; at++) {
            const word = this.readUnit(region, address + at, width)
            const lane = ((address + at) * 8) % width
            value |= ((word >>> lane) & 0xff) << (8 * at)
        }
        return value >>> 0
    }

    private writeUnit(
        region: Region,
        address: number,
        width: number,
        value: number
    ): void {
        const lines = linesOf(address, width)
        const { device, unconnected } = region
        if (device === undefined || !this.wired(region, lines, width, "write"))
            unconnected.writes++
        else device.write(lines, value & maskOf(width), width)
    }

    /** The CPU and the DMA repeat a byte on all lanes; NBL says which one counts, to memories that have it. */
    private writeByte(
        region: Region,
        address: number,
        width: number,
        value: number
    ): void {
        const byte = value & 0xff
        if (width > 8 && region.device !== undefined)
            this.wiring.rules.warned(
                this.name,
                `write of 8 bits at ${hex(address)}: ${region.device.name} has ${width} data lines and no byte lanes, and takes the byte twice`
            )
        this.writeUnit(region, address, width, byte * 0x01010101)
    }

    private usable(address: number, access: Access): Region | undefined {
        if (!this.wiring.clockOn()) return undefined
        if (this.problem(address, access) !== undefined) return undefined
        return this.regionAt(address)
    }

    /** @returns undefined on an AHB error; 0 when the block has no clock and does nothing */
    private failed(address: number, access: Access): number | undefined {
        const { rules, clockOn } = this.wiring
        const what = `${access} at ${hex(address)}`
        if (!clockOn()) {
            rules.violated(
                this.name,
                `${what} while RCC has its clock off or holds it in reset`
            )
            return 0
        }
        rules.violated(
            this.name,
            `${what} gets an AHB error: ${this.problem(address, access)}`
        )
        return undefined
    }

    /** Pins are looked at when lines or direction change: a stream of pixels is checked at its start. */
    private wired(
        region: Region,
        lines: number,
        width: number,
        access: Access
    ): boolean {
        const { device, unconnected, bcr } = region
        if (region.checkedLines === lines && region.checkedAccess === access)
            return true
        const { select } = unconnected
        const { addressLines, name } = device!
        const problem =
            this.multiplexProblem(bcr, addressLines) ??
            fsmcPinProblem(
                { select, width, addressLines, access },
                this.wiring.pins()
            )
        if (problem !== undefined)
            this.wiring.rules.violated(
                this.name,
                `${access} of ${name} at NE${select}: ${problem}`
            )
        else {
            region.checkedLines = lines
            region.checkedAccess = access
            this.checkStrobe(region, access)
        }
        return problem === undefined
    }

    /** A strobe that is too short is no rule of the chip, and works on many a board. */
    private checkStrobe(region: Region, access: Access): void {
        const { name, strobeMinNs } = region.device!
        const { rules, hclkHz } = this.wiring
        const cycleNs = 1e9 / hclkHz()
        const ns = strobeCycles(region, access) * cycleNs
        if (ns >= strobeMinNs[access]) return
        const missing = Math.ceil((strobeMinNs[access] - ns) / cycleNs)
        rules.warned(
            this.name,
            `${access === "write" ? "NWE" : "NOE"} is low for ${ns.toFixed(1)} ns at a ${access} of ${name}, whose data sheet wants ${strobeMinNs[access]} ns: DATAST must be ${missing} more`
        )
    }

    /** RM0090 §36.5.4: with MUXEN A15:0 come on the data lines, for a latch. */
    private multiplexProblem(
        bcr: number,
        addressLines: number
    ): string | undefined {
        const low = addressLines & ((1 << FIRST_LINES_MULTIPLEXED) - 1)
        if ((bcr & FsmcBcr.MUXEN) === 0 || low === 0) return undefined
        const line = 31 - Math.clz32(low)
        return `A${line} is wired to it, and MUXEN is 1: A0 to A15 come on the data lines`
    }

    private checkBcr(offset: number, value: number): void {
        const on = (value & FsmcBcr.MBKEN) !== 0
        const width = widthOf(value)
        const widest = this.name === "FSMC" ? 16 : 32
        if (on && (width === undefined || width > widest))
            this.check.broken(offset, "MWID is reserved", value)
        const multiplexed = (value & FsmcBcr.MUXEN) !== 0
        if (on && multiplexed && (value & FsmcBcr.MTYP) === MTYP_SRAM)
            this.check.doubtful(
                offset,
                "MUXEN is for PSRAM and NOR flash, and MTYP is SRAM",
                value
            )
    }

    private otherBankProblem(address: number): string {
        const bank = Math.floor((address - FSMC_BANKS_BASE) / BANK_BYTES) + 1
        const offset = FsmcRegister.PCR2 + (bank - 2) * 0x20
        const on = ((this.stored.get(offset) ?? 0) & PCR_PBKEN) !== 0
        return on
            ? `bank ${bank} is on and not modelled`
            : `bank ${bank} is off: PBKEN is 0 in PCR${bank}`
    }

    private regionAt(address: number): Region | undefined {
        return this.regions[
            Math.floor((address - FSMC_BANKS_BASE) / FSMC_REGION_BYTES)
        ]
    }

    private regionRegister(
        offset: number
    ): { region: Region; register: "bcr" | "btr" | "bwtr" } | undefined {
        const name = FsmcRegister[offset]
        if (name === undefined || !/^B(C|T|WT)R/.test(name)) return undefined
        const writes = name.startsWith("BWTR")
        const at = writes ? offset - BWTR_OFFSET : offset
        const region = this.regions[Math.floor(at / REGION_STRIDE)]!
        if (writes) return { region, register: "bwtr" }
        return { region, register: name.startsWith("BCR") ? "bcr" : "btr" }
    }
}

/** RM0090 §36.4.1: on 16 lines A25:0 carry HADDR[26:1], and so on. */
function linesOf(address: number, width: number): number {
    return (address & (FSMC_REGION_BYTES - 1)) >>> (width >>> 4)
}

function maskOf(width: number): number {
    return width === 32 ? 0xffffffff : (1 << width) - 1
}

function hex(value: number): string {
    return `0x${(value >>> 0).toString(16).padStart(8, "0")}`
}
