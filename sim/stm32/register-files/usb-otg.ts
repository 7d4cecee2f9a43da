// SPDX-License-Identifier: MIT
// USB OTG FS and HS without a host or a device at the plug (RM0090 §34.16, §35.12, RM0390 §31.15): a start-up as a device
// runs to its end, and then nothing comes. Kept, not modelled: all traffic, the FIFOs, interrupts, suspend.

import type { ChipKind } from "../chip-kind.ts"
import {
    plainRegisters,
    type KeptBehaviour,
    type KeptBlock,
    type KeptRegister,
    type RegisterFile,
} from "./register-file.ts"

const GUSBCFG = 0x00c
const GINTSTS = 0x014
const DCTL = 0x804
const DIEPCTL0 = 0x900
const DOEPCTL0 = 0xb00
const ENDPOINT_STRIDE = 0x20
/** From an endpoint's control register to its interrupt register. */
const INTERRUPT_OFFSET = 8
const FIFOS = 0x1000
const SIZE_BYTES = 0x40000

const GUSBCFG_FHMOD = 1 << 29
/** CSRST, HSRST, FCRST, RXFFLSH, TXFFLSH. */
const GRSTCTL_COMMANDS = 0x37
const GRSTCTL_AHBIDL = 0x80000000
const GINTSTS_CMOD = 1 << 0
const GINTSTS_NPTXFE = 1 << 5
const GINTSTS_GINAKEFF = 1 << 6
const GINTSTS_GONAKEFF = 1 << 7
const GINTSTS_PTXFE = 1 << 26
/** SRQINT, DISCINT, CIDSCHG, IPXFR, IISOIXFR, EOPF, ISOODRP, ENUMDNE, USBRST, USBSUSP, ESUSP, SOF, OTGINT, MMIS, WKUPINT. */
const GINTSTS_FLAGS = 0xf030fc0e

const DCTL_GINSTS = 1 << 2
const DCTL_GONSTS = 1 << 3
const DCTL_SGINAK = 1 << 7
const DCTL_CGINAK = 1 << 8
const DCTL_SGONAK = 1 << 9
const DCTL_CGONAK = 1 << 10

const CTL_NAKSTS = 1 << 17
const CTL_CNAK = 1 << 26
const CTL_SNAK = 1 << 27
const CTL_SET_PID = 3 << 28
const CTL_EPDIS = 1 << 30
const CTL_EPENA = 1 << 31
const CTL_COMMANDS = CTL_CNAK | CTL_SNAK | CTL_SET_PID | CTL_EPDIS
const INT_EPDISD = 1 << 1

/** CID; RM0390 has another one. ST's SVD files say 0x1000 for both. */
const CID: Readonly<Record<ChipKind, number>> = {
    stm32f407: 0x1200,
    stm32f429: 0x1200,
    stm32f446: 0x2000,
}

const ENDPOINTS = { FS: 4, HS: 6 }
const CHANNELS = { FS: 8, HS: 12 }

/** @param speed the core at 0x50000000, or the one at 0x40040000 */
export function usbOtgBlock(speed: "FS" | "HS", chip: ChipKind): KeptBlock {
    return {
        name: `USB OTG ${speed}`,
        base: speed === "FS" ? 0x50000000 : 0x40040000,
        sizeBytes: SIZE_BYTES,
        gate: `OTG${speed}`,
        registers: [
            ...globalRegisters(chip),
            ...deviceRegisters(ENDPOINTS[speed]),
            ...hostRegisters(CHANNELS[speed]),
            { name: "PCGCCTL", offset: 0xe00 },
        ],
    }
}

function globalRegisters(chip: ChipKind): KeptRegister[] {
    return [
        { name: "GOTGCTL", offset: 0x000, reset: 0x00010000 },
        { name: "GOTGINT", offset: 0x004, clearedBy1: ~0 },
        { name: "GAHBCFG", offset: 0x008 },
        { name: "GUSBCFG", offset: GUSBCFG, reset: 0x0a00 },
        {
            name: "GRSTCTL",
            offset: 0x010,
            reset: GRSTCTL_AHBIDL,
            writable: 0x7c0,
            selfClearing: GRSTCTL_COMMANDS,
        },
        {
            name: "GINTSTS",
            offset: GINTSTS,
            reset: GINTSTS_PTXFE | GINTSTS_NPTXFE,
            writable: 0,
            clearedBy1: GINTSTS_FLAGS,
        },
        { name: "GINTMSK", offset: 0x018 },
        { name: "GRXSTSR", offset: 0x01c, writable: 0 },
        { name: "GRXSTSP", offset: 0x020, writable: 0 },
        { name: "GRXFSIZ", offset: 0x024, reset: 0x200 },
        { name: "GNPTXFSIZ", offset: 0x028, reset: 0x200 },
        { name: "GNPTXSTS", offset: 0x02c, reset: 0x00080200, writable: 0 },
        { name: "GCCFG", offset: 0x038 },
        { name: "CID", offset: 0x03c, reset: CID[chip] },
        { name: "HPTXFSIZ", offset: 0x100, reset: 0x02000600 },
        ...plainRegisters(
            "DIEPTXF1 DIEPTXF2 DIEPTXF3 DIEPTXF4 DIEPTXF5",
            0x104
        ).map(register => ({ ...register, reset: 0x02000400 })),
    ]
}

