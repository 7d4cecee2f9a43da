// SPDX-License-Identifier: MIT
// Single bits of a port as words of the peripheral bit-band alias (PM0214 section 2.2.5), as the
// examples of many boards have their pins.
#ifndef FOREIGN_BIT_BAND_H
#define FOREIGN_BIT_BAND_H

#include <stdint.h>

#define BIT_BAND(address, bit)                                                                     \
    (*(volatile uint32_t *)(((address)&0xf0000000U) + 0x02000000U + (((address)&0xfffffU) << 5) +  \
                            ((uint32_t)(bit) << 2)))
#define PORT_OUT(base, pin) BIT_BAND((base) + 0x14U, pin)
#define PORT_IN(base, pin) BIT_BAND((base) + 0x10U, pin)
#define PD_OUT(pin) PORT_OUT(0x40020c00U, pin)
#define PD_IN(pin) PORT_IN(0x40020c00U, pin)
#define PG_OUT(pin) PORT_OUT(0x40021800U, pin)

#endif
