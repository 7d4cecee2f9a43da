// SPDX-License-Identifier: MIT
// I2C2's bits, and the steps that ST's HAL makes by polling in each of its manners.
#ifndef HAL_I2C_H
#define HAL_I2C_H

#include "../stm32f4.h"
#include "article.h"

enum {
    CR1_PE = 1 << 0,
    CR1_START = 1 << 8,
    CR1_STOP = 1 << 9,
    CR1_ACK = 1 << 10,
    CR1_POS = 1 << 11,
    CR1_SWRST = 1 << 15,
    CR2_ITERREN = 1 << 8,
    CR2_ITEVTEN = 1 << 9,
    CR2_ITBUFEN = 1 << 10,
    CR2_DMAEN = 1 << 11,
    CR2_LAST = 1 << 12,
    SR1_SB = 1 << 0,
    SR1_ADDR = 1 << 1,
    SR1_BTF = 1 << 2,
    SR1_RXNE = 1 << 6,
    SR1_TXE = 1 << 7,
    SR1_AF = 1 << 10,
    SR2_BUSY = 1 << 1,
    SR2_TRA = 1 << 2,
    OAR1_7_BIT = 1 << 14, // kept at 1
    TIMEOUT_MS = 25,
    READ = 1,
};

static inline void set(uint32_t bits) { I2C2->CR1 |= bits; }

static inline void clear(uint32_t bits) { I2C2->CR1 &= ~bits; }

static inline void await_flag(uint32_t flag, const char *name) {
    const uint32_t since = tick_ms;
    while (!(I2C2->SR1 & flag)) {
        if (I2C2->SR1 & SR1_AF) fail("not acknowledged");
        if (tick_ms - since > TIMEOUT_MS) fail(name);
    }
}

static inline void await_idle(void) {
    const uint32_t since = tick_ms;
    while (I2C2->SR2 & SR2_BUSY)
        if (tick_ms - since > TIMEOUT_MS) fail("BUSY");
}

static inline void clear_addr(void) {
    (void)I2C2->SR1;
    (void)I2C2->SR2;
}

/** START or repeated START and the address; ADDR is set at the end. */
static inline void select_target(uint8_t target, uint32_t direction) {
    set(CR1_START);
    await_flag(SR1_SB, "SB");
    I2C2->DR = (uint32_t)target << 1 | direction;
    await_flag(SR1_ADDR, "ADDR");
}

#endif
