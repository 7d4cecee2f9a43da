// SPDX-License-Identifier: MIT
// Embedded flash (RM0090 §3, RM0390 §3): interface registers, programming and erasing with their times and errors, wait
// states, and power cuts in the middle.
// Not modelled: the caches' contents (a stale line is never seen), read protection, x64 (needs Vpp), OTP, interrupts of
// read errors. The cells change when an operation begins; nobody can look before its end but in the other bank.

import type { Clock } from "../../clock.ts"
import type { Rules } from "../../rules.ts"
import type { ChipKind } from "../chip-kind.ts"
import { FlashArray } from "./flash-array.ts"
import { FlashOperations } from "./flash-operations.ts"
import { FlashOptions } from "./flash-options.ts"
import {
    eraseNs,
    FLASH_KEYS,
    FLASH_MEMORY,
    FlashAcr,
    FlashCr,
    FlashRegister,
    flashSectors,
    FlashSr,
    PROGRAM_NS,
    waitStates,
    type FlashSector,
} from "./flash-registers.ts"
import { KeyLock } from "./key-lock.ts"
import type { IrqLine, Peripheral } from "../peripheral.ts"
import { RegisterRules } from "../register-rules.ts"

const ROW_BYTES = 16
const PSIZE_X64 = 3
const ERRORS = FlashSr.WRPERR | FlashSr.PGAERR | FlashSr.PGPERR | FlashSr.PGSERR
const CR_COMMON =
    FlashCr.PG |
    FlashCr.SER |
    FlashCr.MER |
    FlashCr.PSIZE |
    FlashCr.STRT |
    FlashCr.EOPIE |
    FlashCr.ERRIE |
    FlashCr.LOCK

export interface FlashWiring {
    readonly chip: ChipKind
    readonly clock: Clock
    readonly rules: Rules
    /** The MCU's memory, indexed by its addresses. */
    readonly memory: Uint8Array
    readonly flashBytes: number
    readonly irq: IrqLine
    /** HCLK, when wait states are to be checked against it. */
    readonly hclkHz?: () => number
}

export class Flash implements Peripheral {
    readonly name = "FLASH"
    readonly sectors: readonly FlashSector[]
    private acr = 0
    private sr = 0
    private cr = 0
    private readonly lock = new KeyLock(FLASH_KEYS)
    private readonly check: RegisterRules
    private readonly array: FlashArray
    private readonly options: FlashOptions
    /** Faults to come, at the next operations. */
    private readonly faults: (() => void)[] = []
    private readonly running: FlashOperations

    constructor(private readonly wiring: FlashWiring) {
        const { chip, memory, flashBytes } = wiring
        this.check = new RegisterRules(wiring.rules, this, () => "RM0090 3.9")
        this.sectors = flashSectors(chip, flashBytes)
        this.array = new FlashArray(
            memory.subarray(FLASH_MEMORY, FLASH_MEMORY + flashBytes)
        )
        this.running = new FlashOperations(wiring.clock, () => this.ended())
        this.options = new FlashOptions(this.check, (ns, whole) =>
            this.running.run({ bank: 0, ns, whole, partly: () => {} })
        )
    }

    /** ACR as it stands, for the timing of the core's reads. */
    get accessControl(): number {
        return this.acr
    }

    /** Items programmed and sectors erased so far. */
    get operations(): number {
        return this.running.count
    }

    /** Called at the moment of a power cut; the MCU stops there. */
    set onPowerCut(called: (() => void) | undefined) {
        this.running.onPowerCut = called
    }

    /** Until when the CPU stalls at a fetch or read of the first bank (of the whole flash when it has one), ns. */
    get stallUntilNs(): number {
        return this.running.readableAtNs(0)
    }

    /** Until when a fetch or read at an address stalls, ns: its bank is being programmed or erased. */
    readableAtNs(address: number): number {
        return this.running.readableAtNs(this.sectorAt(address).bank)
    }

    /** The erased state, as a new part has it. */
    blank(): void {
        this.array.cells.fill(0xff)
    }

    /** Put an image into the flash as a debugger does, whatever was there. */
    load(address: number, image: Uint8Array): void {
        this.sectorAt(address + image.length - 1)
        this.array.cells.set(image, address - FLASH_MEMORY)
    }

    /**
     * Cut the power in the middle of an operation (programming of an item, erase of a sector): it is left half done,
     * `onPowerCut` is called, and nothing is programmed or erased until a power-on reset.
     * @param afterOperations whole operations before it, from now on
     * @param seed which bits have changed by then
     */
    powerCut(afterOperations: number, seed = 1): void {
        this.running.cutAfter(afterOperations)
        this.array.seed = seed
    }

    /** Fault: the next programming or erasing fails with PGSERR. @param taken called when it does */
    injectError(taken: () => void): void {
        this.faults.push(taken)
    }

