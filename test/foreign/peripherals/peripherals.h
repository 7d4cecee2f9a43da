// SPDX-License-Identifier: MIT
#ifndef FOREIGN_PERIPHERALS_H
#define FOREIGN_PERIPHERALS_H

#include "../stm32f4.h"

/** SPI2 as a master, polled: WHO_AM_I of a gyroscope, 0xff when none is there. */
uint32_t gyro_read_id(void);
/** The start-up of USB OTG FS as a device, until it is connected. */
void usb_device_init(void);

#endif