function deviceRegisters(endpoints: number): KeptRegister[] {
    const registers: KeptRegister[] = [
        { name: "DCFG", offset: 0x800, reset: 0x02200000 },
        {
            name: "DCTL",
            offset: DCTL,
            writable: ~(DCTL_GINSTS | DCTL_GONSTS),
            selfClearing: DCTL_SGINAK | DCTL_CGINAK | DCTL_SGONAK | DCTL_CGONAK,
        },
        { name: "DSTS", offset: 0x808, reset: 0x10, writable: 0 },
        ...plainRegisters("DIEPMSK DOEPMSK", 0x810),
        { name: "DAINT", offset: 0x818, writable: 0 },
        { name: "DAINTMSK", offset: 0x81c },
        { name: "DVBUSDIS", offset: 0x828, reset: 0x17d7 },
        { name: "DVBUSPULSE", offset: 0x82c, reset: 0x5b8 },
        { name: "DIEPEMPMSK", offset: 0x834 },
    ]
    for (let endpoint = 0; endpoint < endpoints; endpoint++)
        registers.push(
            ...endpointRegisters("DI", DIEPCTL0, endpoint),
            ...endpointRegisters("DO", DOEPCTL0, endpoint)
        )
    return registers
}

function endpointRegisters(
    prefix: "DI" | "DO",
    first: number,
    endpoint: number
): KeptRegister[] {
    const base = first + endpoint * ENDPOINT_STRIDE
    const isOut = prefix === "DO"
    return [
        {
            name: `${prefix}EPCTL${endpoint}`,
            offset: base,
            // Endpoint 0 is always active towards the device.
            reset: isOut && endpoint === 0 ? 0x8000 : 0,
            writable: ~CTL_NAKSTS,
            selfClearing: CTL_COMMANDS,
        },
        {
            name: `${prefix}EPINT${endpoint}`,
            offset: base + INTERRUPT_OFFSET,
            reset: 0x80,
            writable: 0,
            clearedBy1: 0x7f,
        },
        { name: `${prefix}EPTSIZ${endpoint}`, offset: base + 0x10 },
        ...(isOut
            ? []
            : [
                  {
                      name: `DTXFSTS${endpoint}`,
                      offset: base + 0x18,
                      reset: 0x200,
                      writable: 0,
                  },
              ]),
    ]
}

function hostRegisters(channels: number): KeptRegister[] {
    const registers: KeptRegister[] = [
        { name: "HCFG", offset: 0x400 },
        { name: "HFIR", offset: 0x404, reset: 0xea60 },
        { name: "HFNUM", offset: 0x408, reset: 0x3fff, writable: 0 },
        { name: "HPTXSTS", offset: 0x410, reset: 0x00080100, writable: 0 },
        { name: "HAINT", offset: 0x414, writable: 0 },
        { name: "HAINTMSK", offset: 0x418 },
        { name: "HPRT", offset: 0x440, clearedBy1: 0x2e },
    ]
    for (let channel = 0; channel < channels; channel++) {
        const base = 0x500 + channel * ENDPOINT_STRIDE
        registers.push(
            { name: `HCCHAR${channel}`, offset: base },
            { name: `HCINT${channel}`, offset: base + 8, clearedBy1: ~0 },
            { name: `HCINTMSK${channel}`, offset: base + 0xc },
            { name: `HCTSIZ${channel}`, offset: base + 0x10 }
        )
    }
    return registers
}

export class UsbOtgBehaviour implements KeptBehaviour {
    constructor(private readonly file: RegisterFile) {}

    wrote(offset: number, value: number): void {
        if (offset === GUSBCFG)
            this.change(
                GINTSTS,
                GINTSTS_CMOD,
                (value & GUSBCFG_FHMOD) !== 0 ? GINTSTS_CMOD : 0
            )
        if (offset === DCTL) this.wroteDctl(value)
        if (isEndpointControl(offset)) this.wroteEndpoint(offset, value)
    }

    read(offset: number, value: number): number {
        return offset >= FIFOS ? 0 : value
    }

    /** Global NAKs are in force at once. */
    private wroteDctl(value: number): void {
        if ((value & DCTL_SGINAK) !== 0) {
            this.change(DCTL, 0, DCTL_GINSTS)
            this.change(GINTSTS, 0, GINTSTS_GINAKEFF)
        }
        if ((value & DCTL_CGINAK) !== 0) {
            this.change(DCTL, DCTL_GINSTS, 0)
            this.change(GINTSTS, GINTSTS_GINAKEFF, 0)
        }
        if ((value & DCTL_SGONAK) !== 0) {
            this.change(DCTL, 0, DCTL_GONSTS)
            this.change(GINTSTS, 0, GINTSTS_GONAKEFF)
        }
        if ((value & DCTL_CGONAK) !== 0) {
            this.change(DCTL, DCTL_GONSTS, 0)
            this.change(GINTSTS, GINTSTS_GONAKEFF, 0)
        }
    }

    private wroteEndpoint(offset: number, value: number): void {
        if ((value & CTL_SNAK) !== 0) this.change(offset, 0, CTL_NAKSTS)
        if ((value & CTL_CNAK) !== 0) this.change(offset, CTL_NAKSTS, 0)
        if ((value & CTL_EPDIS) === 0) return
        this.change(offset, CTL_EPENA, 0)
        this.change(offset + INTERRUPT_OFFSET, 0, INT_EPDISD)
    }

    private change(offset: number, cleared: number, set: number): void {
        this.file.poke(offset, (this.file.peek(offset) & ~cleared) | set)
    }
}

function isEndpointControl(offset: number): boolean {
    return (
        offset >= DIEPCTL0 && offset < 0xd00 && offset % ENDPOINT_STRIDE === 0
    )
}
