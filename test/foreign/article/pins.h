// SPDX-License-Identifier: MIT
#ifndef FOREIGN_PINS_H
#define FOREIGN_PINS_H

#include "../stm32f4.h"

/** Make a pin an alternate function, at the highest speed. */
static inline void pin_init(GPIO_TypeDef *port, uint32_t number, uint32_t function) {
    port->AFR[number >> 3] |= function << (number & 7) * 4;
    port->OSPEEDR |= 3U << number * 2;
    port->MODER |= 2U << number * 2;
}

#endif
