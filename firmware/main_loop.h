// SPDX-License-Identifier: MIT
// The main loop's turns and its sleep.
#ifndef CAM_MAIN_LOOP_H
#define CAM_MAIN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/** Something was put into the VM's queue: it is to run at once. Context: thread. */
void cam_main_loop_vm_has_work(void);

/** Only the link, for `us`: time for a client to replace a program that crashes at once. Context:
 * thread. */
void cam_main_loop_link_only(uint32_t us);

/** For ever: camera, VM, link, sleep. @param program one is to run in the VM. Context: thread. */
_Noreturn void cam_main_loop_run(bool program);

#endif
