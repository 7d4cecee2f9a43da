// SPDX-License-Identifier: MIT
// DCMI and DMA2 stream 1 (RM0090 §15, §10) take words into a buffer; the interrupt counts and sums
// them.

#include "mcu.h"

#define WORDS 4
#define DMA2_LISR REG32(0x40026400)
#define DMA2_LIFCR REG32(0x40026408)
#define DMA2_S1CR REG32(0x40026428)
#define DMA2_S1NDTR REG32(0x4002642c)
#define DMA2_S1PAR REG32(0x40026430)
#define DMA2_S1M0AR REG32(0x40026434)
#define DMA2_S1FCR REG32(0x4002643c)
#define DCMI_CR REG32(0x50050000)
#define DCMI_SR REG32(0x50050004)
#define TCIF1 (1u << 11)

volatile uint32_t buffer[WORDS] __attribute__((aligned(16)));
volatile uint32_t interrupts, sum, sleeps, ready;

void DMA2_Stream1_IRQHandler(void) {
    DMA2_LIFCR = TCIF1;
    interrupts++;
    for (int i = 0; i < WORDS; i++) sum += buffer[i];
}

// Pins of nucleo-f446re's camera as its board file has them: all alternate function 13.
static void pins(void);

int main(void) {
    RCC_AHB1ENR |= 0xff | 1 << 22;
    RCC_AHB2ENR |= 1;
    (void)RCC_AHB2ENR;
    pins();
    DMA2_S1CR = 0;
    DMA2_LIFCR = 0x3du << 6;
    DMA2_S1PAR = 0x50050028;
    DMA2_S1M0AR = (uint32_t)buffer;
    DMA2_S1NDTR = WORDS;
    DMA2_S1FCR = 0;
    // Channel 1, words on both sides, memory increment, circular, transfer complete.
    DMA2_S1CR = 1u << 25 | 2 << 13 | 2 << 11 | 1 << 10 | 1 << 8 | 1 << 4;
    DMA2_S1CR |= 1;
    NVIC_IPR(57) = 0x40;
    NVIC_ISER(1) = 1u << 25;
    DCMI_CR = 1 << 5 | 1 << 14; // PCKPOL, ENABLE
    DCMI_CR |= 1;               // CAPTURE
    ready = 1;
    for (;;) {
        WFI();
        sleeps++;
    }
}

static void alternate(uint32_t port, uint32_t pin) {
    uint32_t base = 0x40020000 + port * 0x400;
    REG32(base) = (REG32(base) & ~(3u << 2 * pin)) | 2u << 2 * pin;
    uint32_t afr = base + 0x20 + (pin / 8) * 4;
    REG32(afr) = (REG32(afr) & ~(15u << 4 * (pin % 8))) | 13u << 4 * (pin % 8);
}

static void pins(void) {
    static const uint8_t used[][2] = {{0, 6}, {0, 4},  {1, 7}, {2, 6}, {2, 7}, {2, 8},
                                      {2, 9}, {2, 11}, {1, 6}, {1, 8}, {1, 9}};
    for (uint32_t i = 0; i < sizeof used / sizeof used[0]; i++) alternate(used[i][0], used[i][1]);
}
