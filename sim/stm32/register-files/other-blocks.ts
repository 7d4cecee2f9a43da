// SPDX-License-Identifier: MIT
// Blocks of which firmware only waits for a bit or two: SDIO without a card, Ethernet without a PHY, CAN without a bus, the
// RTC with its calendar at rest, the DAC. RM0090 §31.9, §33.8, §32.9, §26.6, §14.5.

import {
    plainRegisters,
    type KeptBehaviour,
    type KeptBlock,
    type RegisterFile,
} from "./register-file.ts"

const SDIO_CMD = 0x0c
const SDIO_STA = 0x34
const SDIO_ICR = 0x38
const SDIO_WAITRESP = 3 << 6
const SDIO_CPSMEN = 1 << 10
const SDIO_CTIMEOUT = 1 << 2
const SDIO_CMDSENT = 1 << 7

export const SDIO: KeptBlock = {
    name: "SDIO",
    base: 0x40012c00,
    sizeBytes: 0x400,
    gate: "SDIO",
    registers: [
        ...plainRegisters("POWER CLKCR ARG CMD"),
        ...plainRegisters("RESPCMD RESP1 RESP2 RESP3 RESP4", 0x10).map(
            register => ({ ...register, writable: 0 })
        ),
        ...plainRegisters("DTIMER DLEN DCTRL", 0x24),
        { name: "DCOUNT", offset: 0x30, writable: 0 },
        { name: "STA", offset: SDIO_STA, writable: 0 },
        { name: "ICR", offset: SDIO_ICR, selfClearing: ~0 },
        { name: "MASK", offset: 0x3c },
        { name: "FIFOCNT", offset: 0x48, writable: 0 },
        { name: "FIFO", offset: 0x80 },
    ],
}

/** No card answers a command; one that wants no answer is sent. */
export function sdioBehaviour(file: RegisterFile): KeptBehaviour {
    return {
        wrote(offset, value) {
            if (offset === SDIO_ICR)
                file.poke(SDIO_STA, file.peek(SDIO_STA) & ~value)
            if (offset !== SDIO_CMD || (value & SDIO_CPSMEN) === 0) return
            const waits = (value & SDIO_WAITRESP) !== 0
            const flag = waits ? SDIO_CTIMEOUT : SDIO_CMDSENT
            file.poke(SDIO_STA, file.peek(SDIO_STA) | flag)
        },
    }
}

/** The bus to the PHY is never busy, and reads what a line does that nobody drives. */
export const ETHERNET: KeptBlock = {
    name: "ETH",
    base: 0x40028000,
    sizeBytes: 0x1400,
    gate: "ETHMAC",
    registers: [
        { name: "MACCR", offset: 0x00, reset: 0x8000 },
        ...plainRegisters("MACFFR MACHTHR MACHTLR", 0x04),
        { name: "MACMIIAR", offset: 0x10, selfClearing: 1 << 0 },
        { name: "MACMIIDR", offset: 0x14, reset: 0xffff, writable: 0 },
        ...plainRegisters("MACFCR MACVLANTR", 0x18),
        ...plainRegisters("MACRWUFFR MACPMTCSR - MACDBGR MACSR MACIMR", 0x28),
        { name: "MACA0HR", offset: 0x40, reset: 0x8010ffff },
        { name: "MACA0LR", offset: 0x44, reset: 0xffffffff },
        { name: "MACA1HR", offset: 0x48, reset: 0x0000ffff },
        { name: "MACA1LR", offset: 0x4c, reset: 0xffffffff },
        { name: "PTPTSCR", offset: 0x700, reset: 0x2000 },
        {
            name: "DMABMR",
            offset: 0x1000,
            reset: 0x00020101,
            selfClearing: 1 << 0,
        },
        ...plainRegisters("DMATPDR DMARPDR DMARDLAR DMATDLAR", 0x1004),
        { name: "DMASR", offset: 0x1014, writable: 0, clearedBy1: 0x0001e7ff },
        // FTF: the FIFO is flushed at once.
        { name: "DMAOMR", offset: 0x1018, selfClearing: 1 << 20 },
        ...plainRegisters("DMAIER DMAMFBOCR DMARSWTR", 0x101c),
    ],
}

const CAN_MCR = 0x00
const CAN_MSR = 0x04
/** INRQ and SLEEP, which INAK and SLAK follow. */
const CAN_MODES = 3

