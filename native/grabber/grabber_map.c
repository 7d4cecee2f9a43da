// SPDX-License-Identifier: MIT
// The registers of the frame grabber as bytes: which addresses start a register, and which may be
// written.
#include "grabber_map.h"

typedef struct {
    uint8_t address;
    uint8_t bytes;
} map_entry_t;

static const map_entry_t REGISTERS[] = {
    {CAM_REG_ID, 4},
    {CAM_REG_HCLK_HZ, 4},
    {CAM_REG_XCLK_HZ, 4},
    {CAM_REG_FRAME_MEMORY_BYTES, 4},
    {CAM_REG_GC_HEAP_BYTES, 4},
    {CAM_REG_RAM_BYTES, 4},
    {CAM_REG_SENSOR_I2C_HZ, 4},
    {CAM_REG_BOARD_FLAGS, 4},
    {CAM_REG_REQ_SIZE_WIDTH, 2},
    {CAM_REG_REQ_SIZE_HEIGHT, 2},
    {CAM_REG_REQ_X, 2},
    {CAM_REG_REQ_Y, 2},
    {CAM_REG_REQ_WIDTH, 2},
    {CAM_REG_REQ_HEIGHT, 2},
    {CAM_REG_REQ_FPS_MILLIHZ, 4},
    {CAM_REG_REQ_STRATEGY, 1},
    {CAM_REG_REQ_FORMAT, 1},
    {CAM_REG_REQ_BUFFERS, 1},
    {CAM_REG_REQ_QUALITY, 1},
    {CAM_REG_REQ_RAM_BYTES, 4},
    {CAM_REG_REQ_TIMING, 1},
    {CAM_REG_REQ_SENSOR, 1},
    {CAM_REG_REQ_TEST_PATTERN, 1},
    {CAM_REG_REQ_FLAGS, 1},
    {CAM_REG_REQ_EXPOSURE_US, 4},
    {CAM_REG_REQ_GAIN_X16, 2},
    {CAM_REG_REQ_BINNING, 1},
    {CAM_REG_REQ_BRIGHTNESS, 1},
    {CAM_REG_MODE_STRATEGY, 1},
    {CAM_REG_MODE_FORMAT, 1},
    {CAM_REG_MODE_BUFFERS, 1},
    {CAM_REG_MODE_FLAGS, 1},
    {CAM_REG_MODE_X, 2},
    {CAM_REG_MODE_Y, 2},
    {CAM_REG_MODE_WIDTH, 2},
    {CAM_REG_MODE_HEIGHT, 2},
    {CAM_REG_MODE_FPS_MILLIHZ, 4},
    {CAM_REG_MODE_LINE_BYTES, 2},
    {CAM_REG_MODE_LINES, 2},
    {CAM_REG_MODE_CWSTRT, 4},
    {CAM_REG_MODE_CWSIZE, 4},
    {CAM_REG_MODE_READOUT_US, 4},
    {CAM_REG_MODE_BUS_BYTES, 4},
    {CAM_REG_MODE_SYNC, 1},
    {CAM_REG_MODE_SETTLE_FRAMES, 1},
    {CAM_REG_MODE_BINNING, 1},
    {CAM_REG_MODE_EXPOSURE_US, 4},
    {CAM_REG_MODE_GAIN_X16, 2},
    {CAM_REG_MODE_FRAME_ROWS, 2},
    {CAM_REG_CONTROL, 1},
    {CAM_REG_STATE, 1},
    {CAM_REG_LAST_ERROR, 1},
    {CAM_REG_ERROR_VALUE, 4},
    {CAM_REG_ERROR_LIMIT, 4},
    {CAM_REG_BAD_JPEG, 4},
    {CAM_REG_FRAMES, 4},
    {CAM_REG_DELIVERED, 4},
    {CAM_REG_DROPPED, 4},
    {CAM_REG_SKIPPED, 4},
    {CAM_REG_SETTLING, 4},
    {CAM_REG_OVERRUNS, 4},
    {CAM_REG_SHORT_FRAMES, 4},
    {CAM_REG_DMA_ERRORS, 4},
    {CAM_REG_IRQS, 4},
    {CAM_REG_RESYNCS, 4},
    {CAM_REG_TOO_LARGE, 4},
    {CAM_REG_NEEDED_BYTES, 4},
    {CAM_REG_LINE_BUS_BYTES, 2},
    {CAM_REG_LINE_SKIP_BYTES, 2},
    {CAM_REG_LINE_SKIP_ROWS, 2},
    {CAM_REG_LINE_BATCH_ROWS, 1},
    {CAM_REG_LINE_DESTINATION, 1},
    {CAM_REG_DISPLAY_BASE, 4},
    {CAM_REG_DISPLAY_STRIDE, 2},
    {CAM_REG_DISPLAY_ROWS, 2},
    {CAM_REG_DISPLAY_FLAGS, 1},
    {CAM_REG_PROGRAM_FAULT, 1},
    {CAM_REG_OVERRUN_FRAMES, 4},
    {CAM_REG_SENSOR_FRAMES, 4},
    {CAM_REG_I2C_ERRORS, 4},
    {CAM_REG_RESTARTS, 4},
    {CAM_REG_LOST, 4},
    {CAM_REG_DOUBTFUL, 4},
};

enum { REGISTER_COUNT = sizeof REGISTERS / sizeof REGISTERS[0] };

uint32_t cam_map_register_bytes(uint32_t address) {
    for (uint32_t i = 0; i < REGISTER_COUNT; i++)
        if (REGISTERS[i].address == address) return REGISTERS[i].bytes;
    return 0;
}

uint32_t cam_map_end(uint32_t address) {
    if (address < CAM_REG_NEXT) return CAM_REG_NEXT;
    return address < CAM_MAP_LINES_END ? CAM_MAP_LINES_END : CAM_MAP_BYTES;
}

static bool writable(uint32_t address) {
    return (address >= CAM_REG_MODE_STRATEGY && address < CAM_REG_CONTROL) ||
           (address >= CAM_REG_LINE_BUS_BYTES && address < CAM_MAP_LINES_END);
}

cam_status_t cam_map_check_write(uint32_t address, uint32_t count) {
    const uint32_t first_bytes = cam_map_register_bytes(address);
    if (first_bytes == 0 || !writable(address))
        return cam_refuse(CAM_BAD_REGISTER, address, CAM_REG_DOUBTFUL);
    if (count < first_bytes) return cam_refuse(CAM_BAD_LENGTH, count, first_bytes);
    if (address >= CAM_REG_LINE_BUS_BYTES && count > CAM_MAP_LINES_END - address)
        return cam_refuse(CAM_BAD_LENGTH, count, CAM_MAP_LINES_END - address);
    for (uint32_t i = 0; i < REGISTER_COUNT; i++) {
        const uint32_t start = REGISTERS[i].address;
        const uint32_t end = start + REGISTERS[i].bytes;
        if (start < address || start >= address + count) continue;
        if (!writable(start)) return cam_refuse(CAM_BAD_REGISTER, start, CAM_REG_DOUBTFUL);
        // The last register is written in part.
        if (end > address + count) return cam_refuse(CAM_BAD_LENGTH, count, end - address);
    }
    return cam_ok();
}
