// SPDX-License-Identifier: MIT
// SCCB by hand on PD6 (SIO_C) and PD7 (SIO_D) through the bit-band alias: push-pull, SIO_D an input
// for the ninth bit and to read.
#include "../article/article.h"
#include "../stm32f4.h"
#include "bit_band.h"

enum { HALF_US = 5, SIO_D = 7, READ = 1 };

#define SIO_C_OUT PD_OUT(6)
#define SIO_D_OUT PD_OUT(SIO_D)
#define SIO_D_IN PD_IN(SIO_D)

static void direction(uint32_t mode) {
    GPIOD->MODER &= ~(3U << SIO_D * 2);
    GPIOD->MODER |= mode << SIO_D * 2;
}

void i2c_init(void) {
    RCC->AHB1ENR |= 1U << 3;
    GPIOD->PUPDR |= 5U << 6 * 2;
    GPIOD->OSPEEDR |= 0xaU << 6 * 2;
    GPIOD->MODER |= 5U << 6 * 2;
    SIO_C_OUT = 1;
    SIO_D_OUT = 1;
}

static void start(void) {
    SIO_D_OUT = 1;
    SIO_C_OUT = 1;
    delay_us(HALF_US);
    SIO_D_OUT = 0;
    delay_us(HALF_US);
    SIO_C_OUT = 0;
}

static void stop(void) {
    SIO_D_OUT = 0;
    delay_us(HALF_US);
    SIO_C_OUT = 1;
    delay_us(HALF_US);
    SIO_D_OUT = 1;
    delay_us(HALF_US);
}

/** @returns the ninth bit: 0 when the sensor acknowledges */
static uint32_t send(uint32_t byte) {
    for (uint32_t bit = 0; bit < 8; bit++) {
        SIO_D_OUT = byte >> 7 & 1U;
        byte <<= 1;
        delay_us(HALF_US);
        SIO_C_OUT = 1;
        delay_us(HALF_US);
        SIO_C_OUT = 0;
    }
    direction(0);
    delay_us(HALF_US);
    SIO_C_OUT = 1;
    delay_us(HALF_US);
    const uint32_t ninth = SIO_D_IN;
    SIO_C_OUT = 0;
    direction(1);
    return ninth;
}

static uint8_t receive(void) {
    uint32_t byte = 0;
    direction(0);
    for (uint32_t bit = 0; bit < 8; bit++) {
        delay_us(HALF_US);
        SIO_C_OUT = 1;
        byte = byte << 1 | SIO_D_IN;
        delay_us(HALF_US);
        SIO_C_OUT = 0;
    }
    direction(1);
    return (uint8_t)byte;
}

static void no_acknowledge(void) {
    delay_us(HALF_US);
    SIO_D_OUT = 1;
    SIO_C_OUT = 1;
    delay_us(HALF_US);
    SIO_C_OUT = 0;
    delay_us(HALF_US);
    SIO_D_OUT = 0;
    delay_us(HALF_US);
}

/** Nobody looks at what a write answers. */
void i2c_write(uint8_t target, const uint8_t *bytes, uint32_t count) {
    start();
    (void)send((uint32_t)target << 1);
    for (uint32_t i = 0; i < count; i++) (void)send(bytes[i]);
    stop();
}

/** One byte. */
void i2c_read(uint8_t target, uint8_t reg, uint8_t *bytes, uint32_t count) {
    (void)count;
    i2c_write(target, &reg, 1);
    delay_us(HALF_US);
    start();
    (void)send((uint32_t)target << 1 | READ);
    bytes[0] = receive();
    no_acknowledge();
    stop();
}