/** @param number 1 or 2 */
export function canBlock(number: number): KeptBlock {
    return {
        name: `CAN${number}`,
        base: number === 1 ? 0x40006400 : 0x40006800,
        sizeBytes: 0x400,
        gate: `CAN${number}`,
        registers: [
            {
                name: "MCR",
                offset: CAN_MCR,
                reset: 0x00010002,
                selfClearing: 1 << 15,
            },
            {
                name: "MSR",
                offset: CAN_MSR,
                reset: 0x00000c02,
                writable: 0,
                clearedBy1: 0x1c,
            },
            { name: "TSR", offset: 0x08, reset: 0x1c000000, writable: 0 },
            { name: "RF0R", offset: 0x0c, writable: 0 },
            { name: "RF1R", offset: 0x10, writable: 0 },
            { name: "IER", offset: 0x14 },
            { name: "ESR", offset: 0x18, writable: 0x70 },
            { name: "BTR", offset: 0x1c, reset: 0x01230000 },
            { name: "FMR", offset: 0x200, reset: 0x2a1c0e01 },
            ...plainRegisters("FM1R - FS1R - FFA1R - FA1R", 0x204),
        ],
    }
}

/** Modes are entered at once: the bus is idle. */
export function canBehaviour(file: RegisterFile): KeptBehaviour {
    return {
        wrote(offset, value) {
            if (offset !== CAN_MCR) return
            const msr = file.peek(CAN_MSR) & ~CAN_MODES
            file.poke(CAN_MSR, msr | (value & CAN_MODES))
        },
    }
}

const RTC_ISR = 0x0c
const RTC_WUTWF_ALRAWF = 7
const RTC_RSF = 1 << 5
const RTC_INITF = 1 << 6
const RTC_INIT = 1 << 7
/** ALRAF, ALRBF, WUTF, TSF, TSOVF, TAMP1F, TAMP2F. */
const RTC_FLAGS = 0x7f00
const RTC_BACKUP_REGISTERS = 20

export const RTC: KeptBlock = {
    name: "RTC",
    base: 0x40002800,
    sizeBytes: 0x400,
    gate: undefined,
    registers: [
        { name: "TR", offset: 0x00 },
        { name: "DR", offset: 0x04, reset: 0x2101 },
        { name: "CR", offset: 0x08 },
        {
            name: "ISR",
            offset: RTC_ISR,
            reset: RTC_WUTWF_ALRAWF,
            writable: RTC_INIT,
            clearedBy0: RTC_FLAGS,
        },
        { name: "PRER", offset: 0x10, reset: 0x007f00ff },
        { name: "WUTR", offset: 0x14, reset: 0xffff },
        ...plainRegisters("CALIBR ALRMAR ALRMBR WPR SSR SHIFTR", 0x18),
        ...plainRegisters("TSTR TSDR TSSSR CALR TAFCR ALRMASSR ALRMBSSR", 0x30),
        ...Array.from({ length: RTC_BACKUP_REGISTERS }, (_, index) => ({
            name: `BKP${index}R`,
            offset: 0x50 + 4 * index,
        })),
    ],
}

/** Initialisation is entered at once; the shadow registers are always in step. Write protection is not looked at. */
export function rtcBehaviour(file: RegisterFile): KeptBehaviour {
    return {
        wrote(offset, value) {
            if (offset !== RTC_ISR) return
            const isr = file.peek(RTC_ISR) & ~(RTC_INITF | RTC_RSF)
            file.poke(
                RTC_ISR,
                (value & RTC_INIT) !== 0 ? isr | RTC_INITF : isr | RTC_RSF
            )
        },
    }
}

export const DAC: KeptBlock = {
    name: "DAC",
    base: 0x40007400,
    sizeBytes: 0x400,
    gate: "DAC",
    registers: [
        { name: "CR", offset: 0x00 },
        { name: "SWTRIGR", offset: 0x04, selfClearing: 3 },
        ...plainRegisters(
            "DHR12R1 DHR12L1 DHR8R1 DHR12R2 DHR12L2 DHR8R2 DHR12RD DHR12LD DHR8RD",
            0x08
        ),
        { name: "DOR1", offset: 0x2c, writable: 0 },
        { name: "DOR2", offset: 0x30, writable: 0 },
        { name: "SR", offset: 0x34, writable: 0, clearedBy1: 0x20002000 },
    ],
}
