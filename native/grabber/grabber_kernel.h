// SPDX-License-Identifier: MIT
// The page's command that runs a kernel (docs/frame-grabber.md).
#ifndef CAM_GRABBER_KERNEL_H
#define CAM_GRABBER_KERNEL_H

#include "grabber_transfer.h"
#include "status.h"

/**
 * KERNEL_RUN.
 * @param format of the frames that are lent
 * @returns CAM_NOT_LENT, CAM_BAD_GEOMETRY for JPEG, CAM_BAD_LENGTH, CAM_NO_KERNEL, CAM_KERNEL_CALL,
 * CAM_KERNEL_STOPPED, CAM_KERNEL_RESULT. Context: thread.
 */
CAM_CHECKED cam_status_t cam_grabber_kernel_run(const cam_transfer_t *transfer, uint32_t format);

#endif
