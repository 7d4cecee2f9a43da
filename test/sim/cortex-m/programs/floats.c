// SPDX-License-Identifier: MIT
// Thread and interrupt use all FP registers; conditional code is interrupted at every place. Both
// results must stay right.

#include "mcu.h"

volatile uint32_t ticks, rounds, wrong, crc_wrong, aligned = 1;
volatile float isr_value;

void SysTick_Handler(void) {
    register uint32_t sp __asm("sp");
    float a = (float)ticks * 1.5f, b = a + 2.0f, c = b * a;
    __asm volatile("vmov.f32 s0, #3.0\n vmov.f32 s7, #3.0\n vmov.f32 s15, #3.0\n" ::
                       : "s0", "s7", "s15");
    isr_value = c;
    if ((sp & 7) != 0) aligned = 0;
    ticks++;
    STK_LOAD = 701 + ticks % 97; // every place of the loop, sooner or later
}

static uint32_t crc(const uint8_t *data, uint32_t bytes) {
    uint32_t value = ~0u;
    while (bytes--) {
        value ^= *data++;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value;
}

int main(void) {
    static const uint8_t text[] = "123456789";
    STK_LOAD = 701;
    STK_VAL = 0;
    STK_CTRL = 7;
    for (;;) {
        float x = 1.0f, y = 0.5f;
        for (int i = 0; i < 16; i++) {
            x = x * 1.0f + y;
            y = -y + 1.0f;
            __asm volatile("" : "+t"(x), "+t"(y));
        }
        if (x != 9.0f) wrong++;
        if (crc(text, 9) != 0xcbf43926) crc_wrong++;
        rounds++;
    }
}
