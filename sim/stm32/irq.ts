// SPDX-License-Identifier: MIT
// Interrupt numbers of the blocks that are modelled; the same on F407, F429 and F446 (RM0090 table 62, RM0390 table 38).

export enum Irq {
    I2C1_EV = 31,
    I2C1_ER = 32,
    I2C2_EV = 33,
    I2C2_ER = 34,
    DMA2_Stream0 = 56,
    DMA2_Stream1 = 57,
    DMA2_Stream2 = 58,
    DMA2_Stream3 = 59,
    DMA2_Stream4 = 60,
    DMA2_Stream5 = 68,
    DMA2_Stream6 = 69,
    DMA2_Stream7 = 70,
    I2C3_EV = 72,
    I2C3_ER = 73,
    DCMI = 78,
}
