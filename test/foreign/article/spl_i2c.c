// SPDX-License-Identifier: MIT
// I2C2 by events, in the manner of ST's standard peripheral library: a step is over when all bits
// of an event's code are seen in one reading of SR1 and SR2. As many programs on top of it do, it
// never waits for STOP: the next START, and ACK for the next read, are set while STOP is pending.
#include "../stm32f4.h"
#include "article.h"

// SR2 in the upper half, SR1 in the lower.
enum {
    EVENT_MASTER_MODE_SELECT = 0x00030001,               // BUSY, MSL, SB
    EVENT_MASTER_TRANSMITTER_MODE_SELECTED = 0x00070082, // BUSY, MSL, TRA, TXE, ADDR
    EVENT_MASTER_RECEIVER_MODE_SELECTED = 0x00030002,    // BUSY, MSL, ADDR
    EVENT_MASTER_BYTE_TRANSMITTED = 0x00070084,          // BUSY, MSL, TRA, TXE, BTF
    EVENT_MASTER_BYTE_RECEIVED = 0x00030040,             // BUSY, MSL, RXNE
};

enum {
    CR1_PE = 1 << 0,
    CR1_START = 1 << 8,
    CR1_STOP = 1 << 9,
    CR1_ACK = 1 << 10,
    OAR1_7_BIT = 1 << 14, // kept at 1
    OWN_ADDRESS = 0x33,
    SCL_KHZ = 100,
    TIMEOUT_POLLS = 20000,
    READ = 1,
};

void i2c_init(void) {
    RCC->APB1ENR |= 1U << 22;
    I2C2->CR2 = PCLK1_MHZ;
    I2C2->CR1 &= ~(uint32_t)CR1_PE;
    I2C2->TRISE = PCLK1_MHZ + 1;
    I2C2->CCR = PCLK1_MHZ * 1000 / (2 * SCL_KHZ);
    I2C2->CR1 |= CR1_PE;
    I2C2->CR1 |= CR1_ACK;
    I2C2->OAR1 = OAR1_7_BIT | OWN_ADDRESS << 1;
    I2C2->CR1 |= CR1_PE;
}

static bool check_event(uint32_t event) {
    const uint32_t sr1 = I2C2->SR1;
    const uint32_t sr2 = I2C2->SR2;
    return ((sr2 << 16 | sr1) & event) == event;
}

static void await_event(uint32_t event, const char *name) {
    for (uint32_t polls = 0; !check_event(event); polls++)
        if (polls == TIMEOUT_POLLS) fail(name);
}

static void start(void) {
    I2C2->CR1 |= CR1_START;
    await_event(EVENT_MASTER_MODE_SELECT, "EV5, START");
}

static void send(uint8_t byte) {
    I2C2->DR = byte;
    await_event(EVENT_MASTER_BYTE_TRANSMITTED, "EV8_2, byte transmitted");
}

static void start_write(uint8_t target) {
    start();
    I2C2->DR = (uint32_t)target << 1;
    await_event(EVENT_MASTER_TRANSMITTER_MODE_SELECTED, "EV6, transmitter selected");
}

void i2c_write(uint8_t target, const uint8_t *bytes, uint32_t count) {
    start_write(target);
    for (uint32_t i = 0; i < count; i++) send(bytes[i]);
    I2C2->CR1 |= CR1_STOP;
}

void i2c_read(uint8_t target, uint8_t reg, uint8_t *bytes, uint32_t count) {
    start_write(target);
    send(reg);
    start();
    I2C2->DR = (uint32_t)target << 1 | READ;
    await_event(EVENT_MASTER_RECEIVER_MODE_SELECTED, "EV6, receiver selected");
    for (uint32_t i = 0; i < count; i++) {
        if (i + 1 == count) {
            I2C2->CR1 &= ~(uint32_t)CR1_ACK;
            I2C2->CR1 |= CR1_STOP;
        }
        await_event(EVENT_MASTER_BYTE_RECEIVED, "EV7, byte received");
        bytes[i] = (uint8_t)I2C2->DR;
    }
    I2C2->CR1 |= CR1_ACK;
}
