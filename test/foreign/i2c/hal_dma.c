// SPDX-License-Identifier: MIT
// I2C2 by DMA1, in the manner of ST's HAL: addresses and the register by polling, the bytes by
// stream 7 (to the sensor) and stream 2 (from it). A write ends by BTF after the transfer, a read
// by the NACK that CR2_LAST makes, and STOP in the interrupt of the stream.
#include "../article/hal_i2c.h"

enum {
    SCL_KHZ = 400,
    CHANNEL_7 = 7 << 25,
    STREAM_MINC = 1 << 10,
    STREAM_TO_PERIPHERAL = 1 << 6,
    STREAM_TCIE = 1 << 4,
    STREAM_TEIE = 1 << 2,
    STREAM_DMEIE = 1 << 1,
    STREAM_EN = 1,
    FLAGS_2 = 0x3f << 16,
    FLAGS_7 = 0x3f << 22,
};

static volatile bool done, failed;

void i2c_init(void) {
    RCC->APB1ENR |= 1U << 22;
    RCC->AHB1ENR |= 1U << 21; // DMA1
    clear(CR1_PE);
    I2C2->CR2 = PCLK1_MHZ;
    I2C2->TRISE = PCLK1_MHZ * 300 / 1000 + 1;
    I2C2->CCR = 1U << 15 | PCLK1_MHZ * 1000 / (3 * SCL_KHZ);
    I2C2->CR1 = 0;
    I2C2->OAR1 = OAR1_7_BIT;
    set(CR1_PE);
    enable_interrupt(I2C2_EV_IRQn);
    enable_interrupt(I2C2_ER_IRQn);
    enable_interrupt(DMA1_Stream2_IRQn);
    enable_interrupt(DMA1_Stream7_IRQn);
}

static void start_stream(DMA_Stream_TypeDef *stream, const void *memory, uint32_t count,
                         uint32_t direction) {
    done = failed = false;
    stream->CR = CHANNEL_7 | STREAM_MINC | direction;
    stream->NDTR = count;
    stream->PAR = (uint32_t)(uintptr_t)&I2C2->DR;
    stream->M0AR = (uint32_t)(uintptr_t)memory;
    stream->CR |= STREAM_TCIE | STREAM_TEIE | STREAM_DMEIE;
    stream->CR |= STREAM_EN;
}

static void await_done(void) {
    const uint32_t since = tick_ms;
    while (!done)
        if (failed || tick_ms - since > TIMEOUT_MS) fail("no end of a transfer by DMA");
}

/** The last byte is in DR: BTF says when it is out. */
void DMA1_Stream7_IRQHandler(void) {
    DMA1->HIFCR = FLAGS_7;
    I2C2->CR2 &= ~(uint32_t)CR2_DMAEN;
    I2C2->CR2 |= CR2_ITEVTEN | CR2_ITERREN;
}

void I2C2_EV_IRQHandler(void) {
    if (!(I2C2->SR1 & SR1_BTF)) return;
    I2C2->CR2 &= ~(uint32_t)(CR2_ITEVTEN | CR2_ITERREN);
    set(CR1_STOP);
    done = true;
}

void DMA1_Stream2_IRQHandler(void) {
    DMA1->LIFCR = FLAGS_2;
    I2C2->CR2 &= ~(uint32_t)(CR2_ITEVTEN | CR2_ITERREN);
    set(CR1_STOP);
    I2C2->CR2 &= ~(uint32_t)CR2_LAST;
    I2C2->CR2 &= ~(uint32_t)CR2_DMAEN;
    done = true;
}

void I2C2_ER_IRQHandler(void) {
    I2C2->SR1 = ~(uint32_t)SR1_AF;
    failed = true;
}

void i2c_write(uint8_t target, const uint8_t *bytes, uint32_t count) {
    await_idle();
    clear(CR1_POS);
    start_stream(DMA1_Stream7, bytes, count, STREAM_TO_PERIPHERAL);
    select_target(target, 0);
    clear_addr();
    I2C2->CR2 |= CR2_ITERREN;
    I2C2->CR2 |= CR2_DMAEN;
    await_done();
}

void i2c_read(uint8_t target, uint8_t reg, uint8_t *bytes, uint32_t count) {
    await_idle();
    clear(CR1_POS);
    set(CR1_ACK);
    start_stream(DMA1_Stream2, bytes, count, 0);
    select_target(target, 0);
    clear_addr();
    await_flag(SR1_TXE, "TXE");
    I2C2->DR = reg;
    await_flag(SR1_TXE, "TXE");
    select_target(target, READ);
    if (count == 1)
        clear(CR1_ACK);
    else
        I2C2->CR2 |= CR2_LAST;
    clear_addr();
    I2C2->CR2 |= CR2_ITERREN;
    I2C2->CR2 |= CR2_DMAEN;
    await_done();
}
