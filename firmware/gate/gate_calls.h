// SPDX-License-Identifier: MIT
// What the VM can call, by number; the clock it asks for otherwise (gate.c).
#ifndef CAM_GATE_CALLS_H
#define CAM_GATE_CALLS_H

/** The order of the table in gate_calls.c. */
#define CAM_GATE_CALL_LOG 0
#define CAM_GATE_CALL_SEND 1
#define CAM_GATE_CALL_RANDOM 2
#define CAM_GATE_CALL_I2C 3
#define CAM_GATE_CALL_PROGRAM_STARTS 4
#define CAM_GATE_CALL_PANICKED 5
#define CAM_GATE_CALL_REFUSED 6
#define CAM_GATE_CALL_STOPPED 7
#define CAM_GATE_CALL_RESTART 8
#define CAM_GATE_CALL_IMAGE 9
#define CAM_GATE_CALLS 10

typedef void (*cam_gate_call_t)(void);

/** The last one is for every number that is none. */
extern const cam_gate_call_t cam_gate_calls[CAM_GATE_CALLS + 1];

#endif
