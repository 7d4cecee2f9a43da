// SPDX-License-Identifier: MIT
// USB OTG FS as a device.
#include "peripherals.h"

#define USB(offset) (*(IO uint32_t *)(0x50000000 + (offset)))

enum {
    GAHBCFG = 0x008,
    GUSBCFG = 0x00c,
    GRSTCTL = 0x010,
    GINTSTS = 0x014,
    GINTMSK = 0x018,
    GCCFG = 0x038,
    DIEPTXF1 = 0x104,
    DCFG = 0x800,
    DCTL = 0x804,
    DIEPCTL = 0x900,
    DIEPINT = 0x908,
    DOEPCTL = 0xb00,
    DOEPINT = 0xb08,
    PCGCCTL = 0xe00,
    GRSTCTL_CSRST = 1 << 0,
    GRSTCTL_RXFFLSH = 1 << 4,
    GRSTCTL_TXFFLSH = 1 << 5,
    ENDPOINTS = 4,
};

static void usb_command(uint32_t command) {
    while (!(USB(GRSTCTL) & 1U << 31)) continue; // AHBIDL
    USB(GRSTCTL) = command;
    while (USB(GRSTCTL) & command & 0x3fU) continue;
}

void usb_device_init(void) {
    RCC->AHB2ENR |= 1U << 7;
    USB(GAHBCFG) &= ~1U;
    USB(GUSBCFG) |= 1U << 6; // PHYSEL
    usb_command(GRSTCTL_CSRST);
    USB(GCCFG) = 1U << 16;              // PWRDWN: the transceiver is on
    USB(GUSBCFG) |= 1U << 30;           // FDMOD
    while (USB(GINTSTS) & 1U) continue; // CMOD
    USB(PCGCCTL) = 0;
    USB(DCFG) |= 3U;
    usb_command(GRSTCTL_TXFFLSH | 0x10U << 6);
    usb_command(GRSTCTL_RXFFLSH);
    for (uint32_t endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
        const uint32_t at = endpoint * 0x20;
        USB(DIEPCTL + at) = 1U << 27; // SNAK
        USB(DOEPCTL + at) = 1U << 27;
        USB(DIEPINT + at) = 0xff;
        USB(DOEPINT + at) = 0xff;
    }
    for (uint32_t fifo = 0; fifo < 3; fifo++) USB(DIEPTXF1 + 4 * fifo) = 0x00400100;
    USB(GINTSTS) = 0xbfffffff;
    USB(GINTMSK) = 0x803c3810;
    USB(DCTL) &= ~2U; // connect
    USB(GAHBCFG) |= 1U;
}
