// SPDX-License-Identifier: MIT
// The native code as a Jacdac device of two services, frame grabber and board pins: it announces
// itself and notifies the program by events. It takes no commands.
#ifndef CAM_JACDAC_H
#define CAM_JACDAC_H

#include <stdbool.h>
#include <stdint.h>

#define CAM_JD_GRABBER_CLASS 0x1f6cb39eu // services/frame-grabber.md
#define CAM_JD_PINS_CLASS 0x1f0d52c7u    // services/board-pins.md
#define CAM_JD_DEVICE_ID_LOW 0x31475343u
// Below 0x80000000: the VM sign-extends the upper word of a device id.
#define CAM_JD_DEVICE_ID_HIGH 0x4b6d0a52u

enum { CAM_JD_EVENT_FRAME = 0x80, CAM_JD_EVENT_FAULT = 0x81, CAM_JD_EVENT_EDGE = 0x80 };

/** Numbers of the services, in the order of their announcement. */
typedef enum { CAM_JD_GRABBER = 1, CAM_JD_PINS = 2 } cam_jd_service_t;

/**
 * Announce the device, at the first call and then every 500 ms.
 * @returns true when an announcement was sent just now; a refused one is tried again by the next
 * call. Context: thread.
 */
bool cam_jacdac_announce(uint32_t now_us);

/**
 * Send an event once: the way to the VM loses nothing, so the usual two repetitions would only wake
 * it up.
 * @returns false when the VM's queue is full: try again later. Context: thread.
 */
bool cam_jacdac_event(cam_jd_service_t service, uint32_t code);

#endif
