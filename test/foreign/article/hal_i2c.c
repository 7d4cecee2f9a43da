// SPDX-License-Identifier: MIT
// I2C2 by polling single flags, in the manner of ST's HAL: "memory" writes and reads with an
// address of one byte, time-outs in ticks, a way of its own for reads of one, of two, and of more
// bytes.
#include "hal_i2c.h"

enum {
    SCL_KHZ = 100,
};

void i2c_init(void) {
    RCC->APB1ENR |= 1U << 22;
    clear(CR1_PE);
    set(CR1_SWRST);
    clear(CR1_SWRST);
    I2C2->CR2 = PCLK1_MHZ;
    I2C2->TRISE = PCLK1_MHZ + 1;
    I2C2->CCR = PCLK1_MHZ * 1000 / (2 * SCL_KHZ);
    I2C2->CR1 = 0;
    I2C2->OAR1 = OAR1_7_BIT;
    I2C2->OAR2 = 0;
    set(CR1_PE);
}

static void send(uint8_t byte) {
    await_flag(SR1_TXE, "TXE");
    I2C2->DR = byte;
}

void i2c_write(uint8_t target, const uint8_t *bytes, uint32_t count) {
    await_idle();
    clear(CR1_POS);
    select_target(target, 0);
    clear_addr();
    for (uint32_t i = 0; i < count; i++) send(bytes[i]);
    await_flag(SR1_BTF, "BTF");
    set(CR1_STOP);
}

static uint8_t receive(void) { return (uint8_t)I2C2->DR; }

/** ADDR is set. ACK off before it is cleared, STOP at once. */
static void read_one(uint8_t *bytes) {
    clear(CR1_ACK);
    clear_addr();
    set(CR1_STOP);
    await_flag(SR1_RXNE, "RXNE");
    bytes[0] = receive();
}

/** ADDR is set. POS lets ACK = 0 apply to the second byte; both are in before STOP. */
static void read_two(uint8_t *bytes) {
    clear(CR1_ACK);
    set(CR1_POS);
    clear_addr();
    await_flag(SR1_BTF, "BTF");
    set(CR1_STOP);
    bytes[0] = receive();
    bytes[1] = receive();
}

/** ADDR is set. BTF decides at the last three bytes. */
static void read_more(uint8_t *bytes, uint32_t count) {
    clear_addr();
    const uint8_t *const last_three = bytes + count - 3;
    while (bytes < last_three) {
        await_flag(SR1_RXNE, "RXNE");
        *bytes++ = receive();
        if (bytes < last_three && I2C2->SR1 & SR1_BTF) *bytes++ = receive();
    }
    await_flag(SR1_BTF, "BTF");
    clear(CR1_ACK);
    *bytes++ = receive();
    await_flag(SR1_BTF, "BTF");
    set(CR1_STOP);
    *bytes++ = receive();
    *bytes = receive();
}

void i2c_read(uint8_t target, uint8_t reg, uint8_t *bytes, uint32_t count) {
    await_idle();
    clear(CR1_POS);
    set(CR1_ACK);
    select_target(target, 0);
    clear_addr();
    send(reg);
    await_flag(SR1_TXE, "TXE");
    select_target(target, READ);
    if (count == 1)
        read_one(bytes);
    else if (count == 2)
        read_two(bytes);
    else
        read_more(bytes, count);
}
