// SPDX-License-Identifier: MIT
// How long the CPU waits for registers: those on APB run at PCLK, behind a bridge. AHB and the core's own take no wait
// states; external memory as its controller says. Contention with DMA is not modelled.

const APB1 = { start: 0x40000000, end: 0x40010000 }
const APB2 = { start: 0x40010000, end: 0x40020000 }
/** Peripheral bits by words (PM0214 §2.2.5): a store there is a read and a write. */
const BIT_ALIAS = { start: 0x42000000, end: 0x44000000 }
const PERIPHERALS = 0x40000000
/** FSMC, FMC: banks 1 to 4 (RM0090 §36.4). */
const EXTERNAL = { start: 0x60000000, end: 0xa0000000 }

/** Setup and enable (AMBA 3 APB §2.1): no STM32F4 peripheral extends its access. */
const APB_CLOCKS = 2

export interface BusClocks {
    readonly hclkHz: () => number
    readonly pclk1Hz: () => number
    readonly pclk2Hz: () => number
}

/** A bridge from AHB to APB. */
interface Bridge {
    readonly start: number
    readonly end: number
    readonly pclkHz: () => number
    /** HCLK cycle at which its last access is over. */
    freeAt: number
}

export class BusTiming {
    /** HCLK cycles that an access to external memory waits; its controller says so. */
    externalCycles: (
        address: number,
        bytes: number,
        writes: boolean
    ) => number = () => 0
    private readonly bridges: readonly Bridge[]

    constructor(private readonly clocks: BusClocks) {
        this.bridges = [
            { ...APB1, pclkHz: clocks.pclk1Hz, freeAt: 0 },
            { ...APB2, pclkHz: clocks.pclk2Hz, freeAt: 0 },
        ]
    }

    reset(): void {
        for (const bridge of this.bridges) bridge.freeAt = 0
    }

    /**
     * HCLK cycles that an access takes beyond the one of its instruction.
     * @param cycle HCLK cycles since power-on; PCLK has its edges at multiples of the ratio
     */
    waitCycles(
        address: number,
        bytes: number,
        writes: boolean,
        cycle: number
    ): number {
        if (isWithin(address, BIT_ALIAS)) {
            const word = PERIPHERALS + ((address - BIT_ALIAS.start) >>> 5)
            const wait = this.waitCycles(word, 4, false, cycle)
            return writes
                ? wait + this.waitCycles(word, 4, true, cycle + wait)
                : wait
        }
        if (isWithin(address, EXTERNAL))
            return this.externalCycles(address, bytes, writes)
        for (const bridge of this.bridges)
            if (isWithin(address, bridge))
                return this.bridgeCycles(bridge, writes, cycle)
        return 0
    }

    /** A store waits only for the access before it: the bridge and the core's write buffer take it over. */
    private bridgeCycles(
        bridge: Bridge,
        writes: boolean,
        cycle: number
    ): number {
        const ratio = Math.round(this.clocks.hclkHz() / bridge.pclkHz())
        const free = Math.max(cycle, bridge.freeAt)
        const begin = Math.ceil(free / ratio) * ratio
        bridge.freeAt = begin + APB_CLOCKS * ratio
        return writes ? free - cycle : bridge.freeAt - cycle
    }
}

function isWithin(
    address: number,
    { start, end }: { readonly start: number; readonly end: number }
): boolean {
    return address >= start && address < end
}
