// SPDX-License-Identifier: MIT
// Registers of a GPIO port, as in RM0090 section 8.4. Offsets from the port's base; port n is at
// GPIOA_BASE + n * 0x400.
#ifndef CAM_GPIO_REGS_H
#define CAM_GPIO_REGS_H

#define GPIOA_BASE 0x40020000u
#define GPIO_PORT_STRIDE 0x400u

#define GPIO_MODER 0x00u   // 2 bits per pin: 0 input, 1 output, 2 alternate function, 3 analog
#define GPIO_OTYPER 0x04u  // 1 bit per pin: 1 open drain
#define GPIO_OSPEEDR 0x08u // 2 bits per pin: 0 low .. 3 very high
#define GPIO_PUPDR 0x0cu   // 2 bits per pin: 1 pull-up, 2 pull-down
#define GPIO_IDR 0x10u
#define GPIO_ODR 0x14u
#define GPIO_BSRR 0x18u // 15:0 set, 31:16 reset
#define GPIO_AFRL 0x20u // 4 bits per pin, pins 0..7
#define GPIO_AFRH 0x24u // pins 8..15

#endif
