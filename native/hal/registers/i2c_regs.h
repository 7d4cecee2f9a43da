// SPDX-License-Identifier: MIT
// Registers and bits of the I2C block (version 1, STM32F4), as in RM0090 section 27.6. Offsets:
// three instances share them.
#ifndef CAM_I2C_REGS_H
#define CAM_I2C_REGS_H

#define I2C1_BASE 0x40005400u
#define I2C2_BASE 0x40005800u
#define I2C3_BASE 0x40005c00u

#define I2C_CR1 0x00u
#define I2C_CR1_PE (1u << 0)
#define I2C_CR1_START (1u << 8)
#define I2C_CR1_STOP (1u << 9)
#define I2C_CR1_ACK (1u << 10)
#define I2C_CR1_POS (1u << 11)
#define I2C_CR1_SWRST (1u << 15)

#define I2C_CR2 0x04u
#define I2C_CR2_FREQ_MASK (0x3fu << 0) // PCLK1 in MHz

#define I2C_DR 0x10u
#define I2C_DR_DR_MASK (0xffu << 0)

#define I2C_SR1 0x14u
#define I2C_SR1_SB (1u << 0)
#define I2C_SR1_ADDR (1u << 1)
#define I2C_SR1_BTF (1u << 2)
#define I2C_SR1_RXNE (1u << 6)
#define I2C_SR1_TXE (1u << 7)
#define I2C_SR1_BERR (1u << 8)
#define I2C_SR1_ARLO (1u << 9)
#define I2C_SR1_AF (1u << 10)
#define I2C_SR1_OVR (1u << 11)
#define I2C_SR1_PECERR (1u << 12)
#define I2C_SR1_TIMEOUT (1u << 14)
#define I2C_SR1_SMBALERT (1u << 15)

#define I2C_SR2 0x18u
#define I2C_SR2_MSL (1u << 0)
#define I2C_SR2_BUSY (1u << 1)
#define I2C_SR2_TRA (1u << 2)

#define I2C_CCR 0x1cu
#define I2C_CCR_CCR_MASK (0xfffu << 0)
#define I2C_CCR_DUTY (1u << 14)
#define I2C_CCR_FS (1u << 15) // 1: fast mode

#define I2C_TRISE 0x20u
#define I2C_TRISE_TRISE_MASK (0x3fu << 0)

#endif
