// SPDX-License-Identifier: MIT
// The page's command that runs a kernel: only frames that are lent are given to it.
#include "grabber_kernel.h"

#include "capture.h"
#include "grabber_map.h"
#include "grabber_regs.h"
#include "kernel_call.h"
#include "port.h"

enum { ID_AT = 1, FUNCTION_AT = 3, FRAMES_AT = 4, NUMBERS_AT = 8 };

static uint32_t address_of(const uint8_t *bytes) { return (uint32_t)(uintptr_t)bytes; }

/** The frames are the first of the four indices. */
static cam_status_t collect_frames(const uint8_t *indices, cam_kernel_call_t *call) {
    call->frame_count = 0;
    for (uint32_t i = 0; i < CAM_KERNEL_FRAMES_MAX && indices[i] != CAM_NO_FRAME; i++) {
        cam_image_t image;
        const cam_status_t lent = cam_capture_lent(indices[i], &image);
        if (lent.code != CAM_OK) return lent;
        call->frames[i] = (cam_kernel_frame_t){address_of(image.pixels), image.columns, image.rows};
        call->frame_count++;
    }
    return cam_ok();
}

cam_status_t cam_grabber_kernel_run(const cam_transfer_t *transfer, uint32_t format) {
    const uint8_t *write = transfer->write;
    if (transfer->write_bytes < NUMBERS_AT || transfer->write_bytes % 4u != 0)
        return cam_refuse(CAM_BAD_LENGTH, transfer->write_bytes, NUMBERS_AT);
    if (format == CAM_FORMAT_JPEG) return cam_refuse(CAM_BAD_GEOMETRY, format, format - 1u);
    cam_kernel_call_t call;
    const cam_status_t collected = collect_frames(write + FRAMES_AT, &call);
    if (collected.code != CAM_OK) return collected;
    call.id = cam_get16(write + ID_AT);
    call.function = write[FUNCTION_AT];
    call.format = format;
    call.numbers = address_of(write + NUMBERS_AT);
    call.number_count = (transfer->write_bytes - NUMBERS_AT) / 4u;
    call.result = address_of(transfer->read);
    call.result_bytes = transfer->read_bytes;
    call.result_bytes_max = 0;
    const uint32_t end = cam_port_kernel_run(&call);
    switch (end) {
    case CAM_KERNEL_ENDED:
        return cam_ok();
    case CAM_KERNEL_NONE:
        return cam_refuse(CAM_NO_KERNEL, call.id, 0);
    case CAM_KERNEL_OTHER:
        return cam_refuse(CAM_KERNEL_CALL, call.id, call.function);
    case CAM_KERNEL_LARGE:
        return cam_refuse(CAM_KERNEL_RESULT, call.result_bytes, call.result_bytes_max);
    default:
        return cam_refuse(CAM_KERNEL_STOPPED, end, call.id);
    }
}
