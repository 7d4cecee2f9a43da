// SPDX-License-Identifier: MIT
// I2C2 by interrupt, in the manner of ST's HAL: "master transmit" and "memory read" as a state
// machine in the event interrupt, the buffer interrupt off where BTF is to decide.
#include "../article/hal_i2c.h"

enum {
    CR2_ALL = CR2_ITERREN | CR2_ITEVTEN | CR2_ITBUFEN,
    SCL_KHZ = 100,
};

typedef enum { IDLE, WRITING, READING, FAILED } state_t;

static struct {
    volatile state_t state;
    uint8_t target, reg;
    const uint8_t *out;
    uint8_t *in;
    volatile uint32_t left;
    // Of a memory read: 0 the register is to be sent, 1 START again, 2 wait for it, 3 receive.
    volatile uint32_t step;
} transfer;

void i2c_init(void) {
    RCC->APB1ENR |= 1U << 22;
    clear(CR1_PE);
    I2C2->CR2 = PCLK1_MHZ;
    I2C2->TRISE = PCLK1_MHZ + 1;
    I2C2->CCR = PCLK1_MHZ * 1000 / (2 * SCL_KHZ);
    I2C2->CR1 = 0;
    I2C2->OAR1 = OAR1_7_BIT;
    set(CR1_PE);
    enable_interrupt(I2C2_EV_IRQn);
    enable_interrupt(I2C2_ER_IRQn);
}

static void finish(state_t state) {
    I2C2->CR2 &= ~(uint32_t)CR2_ALL;
    set(CR1_STOP);
    transfer.state = state;
}

static void started(void) {
    const bool read = transfer.state == READING && transfer.step >= 2;
    I2C2->DR = (uint32_t)transfer.target << 1 | (read ? READ : 0);
}

static void addressed(void) {
    if (transfer.state == WRITING || transfer.step == 0) {
        clear_addr();
        return;
    }
    transfer.step = 3;
    if (transfer.left == 1) {
        clear(CR1_ACK);
        clear_addr();
        set(CR1_STOP);
    } else if (transfer.left == 2) {
        clear(CR1_ACK);
        set(CR1_POS);
        clear_addr();
    } else {
        set(CR1_ACK);
        clear_addr();
    }
}

static void transmit_empty(void) {
    if (transfer.state == READING) {
        if (transfer.step == 0) {
            I2C2->DR = transfer.reg;
            transfer.step = 1;
        } else if (transfer.step == 1) {
            set(CR1_START);
            transfer.step = 2;
        }
    } else if (transfer.left == 0)
        I2C2->CR2 &= ~(uint32_t)CR2_ITBUFEN;
    else {
        I2C2->DR = *transfer.out++;
        transfer.left--;
    }
}

static void transmitted(void) {
    if (transfer.state == READING || transfer.left > 0)
        transmit_empty();
    else
        finish(IDLE);
}

static void receive(void) {
    *transfer.in++ = (uint8_t)I2C2->DR;
    transfer.left--;
}

static void not_empty(void) {
    if (transfer.left > 3) {
        receive();
        if (transfer.left == 3) I2C2->CR2 &= ~(uint32_t)CR2_ITBUFEN;
    } else if (transfer.left <= 1) {
        clear(CR1_ACK);
        I2C2->CR2 &= ~(uint32_t)CR2_ALL;
        receive();
        transfer.state = IDLE;
    } else
        I2C2->CR2 &= ~(uint32_t)CR2_ITBUFEN;
}

static void two_received(void) {
    if (transfer.left == 3) {
        I2C2->CR2 &= ~(uint32_t)CR2_ITBUFEN;
        clear(CR1_ACK);
        receive();
    } else if (transfer.left == 2) {
        set(CR1_STOP);
        receive();
        receive();
        I2C2->CR2 &= ~(uint32_t)CR2_ALL;
        transfer.state = IDLE;
    } else {
        I2C2->CR2 &= ~(uint32_t)CR2_ITBUFEN;
        receive();
    }
}

void I2C2_EV_IRQHandler(void) {
    // SR2 first: the other way round would clear ADDR.
    const uint32_t sr2 = I2C2->SR2;
    const uint32_t sr1 = I2C2->SR1;
    const bool buffer = (I2C2->CR2 & CR2_ITBUFEN) != 0;
    if (sr1 & SR1_SB)
        started();
    else if (sr1 & SR1_ADDR)
        addressed();
    else if (sr2 & SR2_TRA) {
        if (sr1 & SR1_BTF)
            transmitted();
        else if (sr1 & SR1_TXE && buffer)
            transmit_empty();
    } else if (sr1 & SR1_BTF)
        two_received();
    else if (sr1 & SR1_RXNE && buffer)
        not_empty();
}

void I2C2_ER_IRQHandler(void) {
    I2C2->SR1 = ~(uint32_t)SR1_AF;
    finish(FAILED);
}

static void run(state_t state) {
    await_idle();
    clear(CR1_POS);
    set(CR1_ACK);
    transfer.step = 0;
    transfer.state = state;
    I2C2->CR2 |= CR2_ALL;
    set(CR1_START);
    const uint32_t since = tick_ms;
    while (transfer.state == state)
        if (tick_ms - since > TIMEOUT_MS) fail("no end of a transfer by interrupt");
    if (transfer.state == FAILED) fail("not acknowledged");
}

void i2c_write(uint8_t target, const uint8_t *bytes, uint32_t count) {
    transfer.target = target;
    transfer.out = bytes;
    transfer.left = count;
    run(WRITING);
}

void i2c_read(uint8_t target, uint8_t reg, uint8_t *bytes, uint32_t count) {
    transfer.target = target;
    transfer.reg = reg;
    transfer.in = bytes;
    transfer.left = count;
    run(READING);
}
