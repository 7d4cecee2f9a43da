// SPDX-License-Identifier: MIT
// Hands a pin to a peripheral (RM0090 section 8.3.7).
#include "alternate_pin.h"

#include "gpio_regs.h"
#include "mmio.h"
#include "pins.h"
#include "rcc_regs.h"

enum { SPEED_HIGH = 2, PULL_UP = 1 };

void cam_alternate_pin(uint32_t pin, uint32_t af, bool pull_up) {
    const uint32_t port = GPIOA_BASE + (pin >> 4) * GPIO_PORT_STRIDE;
    const uint32_t number = pin & 15u;
    const uint32_t pair = 2u * number;
    const uint32_t nibble = 4u * (number & 7u);
    cam_clock_enable(RCC_AHB1ENR, RCC_AHB1ENR_GPIOAEN << (pin >> 4));
    mmio_modify32(port + GPIO_PUPDR, 3u << pair, (pull_up ? (uint32_t)PULL_UP : 0u) << pair);
    mmio_modify32(port + GPIO_OSPEEDR, 3u << pair, (uint32_t)SPEED_HIGH << pair);
    mmio_modify32(port + (number < 8u ? GPIO_AFRL : GPIO_AFRH), 0xfu << nibble, af << nibble);
    cam_pin_mode(pin, CAM_PIN_ALTERNATE);
}
