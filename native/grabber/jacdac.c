// SPDX-License-Identifier: MIT
// The native code as a Jacdac device of two services (Jacdac protocol: frame, packet, control
// service).
#include "jacdac.h"

#include "grabber_map.h"
#include "port.h"

enum {
    ANNOUNCE_PERIOD_US = 500000,
    RESTART_COUNTER_MAX = 15,
    CRC_INIT = 0xffff,
    CRC_POLYNOMIAL = 0x1021, // CRC-16/CCITT-FALSE
    HEADER_BYTES = 12,
    PACKET_HEADER_BYTES = 4,
    PAYLOAD_BYTES_MAX = 12,
    SERVICE_CONTROL = 0,
    CMD_ANNOUNCE = 0x00,
    CMD_EVENT = 0x8000,
    EVENT_COUNTER_MASK = 0x7f,
};

typedef struct {
    uint32_t announced_us;
    uint32_t restart_counter; // 1 in the first announcement; 0: not announced yet
    uint32_t event_counter;   // of the last event sent
} jacdac_t;

static jacdac_t jd;

static uint32_t crc16(const uint8_t *bytes, uint32_t count) {
    uint32_t crc = CRC_INIT;
    for (uint32_t i = 0; i < count; i++) {
        crc ^= (uint32_t)bytes[i] << 8;
        for (uint32_t bit = 0; bit < 8; bit++)
            crc = crc & 0x8000u ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
    }
    return crc & 0xffffu;
}

/** A report of one packet. */
static bool send(uint32_t service, uint32_t command, const uint8_t *payload,
                 uint32_t payload_bytes) {
    uint8_t frame[HEADER_BYTES + PACKET_HEADER_BYTES + PAYLOAD_BYTES_MAX] = {0};
    frame[2] = (uint8_t)(PACKET_HEADER_BYTES + payload_bytes);
    frame[3] = 0; // flags: a report, the device id is the sender's
    cam_put32(frame + 4, CAM_JD_DEVICE_ID_LOW);
    cam_put32(frame + 8, CAM_JD_DEVICE_ID_HIGH);
    frame[12] = (uint8_t)payload_bytes;
    frame[13] = (uint8_t)service;
    cam_put16(frame + 14, command);
    for (uint32_t i = 0; i < payload_bytes; i++)
        frame[HEADER_BYTES + PACKET_HEADER_BYTES + i] = payload[i];
    cam_put16(frame, crc16(frame + 2, HEADER_BYTES - 2u + frame[2]));
    return cam_port_vm_receive(frame);
}

bool cam_jacdac_announce(uint32_t now_us) {
    const bool first = jd.restart_counter == 0;
    if (!first && now_us - jd.announced_us < ANNOUNCE_PERIOD_US) return false;
    const uint32_t counter =
        jd.restart_counter < RESTART_COUNTER_MAX ? jd.restart_counter + 1u : RESTART_COUNTER_MAX;
    uint8_t payload[PAYLOAD_BYTES_MAX] = {0};
    // No ACK, no broadcast, one packet per frame: no flag, only the restart counter.
    cam_put16(payload, counter);
    payload[2] = 1; // packets sent with this one
    cam_put32(payload + 4, CAM_JD_GRABBER_CLASS);
    cam_put32(payload + 8, CAM_JD_PINS_CLASS);
    if (!send(SERVICE_CONTROL, CMD_ANNOUNCE, payload, sizeof payload)) return false;
    jd.restart_counter = counter;
    // Keeps the period; after a long pause it starts anew.
    const uint32_t due_us = jd.announced_us + ANNOUNCE_PERIOD_US;
    jd.announced_us = first || now_us - due_us >= ANNOUNCE_PERIOD_US ? now_us : due_us;
    return true;
}

bool cam_jacdac_event(cam_jd_service_t service, uint32_t code) {
    const uint32_t counter = (jd.event_counter + 1u) & EVENT_COUNTER_MASK;
    if (!send((uint32_t)service, CMD_EVENT | counter << 8 | code, 0, 0)) return false;
    jd.event_counter = counter;
    return true;
}
