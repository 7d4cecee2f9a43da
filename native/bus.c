// SPDX-License-Identifier: MIT
// The I2C bus as the program sees it: the sensor's bus, and the frame grabber at an address of its
// own.
#include "cam.h"
#include "grabber.h"
#include "grabber_regs.h"
#include "i2c.h"

enum {
    // I2C-bus specification, table 4: 0x00..0x07 and 0x78..0x7f are reserved.
    ADDRESS_MIN = 0x08,
    ADDRESS_MAX = 0x77,
};

cam_bus_status_t cam_bus_transfer(uint32_t address, const uint8_t *write, uint32_t write_bytes,
                                  uint8_t *read, uint32_t read_bytes) {
    if (address == CAM_GRABBER_ADDRESS)
        return cam_grabber_transfer(write, write_bytes, read, read_bytes);
    if (address < ADDRESS_MIN || address > ADDRESS_MAX) return CAM_BUS_BAD_ADDRESS;
    return cam_i2c_transfer(address, write, write_bytes, read, read_bytes);
}
