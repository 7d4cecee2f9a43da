// SPDX-License-Identifier: MIT
// I2C2 by polling, in the manner of libopencm3: no time-outs, ADDR is cleared by SR2 alone after
// SR1 was polled, every byte waits for BTF, a read ends with STOP after the last byte. TRISE has
// the value of standard mode in fast mode, too.
#include "../article/article.h"
#include "../stm32f4.h"

enum {
    CR1_PE = 1 << 0,
    CR1_START = 1 << 8,
    CR1_STOP = 1 << 9,
    CR1_ACK = 1 << 10,
    CCR_FAST = 1 << 15,
    SR1_SB = 1 << 0,
    SR1_ADDR = 1 << 1,
    SR1_BTF = 1 << 2,
    SR1_RXNE = 1 << 6,
    SR2_MSL = 1 << 0,
    SR2_BUSY = 1 << 1,
    READ = 1,
};

void i2c_init(void) {
    RCC->APB1ENR |= 1U << 22;
    I2C2->CR1 &= ~(uint32_t)CR1_PE;
    I2C2->CR2 = (I2C2->CR2 & ~0x3fU) | PCLK1_MHZ;
    I2C2->CCR |= CCR_FAST;
    I2C2->CCR = (I2C2->CCR & ~0xfffU) | (PCLK1_MHZ * 5 / 6);
    I2C2->TRISE = PCLK1_MHZ + 1;
    I2C2->CR1 |= CR1_PE;
}

static void start(uint8_t target, uint32_t direction) {
    I2C2->CR1 |= CR1_START;
    if (direction == READ) I2C2->CR1 |= CR1_ACK;
    while (!((I2C2->SR1 & SR1_SB) && (I2C2->SR2 & SR2_MSL) && (I2C2->SR2 & SR2_BUSY))) continue;
    I2C2->DR = (uint32_t)target << 1 | direction;
    while (!(I2C2->SR1 & SR1_ADDR)) continue;
    (void)I2C2->SR2;
}

static void send(const uint8_t *bytes, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        I2C2->DR = bytes[i];
        while (!(I2C2->SR1 & SR1_BTF)) continue;
    }
}

void i2c_write(uint8_t target, const uint8_t *bytes, uint32_t count) {
    while (I2C2->SR2 & SR2_BUSY) continue;
    start(target, 0);
    send(bytes, count);
    I2C2->CR1 |= CR1_STOP;
}

void i2c_read(uint8_t target, uint8_t reg, uint8_t *bytes, uint32_t count) {
    while (I2C2->SR2 & SR2_BUSY) continue;
    start(target, 0);
    send(&reg, 1);
    start(target, READ);
    for (uint32_t i = 0; i < count; i++) {
        if (i == count - 1) I2C2->CR1 &= ~(uint32_t)CR1_ACK;
        while (!(I2C2->SR1 & SR1_RXNE)) continue;
        bytes[i] = (uint8_t)I2C2->DR;
    }
    I2C2->CR1 |= CR1_STOP;
}