    /**
     * The power goes at a time to come: an operation that runs then is left half done.
     * @param seed which bits have changed by then
     */
    powerGoesAt(timeNs: number, seed: number): void {
        this.running.powerGoesAtNs.push(timeNs)
        this.array.seed = seed
    }

    /** System reset. @param powerOn the supply was off: the chip works again after a power cut */
    reset(powerOn = false): void {
        this.acr = this.sr = this.cr = 0
        this.running.reset(powerOn)
        this.lock.reset()
        this.options.reset()
        this.updateIrq()
    }

    registerName(offset: number): string | undefined {
        return offset === FlashRegister.OPTCR1 && !this.twoBanks
            ? undefined
            : FlashRegister[offset]
    }

    readUint32(offset: number): number {
        switch (offset) {
            case FlashRegister.ACR:
                return this.acr
            case FlashRegister.KEYR:
            case FlashRegister.OPTKEYR:
                return 0
            case FlashRegister.SR:
                return this.sr | (this.running.busy ? FlashSr.BSY : 0)
            case FlashRegister.CR:
                return (this.cr | (this.lock.locked ? FlashCr.LOCK : 0)) >>> 0
            case FlashRegister.OPTCR:
                return this.options.optcr
            case FlashRegister.OPTCR1:
                if (this.twoBanks) return this.options.optcr1
        }
        return this.check.unknownRead(offset)
    }

    writeUint32(offset: number, value: number): void {
        switch (offset) {
            case FlashRegister.ACR:
                return this.writeAcr(value)
            case FlashRegister.KEYR:
                return this.writeKey(offset, this.lock, value)
            case FlashRegister.OPTKEYR:
                return this.writeKey(offset, this.options.lock, value)
            case FlashRegister.SR:
                return this.writeSr(value)
            case FlashRegister.CR:
                return this.writeCr(value)
            case FlashRegister.OPTCR:
                return this.options.writeOptcr(value)
            case FlashRegister.OPTCR1:
                if (this.twoBanks) return this.options.writeOptcr1(value)
        }
        this.check.refusedWrite(offset, value)
    }

    /**
     * The CPU stores into the flash. Errors are the hardware's, in SR: PGSERR when CR_PG is 0, WRPERR, PGAERR across a row
     * of 16 bytes, PGPERR when the size is not PSIZE. The CPU's next fetch from the bank waits until `readableAtNs`.
     * @param bytes 1, 2 or 4
     */
    program(address: number, bytes: 1 | 2 | 4, value: number): void {
        const sector = this.sectorAt(address)
        const error = this.programError(address, bytes, sector)
        if (error !== 0) return this.fail(error)
        const offset = address - FLASH_MEMORY
        this.running.run({
            bank: sector.bank,
            ns: PROGRAM_NS,
            whole: () => this.array.program(offset, bytes, value),
            partly: () => this.array.programPartly(offset, bytes, value),
        })
    }

    /** RCC changes HCLK, or ACR the wait states: @throws when LATENCY is below what HCLK needs */
    checkLatency(): void {
        const hclkHz = this.wiring.hclkHz?.()
        if (hclkHz === undefined) return
        const needed = waitStates(hclkHz)
        const latency = this.acr & FlashAcr.LATENCY
        if (latency < needed)
            this.check.broken(
                FlashRegister.ACR,
                `LATENCY is ${latency}, HCLK of ${hclkHz / 1e6} MHz needs ${needed} wait states`,
                this.acr
            )
    }

    private get twoBanks(): boolean {
        return this.wiring.chip === "stm32f429"
    }

    private sectorAt(address: number): FlashSector {
        const offset = address - FLASH_MEMORY
        const sector = this.sectors.find(
            candidate =>
                offset >= candidate.offset &&
                offset < candidate.offset + candidate.bytes
        )
        if (sector === undefined)
            throw new RangeError(
                `0x${(address >>> 0).toString(16)} is not in the flash of ${this.wiring.flashBytes} bytes`
            )
        return sector
    }

    private programError(
        address: number,
        bytes: number,
        sector: FlashSector
    ): number {
        if (this.faultTaken()) return FlashSr.PGSERR
        const modes = FlashCr.PG | FlashCr.SER | FlashCr.MER | FlashCr.MER1
        if ((this.cr & modes) !== FlashCr.PG) return FlashSr.PGSERR
        if (this.options.protects(sector)) return FlashSr.WRPERR
        if ((address % ROW_BYTES) + bytes > ROW_BYTES) return FlashSr.PGAERR
        const psize = 1 << ((this.cr & FlashCr.PSIZE) >>> 8)
        if (bytes !== psize || address % bytes !== 0) return FlashSr.PGPERR
        return 0
    }

    private faultTaken(): boolean {
        const fault = this.faults.shift()
        fault?.()
        return fault !== undefined
    }

