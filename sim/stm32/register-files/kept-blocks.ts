// SPDX-License-Identifier: MIT
// The blocks that are kept for firmware that is not ours: on the bus, at their gates, interrupts and DMA.

import type { ChipKind } from "../chip-kind.ts"
import type { Dma } from "../dma/dma.ts"
import { DmaDirection } from "../dma/dma-registers.ts"
import type { MemoryBus } from "../memory-bus.ts"
import { Irq } from "../nvic/irq.ts"
import { ADC_COMMON, AdcBehaviour, adcBlock } from "./adc.ts"
import {
    canBehaviour,
    canBlock,
    DAC,
    ETHERNET,
    RTC,
    rtcBehaviour,
    SDIO,
    sdioBehaviour,
} from "./other-blocks.ts"
import { RegisterFile, type KeptBlock } from "./register-file.ts"
import { SpiBehaviour, spiBlock, SPIS, type SpiKind } from "./spi.ts"
import { UsbOtgBehaviour, usbOtgBlock } from "./usb-otg.ts"

const SPI_DR = 0x0c

export interface KeptWiring {
    readonly chip: ChipKind
    readonly bus: MemoryBus
    readonly dma1: Dma
    readonly dma2: Dma
    readonly setLine: (irq: Irq, active: boolean) => void
    /** RCC lets the block of a name run. */
    readonly isEnabled: (block: string) => boolean
}

export class KeptBlocks {
    private readonly files: RegisterFile[] = []

    constructor(private readonly wiring: KeptWiring) {
        const { chip } = wiring
        for (const kind of SPIS) this.addSpi(kind)
        for (const speed of ["FS", "HS"] as const) {
            const usb = this.add(usbOtgBlock(speed, chip))
            usb.behaviour = new UsbOtgBehaviour(usb)
        }
        for (const number of [1, 2, 3]) {
            const adc = this.add(adcBlock(number))
            adc.behaviour = new AdcBehaviour(adc)
        }
        this.add(ADC_COMMON)
        for (const number of [1, 2]) {
            const can = this.add(canBlock(number))
            can.behaviour = canBehaviour(can)
        }
        const sdio = this.add(SDIO)
        sdio.behaviour = sdioBehaviour(sdio)
        const rtc = this.add(RTC)
        rtc.behaviour = rtcBehaviour(rtc)
        this.add(DAC)
        if (chip !== "stm32f446") this.add(ETHERNET)
    }

    /** Those that were accessed, by address. */
    used(): readonly RegisterFile[] {
        return this.files
            .filter(file => file.accesses().length > 0)
            .sort((a, b) => a.block.base - b.block.base)
    }

    /** System reset. The RTC is in the backup domain, which keeps it (RM0090 §7.1.3). */
    reset(): void {
        for (const file of this.files) if (file.block !== RTC) file.reset()
    }

    /** RCC resets the block with this enable bit; that of ADC1 resets all three (RM0090 §7.3.9). */
    resetGate(gate: string): void {
        for (const file of this.files)
            if (
                file.block.gate === gate ||
                (gate === "ADC1" && file.name.startsWith("ADC"))
            )
                file.reset()
    }

    private add(block: KeptBlock): RegisterFile {
        const { bus, isEnabled } = this.wiring
        const file = new RegisterFile(block)
        this.files.push(file)
        const { base, sizeBytes, gate } = block
        bus.map(base, sizeBytes, file, () => !gate || isEnabled(gate))
        return file
    }

    private addSpi(kind: SpiKind): void {
        const { setLine, dma1, dma2 } = this.wiring
        const file = this.add(spiBlock(kind))
        const spi = new SpiBehaviour(file, active =>
            setLine(Irq[kind.name as keyof typeof Irq], active)
        )
        file.behaviour = spi
        const dma = kind.dma === "DMA1" ? dma1 : dma2
        const common = { dataRegister: kind.base + SPI_DR, largestItemBytes: 2 }
        spi.ports = [
            dma.connectItems({
                ...common,
                name: `${kind.name}_TX`,
                direction: DmaDirection.MEMORY_TO_PERIPHERAL,
                routes: kind.tx,
                pending: () => spi.txPending(),
                write: value => file.writeUint32(SPI_DR, value),
            }),
            dma.connectItems({
                ...common,
                name: `${kind.name}_RX`,
                direction: DmaDirection.PERIPHERAL_TO_MEMORY,
                routes: kind.rx,
                pending: () => spi.rxPending(),
                read: () => file.readUint32(SPI_DR),
            }),
        ]
    }
}
