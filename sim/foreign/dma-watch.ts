// SPDX-License-Identifier: MIT
// The DMA2 streams that can serve the DCMI (1 and 7, channel 1): what they were last enabled with, and what became of it.

import type { Dma } from "../stm32/dma/dma.ts"
import {
    DCMI_DMA_ROUTES,
    DMA_FLAG_SHIFTS,
    DMA_STREAM_BASE,
    DMA_STREAM_STRIDE,
    DmaCr,
    DmaDirection,
    DmaFcr,
    DmaFlag,
    DmaRegister,
    DmaStreamRegister,
} from "../stm32/dma/dma-registers.ts"

/** A stream that was enabled for the DCMI. */
export interface CaptureStream {
    readonly stream: number
    /** Words of a transfer, as NDTR had them when EN was set. */
    readonly words: number
    /** M0AR, and with DBM M1AR. */
    readonly targets: readonly number[]
    /** CIRC or DBM: it begins anew by itself. */
    readonly circular: boolean
    /** FCR_DMDIS is 0. */
    readonly directMode: boolean
    /** TCIE: the program waits for the end of a transfer by interrupt. */
    readonly completeInterrupt: boolean
    /** When EN was set, ns. */
    readonly enabledNs: number
    /** EN is set now. */
    enabled: boolean
    /** Words that are left of the transfer. */
    wordsLeft: number
    /** TCIF was set since it was enabled. */
    completed: boolean
    /** TEIF was set since it was enabled. */
    failed: boolean
}

export class DmaWatch {
    /** Undefined: none was ever enabled. */
    last: CaptureStream | undefined

    constructor(
        private readonly dma2: Pick<Dma, "onStream" | "readUint32">,
        private readonly nowNs: () => number
    ) {
        const before = dma2.onStream
        dma2.onStream = stream => {
            before?.(stream)
            this.look(stream)
        }
    }

    private look(stream: number): void {
        const route = DCMI_DMA_ROUTES.find(([number]) => number === stream)
        if (route === undefined) return
        const cr = this.read(stream, DmaStreamRegister.CR)
        const enabled = (cr & DmaCr.EN) !== 0
        const { last } = this
        const known = last?.stream === stream
        if (known && last.enabled === enabled) return this.update(last)
        if (!enabled) {
            if (!known) return
            last.enabled = false
            return this.update(last)
        }
        const serves =
            (cr & DmaCr.CHSEL) >>> 25 === route[1] &&
            (cr & DmaCr.DIR) >>> 6 === DmaDirection.PERIPHERAL_TO_MEMORY
        if (serves) this.last = this.begun(stream, cr)
    }

    private begun(stream: number, cr: number): CaptureStream {
        const double = (cr & DmaCr.DBM) !== 0
        const words = this.read(stream, DmaStreamRegister.NDTR)
        return {
            stream,
            words,
            targets: [
                this.read(stream, DmaStreamRegister.M0AR),
                ...(double ? [this.read(stream, DmaStreamRegister.M1AR)] : []),
            ],
            circular: double || (cr & DmaCr.CIRC) !== 0,
            directMode:
                (this.read(stream, DmaStreamRegister.FCR) & DmaFcr.DMDIS) === 0,
            completeInterrupt: (cr & DmaCr.TCIE) !== 0,
            enabledNs: this.nowNs(),
            enabled: true,
            wordsLeft: words,
            completed: false,
            failed: false,
        }
    }

    private update(stream: CaptureStream): void {
        const { stream: number } = stream
        const status = this.dma2.readUint32(
            number < 4 ? DmaRegister.LISR : DmaRegister.HISR
        )
        const flags = status >>> DMA_FLAG_SHIFTS[number % 4]!
        stream.wordsLeft = this.read(number, DmaStreamRegister.NDTR)
        // The flag comes with the end of a transfer, and also when a program clears EN.
        const ended = stream.enabled || stream.wordsLeft === 0
        if (ended && (flags & DmaFlag.TCIF) !== 0) stream.completed = true
        if ((flags & DmaFlag.TEIF) !== 0) stream.failed = true
    }

    private read(stream: number, register: DmaStreamRegister): number {
        return this.dma2.readUint32(
            DMA_STREAM_BASE + stream * DMA_STREAM_STRIDE + register
        )
    }
}
