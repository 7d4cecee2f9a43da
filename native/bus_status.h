// SPDX-License-Identifier: MIT
// How an I2C transfer ended.
#ifndef CAM_BUS_STATUS_H
#define CAM_BUS_STATUS_H

/** Results of a transfer; negative values are what `ds._i2cTransaction` returns. */
typedef enum {
    CAM_BUS_OK = 0,
    CAM_BUS_NACK_ADDRESS = -1, // nobody answered
    CAM_BUS_NACK_DATA = -2,    // the device refused a byte; the grabber: see LAST_ERROR
    CAM_BUS_TIMEOUT = -3,      // the bus did not answer in time, recovery included
    CAM_BUS_ERROR = -4,        // arbitration lost, misplaced START or STOP, SDA stuck low
    CAM_BUS_BAD_ADDRESS = -5,  // outside 0x08..0x77 and not 0x7E
} cam_bus_status_t;

#endif