    private fail(error: number): void {
        this.sr |= error
        // RM0090 §3.9.4: OPERR and EOP are set only while their interrupts are enabled.
        if ((this.cr & FlashCr.ERRIE) !== 0) this.sr |= FlashSr.OPERR
        this.updateIrq()
    }

    private ended(): void {
        if ((this.cr & FlashCr.EOPIE) !== 0) this.sr |= FlashSr.EOP
        this.updateIrq()
    }

    private writeAcr(value: number): void {
        const { chip } = this.wiring
        const latency = chip === "stm32f407" ? 7 : FlashAcr.LATENCY
        const switches = FlashAcr.PRFTEN | FlashAcr.ICEN | FlashAcr.DCEN
        const resets = FlashAcr.ICRST | FlashAcr.DCRST
        const bits = this.check.ignoreReserved(
            FlashRegister.ACR,
            value,
            latency | switches | resets
        )
        for (const [enable, reset, cache] of [
            [FlashAcr.ICEN, FlashAcr.ICRST, "I"],
            [FlashAcr.DCEN, FlashAcr.DCRST, "D"],
        ] as const)
            if ((bits & reset) !== 0 && ((this.acr | bits) & enable) !== 0)
                this.check.broken(
                    FlashRegister.ACR,
                    `${cache}CRST is set while ${cache}CEN is 1: a cache can be reset only while it is off`,
                    value
                )
        this.acr = bits
        this.checkLatency()
    }

    private writeKey(offset: number, lock: KeyLock, key: number): void {
        if (lock.write(key)) return
        this.check.broken(
            offset,
            "is the wrong key: the register is locked until the next reset",
            key
        )
    }

    private writeSr(value: number): void {
        const clearable =
            FlashSr.EOP |
            FlashSr.OPERR |
            ERRORS |
            (this.wiring.chip === "stm32f407" ? 0 : FlashSr.RDERR)
        // BSY is read only; a read-modify-write brings it back.
        this.sr &= ~this.check.ignoreReserved(
            FlashRegister.SR,
            value & ~FlashSr.BSY,
            clearable
        )
        this.updateIrq()
    }

    private writeCr(value: number): void {
        const { check } = this
        const offset = FlashRegister.CR
        if (this.lock.locked) {
            if (value >>> 0 === this.readUint32(offset)) return
            return check.broken(
                offset,
                "is written while LOCK is 1: write the keys to KEYR first",
                value
            )
        }
        if (this.running.busy)
            check.broken(offset, "is written while SR_BSY is 1", value)
        const snb = this.twoBanks ? FlashCr.SNB : 0xf << 3
        const mer1 = this.twoBanks ? FlashCr.MER1 : 0
        const bits = check.ignoreReserved(offset, value, CR_COMMON | snb | mer1)
        this.cr = bits & ~(FlashCr.STRT | FlashCr.LOCK)
        if ((bits & FlashCr.LOCK) !== 0) this.lock.close()
        else if ((bits & FlashCr.STRT) !== 0) this.startErase(value)
        this.updateIrq()
    }

    private startErase(value: number): void {
        const psize = (this.cr & FlashCr.PSIZE) >>> 8
        if (psize === PSIZE_X64)
            this.check.broken(
                FlashRegister.CR,
                "PSIZE 3 (x64) needs an external supply at Vpp, which no board here has",
                value
            )
        if ((this.cr & FlashCr.PG) !== 0 || this.faultTaken())
            return this.fail(FlashSr.PGSERR)
        const sectors = this.sectorsToErase(value)
        if (sectors.some(sector => this.options.protects(sector)))
            return this.fail(FlashSr.WRPERR)
        for (const sector of sectors)
            this.running.run({
                bank: sector.bank,
                ns: eraseNs(sector.bytes, Math.min(psize, 2)),
                whole: () => this.array.erase(sector),
                partly: () => this.array.erasePartly(sector),
            })
    }

    private sectorsToErase(value: number): readonly FlashSector[] {
        const banks = [
            (this.cr & FlashCr.MER) !== 0,
            (this.cr & FlashCr.MER1) !== 0,
        ]
        if (banks.includes(true))
            return this.sectors.filter(({ bank }) => banks[bank])
        const code = (this.cr & FlashCr.SNB) >>> 3
        const sector = this.sectors.find(candidate => candidate.code === code)
        if ((this.cr & FlashCr.SER) === 0)
            this.check.broken(
                FlashRegister.CR,
                "STRT is set with neither SER nor MER",
                value
            )
        else if (sector === undefined)
            this.check.broken(
                FlashRegister.CR,
                `SNB ${code} names no sector of this part`,
                value
            )
        else return [sector]
        return []
    }

    private updateIrq(): void {
        const end = FlashCr.EOPIE & this.cr && FlashSr.EOP & this.sr
        const error = FlashCr.ERRIE & this.cr && FlashSr.OPERR & this.sr
        this.wiring.irq(end !== 0 || error !== 0)
    }
}
