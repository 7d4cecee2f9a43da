// SPDX-License-Identifier: MIT
// DMA register map (RM0090 §10.5, RM0390 §9.5) and where the controllers hear the requests that are modelled.

export const DMA1_BASE = 0x40026000
export const DMA2_BASE = 0x40026400
export const DMA_SIZE_BYTES = 0x400
export const DMA_STREAMS = 8

export enum DmaRegister {
    LISR = 0x00,
    HISR = 0x04,
    LIFCR = 0x08,
    HIFCR = 0x0c,
}

/** The registers of stream n start at 0x10 + 0x18 n. */
export const DMA_STREAM_BASE = 0x10
export const DMA_STREAM_STRIDE = 0x18

/** Offsets within a stream. */
export enum DmaStreamRegister {
    CR = 0x00,
    NDTR = 0x04,
    PAR = 0x08,
    M0AR = 0x0c,
    M1AR = 0x10,
    FCR = 0x14,
}

/** Values of SxCR_DIR. */
export enum DmaDirection {
    PERIPHERAL_TO_MEMORY = 0,
    MEMORY_TO_PERIPHERAL = 1,
    MEMORY_TO_MEMORY = 2,
}

/** SxCR. */
export enum DmaCr {
    EN = 1 << 0,
    DMEIE = 1 << 1,
    TEIE = 1 << 2,
    HTIE = 1 << 3,
    TCIE = 1 << 4,
    PFCTRL = 1 << 5,
    DIR = 3 << 6, // 0 peripheral to memory, 1 memory to peripheral, 2 memory to memory
    CIRC = 1 << 8,
    PINC = 1 << 9,
    MINC = 1 << 10,
    PSIZE = 3 << 11, // 0 byte, 1 half-word, 2 word
    MSIZE = 3 << 13,
    PINCOS = 1 << 15,
    PL = 3 << 16,
    DBM = 1 << 18,
    CT = 1 << 19,
    PBURST = 3 << 21, // 0 single, 1 INCR4, 2 INCR8, 3 INCR16
    MBURST = 3 << 23,
    CHSEL = 7 << 25,
}

/** SxFCR. */
export enum DmaFcr {
    FTH = 3 << 0, // 0 1/4, 1 1/2, 2 3/4, 3 full
    DMDIS = 1 << 2, // 1: the FIFO is used
    FS = 7 << 3, // read only
    FEIE = 1 << 7,
}

/** Flags of one stream, as they stand in LISR for stream 0. */
export enum DmaFlag {
    FEIF = 1 << 0,
    DMEIF = 1 << 2,
    TEIF = 1 << 3,
    HTIF = 1 << 4,
    TCIF = 1 << 5,
}

export const DMA_FLAGS_MASK = 0x3d
/** Position of the flags of streams 0..3 in LISR and of 4..7 in HISR. */
export const DMA_FLAG_SHIFTS: readonly number[] = [0, 6, 16, 22]

/** [stream, channel] pairs at which a controller hears a request. */
export type DmaRoutes = readonly (readonly [number, number])[]

/** Where DMA2 hears DCMI (RM0090 table 43). */
export const DCMI_DMA_ROUTES: DmaRoutes = [
    [1, 1],
    [7, 1],
]

export interface ItemDmaRoutes {
    readonly controller: "DMA1" | "DMA2"
    readonly tx: DmaRoutes
    readonly rx: DmaRoutes
}

/** Where the requests of the USARTs are heard (RM0090 tables 42 and 43, RM0390 tables 28 and 29). */
export const USART_DMA_ROUTES: Readonly<Record<string, ItemDmaRoutes>> = {
    USART1: {
        controller: "DMA2",
        tx: [[7, 4]],
        rx: [
            [2, 4],
            [5, 4],
        ],
    },
    USART2: { controller: "DMA1", tx: [[6, 4]], rx: [[5, 4]] },
    USART3: {
        controller: "DMA1",
        tx: [
            [3, 4],
            [4, 7],
        ],
        rx: [[1, 4]],
    },
    UART4: { controller: "DMA1", tx: [[4, 4]], rx: [[2, 4]] },
    UART5: { controller: "DMA1", tx: [[7, 4]], rx: [[0, 4]] },
    USART6: {
        controller: "DMA2",
        tx: [
            [6, 5],
            [7, 5],
        ],
        rx: [
            [1, 5],
            [2, 5],
        ],
    },
}

/**
 * Where the requests of I2C1 to I2C3 are heard, all on DMA1 (RM0090 tables 42 and 43, RM0390 tables 28 and 29; those that
 * all chips have).
 */
export const I2C_DMA_ROUTES: Readonly<
    Record<"I2C1" | "I2C2" | "I2C3", Pick<ItemDmaRoutes, "tx" | "rx">>
> = {
    I2C1: {
        tx: [
            [6, 1],
            [7, 1],
        ],
        rx: [
            [0, 1],
            [5, 1],
        ],
    },
    I2C2: {
        tx: [[7, 7]],
        rx: [
            [2, 7],
            [3, 7],
        ],
    },
    I2C3: { tx: [[4, 3]], rx: [[2, 3]] },
}
